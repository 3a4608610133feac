"""Saving: the new model is whole on the disk before the manifest names it, and only then the old one goes."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matinee.errors import InputError, StoreError
from matinee.store import durable
from matinee.store.contents import take_apart
from matinee.store.manifest import FORMAT, NAME, encode, is_payload_name, payload_of
from matinee.store.payloads import encode_arrays, encode_table
from matinee.store.rebuild import put_together
from matinee.store.refusal import refuse

if TYPE_CHECKING:
    from matinee.models.base import FactorModel
    from matinee.store.contents import Contents

_TEMPORARY: Final = re.compile(r"\.(.+)\.\d+\.tmp")
_ELSEWHERE: Final = "choose another directory"


def save(model: FactorModel, directory: str | Path) -> None:
    """Save ``model`` in ``directory``: made if absent; a model already there is replaced.

    At any moment, a kill or a power cut included, the directory holds the old model or the new one, whole.
    `load` gives the same predictions to the last bit. Details that are not plain JSON values come back as
    such (tuples as lists). Two processes that save into one directory take turns; the later one stays.

    Raises `StoreError` where the directory holds anything but a model, cannot be written, or the disk is
    full (an older model there is then untouched), and for a model that could not be loaded again.
    """
    folder = Path(directory)
    contents = take_apart(model)
    _check_loadable(contents, folder)
    check_target(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with durable.turn(folder):
            _write(contents, folder)
    except OSError as error:
        raise _unwritable(folder, error) from error


def check_target(directory: str | Path) -> None:
    """Raise the `StoreError` that `save` would raise, before there is anything to save."""
    folder = Path(directory)
    try:
        names = [entry.name for entry in folder.iterdir()]
    except FileNotFoundError:
        _check_writable(next(parent for parent in folder.absolute().parents if parent.exists()))
        return
    except NotADirectoryError as error:
        raise refuse(folder, "a file is in the way", remedy=_ELSEWHERE) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    foreign = sorted(name for name in names if not _is_ours(name))
    if (foreign or NAME in names) and not _holds_model(folder, names):
        found = foreign[0] if foreign else f"a {NAME} that is not a model's"
        raise refuse(
            folder,
            "the directory holds other files and no model",
            found=found,
            allowed="a new or empty directory, or one with a model to replace",
            remedy=_ELSEWHERE,
        )
    _check_writable(folder)


def _check_writable(parent: Path) -> None:
    if not os.access(parent, os.W_OK | os.X_OK):
        raise _unwritable(parent, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def _check_loadable(contents: Contents, folder: Path) -> None:
    try:
        put_together(contents)
        encode(contents.values, {})
    except (InputError, ValueError, TypeError) as error:
        raise refuse(folder, f"this model cannot be saved: {error}", remedy="fit it again") from error


def _write(contents: Contents, folder: Path) -> None:
    contained = {
        "arrays": encode_arrays(contents.arrays),
        "users": encode_table(contents.users),
        "items": encode_table(contents.items),
        "catalogue": encode_table(contents.catalogue),
    }
    payloads = {kind: payload_of(kind, content) for kind, content in contained.items()}
    _replace(
        folder,
        {payloads[kind].name: content for kind, content in contained.items()},
        encode(contents.values, payloads),
    )


def _replace(folder: Path, files: dict[str, bytes], manifest: bytes) -> None:
    before = {path.name for path in folder.iterdir()}
    try:
        for name, content in files.items():
            durable.put(folder / name, content)
        durable.settle(folder)
        durable.put(folder / NAME, manifest)
    except OSError:
        if not _is_there(folder / NAME, manifest):
            _remove(folder, set(files) - before)
        raise
    durable.settle(folder)
    _remove(folder, before - set(files) - {NAME})


def _is_there(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False


def _remove(folder: Path, names: set[str]) -> None:
    """Remove those of ``names`` that are ours; what cannot be removed does no harm."""
    for name in names:
        if _is_ours(name):
            with suppress(OSError):
                (folder / name).unlink()


def _is_ours(name: str) -> bool:
    left_over = _TEMPORARY.fullmatch(name)
    name = left_over[1] if left_over else name
    return name == NAME or is_payload_name(name)


def _holds_model(folder: Path, names: list[str]) -> bool:
    """Whether a manifest of ours, or one too damaged to tell beside payloads of ours, is there."""
    if NAME not in names:
        return False
    with suppress(OSError):
        marked = f'"format": "{FORMAT}"'.encode() in (folder / NAME).read_bytes()[:1000]
        return marked or any(map(is_payload_name, names))
    return False


def _unwritable(folder: Path, error: OSError) -> StoreError:
    return refuse(
        error.filename or folder,
        f"the model cannot be saved ({error.strerror or error})",
        allowed="a directory you may write to, with space left",
        remedy="an older model there is untouched; make room or choose another directory",
    )
