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


def read_checked(path: Path, payload: Payload, noun: str = "model", remedy: str = AGAIN) -> bytes:
    """The content of a payload, a part of a ``noun``; `StoreError` where it is not as it was saved."""
    try:
        content = read_whole(path, payload.bytes, remedy)
    except FileNotFoundError as error:
        raise GoneError(str(refuse(path, f"a part of the {noun} is missing", remedy=remedy))) from error
    if len(content) != payload.bytes:
        size = f"{len(content):,} bytes"
        allowed = f"{payload.bytes:,} bytes"
        raise refuse(path, f"a part of the {noun} is cut off", value=size, allowed=allowed, remedy=remedy)
    digest = hashlib.sha256(content).hexdigest()
    if digest != payload.sha256:
        changed = f"a part of the {noun} has been changed or damaged: its SHA-256 is wrong"
        raise refuse(path, changed, value=digest, remedy=remedy)
    return content


def read_whole(path: Path, most: int, remedy: str = AGAIN) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes; `StoreError` for another, or one that cannot be read."""
    try:
        if path.exists() and not path.is_file():
            raise refuse(path, "this is not a regular file", remedy=remedy)
        size = path.stat().st_size
        if size > most:
            allowed = f"at most {most:,} bytes"
            raise refuse(path, "the file is too large", value=f"{size:,} bytes", allowed=allowed, remedy=remedy)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        fault = f"the file cannot be read ({error.strerror or error})"
        raise refuse(path, fault, remedy=f"check its permissions and the disk, or {remedy}") from error
