"""Steps to the disk that fail, as they do when a process is killed or the disk is full."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Killed(BaseException):
    """Stands for the end of the process: nothing that would clean up can do anything after it."""


@contextmanager
def stopping_at(step: int, failure: Callable[[], BaseException], *, for_good: bool) -> Iterator[list[str]]:
    """Every step that reaches the disk is counted; at ``step``, half of what is written is, and it fails.

    ``for_good``: every later step fails as well, as it does for a process that is dead.
    """
    steps: list[str] = []

    def fails(name: str) -> bool:
        steps.append(name)
        return len(steps) == step or (for_good and len(steps) > step)

    def guarded(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            if fails(name):
                raise failure()
            return real(*arguments, **named)

        return run

    def opened(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if "w" not in mode:
            return real_open(path, mode, *rest, **named)
        if fails("open"):
            raise failure()
        return _Torn(real_open(path, mode, *rest, **named), fails, failure)

    real_open = Path.open
    with (
        mock.patch.object(Path, "open", opened),
        mock.patch.object(Path, "replace", guarded("replace", Path.replace)),
        mock.patch.object(Path, "unlink", guarded("unlink", Path.unlink)),
        mock.patch.object(os, "fsync", guarded("fsync", os.fsync)),
    ):
        yield steps


class _Torn:
    """A file of which half is written when the step fails."""

    def __init__(self, file: Any, fails: Callable[[str], bool], failure: Callable[[], BaseException]) -> None:
        self._file, self._fails, self._failure = file, fails, failure

    def __enter__(self) -> _Torn:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        if self._fails("write"):
            self._file.write(content[: len(content) // 2])
            self._file.flush()
            raise self._failure()
        return int(self._file.write(content))


def last_rename(steps: list[str]) -> int:
    """The step, from 1, that puts the manifest in place."""
    return len(steps) - steps[::-1].index("replace")
