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
    written; the old file, if any, is then untouched. What a link points to is replaced, not the link; a device
    or a pipe (``/dev/null``) is never replaced but written to.
    """
    try:
        if _is_special(path):
            with path.open("wb") as file:
                _fill(file, content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _is_special(path: Path) -> bool:
    return path.is_relative_to("/dev") or (path.exists() and not path.is_file() and not path.is_dir())


def _replace(path: Path, content: bytes | Callable[[IO[bytes]], object]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            _fill(file, content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _fill(file: IO[bytes], content: bytes | Callable[[IO[bytes]], object]) -> None:
    if callable(content):
        content(file)
    else:
        file.write(content)


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror or error}); allowed is a folder you may write to, with "
        "space left; choose another with --out"
    )
