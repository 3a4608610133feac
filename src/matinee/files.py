"""Files written whole or not at all, with one clear message where that fails."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from matinee.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable


def prepared(directory: str | Path) -> Path:
    """``directory``, made if absent; `InputError` where it cannot be."""
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def write_whole(path: Path, content: bytes | Callable[[IO[bytes]], object]) -> Path:
    """Write ``content`` (bytes, or a function that writes them) to ``path`` by way of a temporary file.

    A reader sees the old file or the new one, never half of one. Raises `InputError` where it cannot be
    written; the old file, if any, is then untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            _write(temporary, content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _write(path: Path, content: bytes | Callable[[IO[bytes]], object]) -> None:
    with path.open("wb") as file:
        if callable(content):
            content(file)
        else:
            file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror or error}); allowed is a folder you may write to, with "
        "space left; choose another with --out"
    )
