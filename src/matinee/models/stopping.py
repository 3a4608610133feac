"""When an iteration ends before its time: a limit in seconds, or Ctrl-C, which keeps the best so far."""

from __future__ import annotations

import math
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

INTERRUPTED: Final = "interrupted"
"""Ctrl-C ended it."""

TIME_LIMIT: Final = "time limit"
"""The seconds were over."""


@dataclass
class Stop:
    """Asked between two sweeps. ``deadline``: on the clock of `time.monotonic`."""

    deadline: float
    interrupted: bool = False

    @property
    def reason(self) -> str | None:
        """`INTERRUPTED`, `TIME_LIMIT`, or ``None`` to go on."""
        if self.interrupted:
            return INTERRUPTED
        return TIME_LIMIT if time.monotonic() >= self.deadline else None


@contextmanager
def stopping(time_limit: float | None, told: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """A `Stop` that Ctrl-C sets instead of raising, calling ``told``; a second Ctrl-C raises `KeyboardInterrupt`.

    Python hears of either once the kernel at work returns. Only the main thread can be told of a Ctrl-C, and
    whoever has a handler of their own keeps it: then nothing is installed.
    """
    stop = Stop(math.inf if time_limit is None else time.monotonic() + time_limit)
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield stop
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.interrupted:
            signal.default_int_handler(number, frame)
        stop.interrupted = True
        told()

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
