"""Loading: nothing is used before its size, its checksum and its fit with the rest have been checked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from matinee.errors import ConfigError, StoreError
from matinee.store.contents import Contents
from matinee.store.manifest import LARGEST, NAME, decode, payloads_of
from matinee.store.payloads import DamagedError, decode_arrays, decode_table
from matinee.store.rebuild import put_together
from matinee.store.refusal import AGAIN, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.models.base import FactorModel
    from matinee.store.manifest import Payload

Decoded = TypeVar("Decoded")

_FIT: Final = "give the directory that 'matinee fit --out DIR' wrote"


class _Gone(StoreError):  # noqa: N818 - never leaves this file
    """A payload is not there: damage, or another process has just saved over the model."""


def load(directory: str | Path) -> FactorModel:
    """The model saved in ``directory``; it predicts as it did when it was saved, to the last bit.

    Nothing in the directory is run. Raises `StoreError`, naming the file and what was found, where there is
    no model, it is of a newer version, or any part of it is missing, changed, damaged or does not fit.
    """
    folder = Path(directory)
    content = _manifest(folder)
    while True:
        try:
            return _load(folder, content)
        except _Gone:
            before, content = content, _manifest(folder)
            if content == before:
                raise


def _load(folder: Path, content: bytes) -> FactorModel:
    place = folder / NAME
    manifest = decode(content, place)
    payloads = payloads_of(manifest, place)
    contents = Contents(
        manifest,
        _decoded(decode_arrays, folder, payloads["arrays"]),
        *(_decoded(decode_table, folder, payloads[kind]) for kind in ("users", "items", "catalogue")),
    )
    try:
        return put_together(contents)
    except (DamagedError, ConfigError) as error:
        raise refuse(folder, f"the parts of the model do not fit: {error}") from error


def _manifest(folder: Path) -> bytes:
    try:
        return _read(folder / NAME, LARGEST)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refuse(folder, _absence(folder), remedy=_FIT) from error


def _absence(folder: Path) -> str:
    if not folder.exists():
        return "there is no such directory"
    if not folder.is_dir():
        return "this is a file, not the directory of a model"
    return f"this is not a model: it has no {NAME} (a save that was interrupted leaves none either)"


def _decoded(decode_content: Callable[[bytes], Decoded], folder: Path, payload: Payload) -> Decoded:
    path = folder / payload.name
    try:
        return decode_content(_checked(path, payload))
    except DamagedError as error:
        raise refuse(path, f"a part of the model is damaged: {error}") from error


def _checked(path: Path, payload: Payload) -> bytes:
    """The content of a payload, if it is what was saved."""
    try:
        content = _read(path, payload.bytes)
    except FileNotFoundError as error:
        raise _Gone(str(refuse(path, "a part of the model is missing"))) from error
    if len(content) != payload.bytes:
        found, allowed = f"{len(content):,} bytes", f"{payload.bytes:,} bytes"
        raise refuse(path, "a part of the model is cut off", found=found, allowed=allowed)
    digest = hashlib.sha256(content).hexdigest()
    if digest != payload.sha256:
        raise refuse(path, "a part of the model has been changed or damaged: its SHA-256 is wrong", found=digest)
    return content


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file of at most ``most`` bytes."""
    try:
        if path.exists() and not path.is_file():
            raise refuse(path, "this is not a regular file")
        size = path.stat().st_size
        if size > most:
            raise refuse(path, "the file is too large", found=f"{size:,} bytes", allowed=f"at most {most:,} bytes")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        what = f"the file cannot be read ({error.strerror or error})"
        raise refuse(path, what, remedy=f"check its permissions and the disk, or {AGAIN}") from error
