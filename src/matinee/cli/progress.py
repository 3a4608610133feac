"""A progress bar on a terminal, for anything that takes over a second; silence in a pipe."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matinee.fitting.options import Progress

QUIET: Final = 1.0
"""Seconds of work before the first drawing."""

EVERY: Final = 0.2
"""Seconds between two drawings."""

_CELLS: Final = 30
_TASK: Final = 28


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """The ``progress`` of `RunOptions`: drawn on stderr if it is a terminal, and wiped away at the end."""
    if not sys.stderr.isatty():
        yield _nothing
        return
    bar = ProgressLine(sys.stderr)
    try:
        yield bar.show
    finally:
        bar.close()


def _nothing(task: str, share: float) -> None:
    """Draw nothing: nobody is watching."""


class ProgressLine:
    """One line, redrawn in place by a thread of its own, so that it moves while a kernel is at work."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._state = ("", 0.0)
        self._started = time.monotonic()
        self._drawn = 0
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def show(self, task: str, share: float) -> None:
        """Set the task and the share of it that is done, 0 to 1; 0 where that is not known.

        An empty task wipes the line at once, so that something else can be written there.
        """
        self._state = (task, min(1.0, max(0.0, share)))
        if not task and self._drawn:
            self._write("")

    def close(self) -> None:
        """Stop, and wipe the line."""
        self._ended.set()
        self._thread.join()
        if self._drawn:
            self._write("")

    def _run(self) -> None:
        wait = QUIET
        while not self._ended.wait(wait):
            task, share = self._state
            if task:
                self._write(line(task, share, time.monotonic() - self._started))
            wait = EVERY

    def _write(self, text: str) -> None:
        text = text[: shutil.get_terminal_size().columns - 1]
        with self._writing:
            self._stream.write("\r" + text.ljust(self._drawn) + ("" if text else "\r"))
            self._stream.flush()
            self._drawn = len(text)


def line(task: str, share: float, seconds: float) -> str:
    """One line: the task, a bar where the share is known, and the seconds so far."""
    done = round(_CELLS * share)
    bar = f"  [{'#' * done}{'.' * (_CELLS - done)}] {share:4.0%}" if share else ""
    return f"{task:<{_TASK}}{bar}  {seconds:.0f} s"
