"""Files read whole, once their size and checksum are what was saved."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from matinee.errors import StoreError
from matinee.store.refusal import AGAIN, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.store.manifest import Payload


class GoneError(StoreError):
    """A payload is not there: damage, or another process has just saved in its place."""


def read_checked(path: Path, payload: Payload, what: str = "model", remedy: str = AGAIN) -> bytes:
    """The content of a payload, if it is what was saved; `StoreError` where not. ``what``: it is a part of."""
    try:
        content = read_whole(path, payload.bytes, remedy)
    except FileNotFoundError as error:
        raise GoneError(str(refuse(path, f"a part of the {what} is missing", remedy=remedy))) from error
    if len(content) != payload.bytes:
        found, allowed = f"{len(content):,} bytes", f"{payload.bytes:,} bytes"
        raise refuse(path, f"a part of the {what} is cut off", found=found, allowed=allowed, remedy=remedy)
    digest = hashlib.sha256(content).hexdigest()
    if digest != payload.sha256:
        changed = f"a part of the {what} has been changed or damaged: its SHA-256 is wrong"
        raise refuse(path, changed, found=digest, remedy=remedy)
    return content


def read_whole(path: Path, most: int, remedy: str = AGAIN) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes."""
    try:
        if path.exists() and not path.is_file():
            raise refuse(path, "this is not a regular file", remedy=remedy)
        size = path.stat().st_size
        if size > most:
            found, allowed = f"{size:,} bytes", f"at most {most:,} bytes"
            raise refuse(path, "the file is too large", found=found, allowed=allowed, remedy=remedy)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or error})"
        raise refuse(path, what, remedy=f"check its permissions and the disk, or {remedy}") from error
