"""Messages of the store: place, fault, value found, values allowed, remedy."""

from __future__ import annotations

from typing import Final

from matinee.data.problems import quote
from matinee.errors import StoreError

AGAIN: Final = "fit the model again, or fetch a whole copy of the directory"


def refuse(place: object, fault: str, *, value: object = None, allowed: str = "", remedy: str = AGAIN) -> StoreError:
    """The error to raise; ``value``, which was found, is quoted, shortened where long."""
    shown = "" if value is None else f"; found {quote(value)}"
    limit = f"; allowed: {allowed}" if allowed else ""
    return StoreError(f"{_printable(str(place))}: {fault}{shown}{limit}; {remedy}")


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in path)
