"""Loading: nothing is used before its size, its checksum and its fit with the rest have been checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from matinee.errors import ConfigError
from matinee.store.contents import Contents
from matinee.store.manifest import LARGEST, NAME, SCHEMA, decode, payloads_of
from matinee.store.payloads import DamagedError, decode_arrays, decode_table
from matinee.store.reading import GoneError, read_checked, read_whole
from matinee.store.rebuild import put_together
from matinee.store.refusal import refuse
from matinee.store.upgrade import upgraded

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.predicting.fitted import FittedModel
    from matinee.store.manifest import Payload

Decoded = TypeVar("Decoded")

_FIT: Final = "give the directory that 'matinee fit --out DIR' wrote"


def load(directory: str | Path) -> FittedModel:
    """The model saved in ``directory``; it predicts as it did when it was saved, to the last bit.

    Nothing in the directory is run. Raises `StoreError`, naming the file and the fault, where there is no model, it is
    of a newer version, or any part of it is missing, changed, damaged or does not fit.
    """
    folder = Path(directory)
    content = _manifest(folder)
    while True:
        try:
            return _load(folder, content)
        except GoneError:
            newer = _manifest(folder)
            if newer == content:
                raise
            content = newer


def _load(folder: Path, content: bytes) -> FittedModel:
    place = folder / NAME
    manifest = decode(content, place)
    payloads = payloads_of(manifest, place)
    arrays = _decoded(decode_arrays, folder, payloads["arrays"])
    users, items, films = (_decoded(decode_table, folder, payloads[kind]) for kind in ("users", "items", "catalogue"))
    try:
        values, arrays = upgraded(manifest, arrays) if manifest["schema"] < SCHEMA else (manifest, arrays)
        return put_together(Contents(values, arrays, users, items, films))
    except (DamagedError, ConfigError) as error:
        raise refuse(folder, f"the parts of the model do not fit: {error}") from error


def _manifest(folder: Path) -> bytes:
    try:
        return read_whole(folder / NAME, LARGEST)
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
        return decode_content(read_checked(path, payload))
    except DamagedError as error:
        raise refuse(path, f"a part of the model is damaged: {error}") from error
