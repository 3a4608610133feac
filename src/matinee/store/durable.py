"""Files flushed to the disk before their names appear, and writers who take turns."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FCNTL: Final[Any] = import_module("fcntl") if find_spec("fcntl") else None  # Windows has none
_LEFT_OVER: Final = re.compile(r"\.(.+)\.\d+\.tmp")


def put(path: Path, content: bytes) -> None:
    """Write ``path`` whole: under another name first, flushed to the disk, then renamed. Raises `OSError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def left_over_of(name: str) -> str | None:
    """The name of the file that `put` was writing when it died and left ``name``; ``None`` for another name."""
    match = _LEFT_OVER.fullmatch(name)
    return match and match[1]


def settle(directory: Path) -> None:
    """Flush the names in ``directory`` to the disk, where the system can."""
    with suppress(PermissionError), _opened(directory) as descriptor:
        os.fsync(descriptor)


@contextmanager
def turn(directory: Path) -> Iterator[None]:
    """Hold ``directory`` against other writers; waits for them. The system lets go if this process dies."""
    if _FCNTL is None:
        yield
        return
    with _opened(directory) as descriptor:
        with suppress(OSError):  # a file system without locks
            _FCNTL.flock(descriptor, _FCNTL.LOCK_EX)
        yield


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
