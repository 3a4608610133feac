"""How the store says what is wrong: where, what, found, allowed, remedy."""

from __future__ import annotations

from typing import Final

from matinee.data.problems import quote
from matinee.errors import StoreError

AGAIN: Final = "fit the model again, or fetch a whole copy of the directory"


def refuse(where: object, what: str, *, found: object = None, allowed: str = "", remedy: str = AGAIN) -> StoreError:
    """The error to raise; ``found`` is quoted, shortened where long."""
    shown = "" if found is None else f"; found {quote(found)}"
    limit = f"; allowed: {allowed}" if allowed else ""
    return StoreError(f"{_printable(str(where))}: {what}{shown}{limit}; {remedy}")


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
