"""When an iteration ends before its time: a limit in seconds, or Ctrl-C, which keeps the best so far."""

from __future__ import annotations

import math
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.predicting.report import INTERRUPTED, TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


@dataclass
class Stop:
    """Asked between two sweeps. ``deadline``: on the clock of `time.monotonic`; ``outer``: what it is a part of."""

    deadline: float
    interrupted: bool = False
    outer: Stop | None = None

    @property
    def reason(self) -> str | None:
        """`INTERRUPTED`, `TIME_LIMIT`, or ``None`` to go on."""
        if self.interrupted or (self.outer is not None and self.outer.interrupted):
            return INTERRUPTED
        return TIME_LIMIT if time.monotonic() >= self.deadline else None


class _Handler:
    """Notes the first Ctrl-C, and raises at the second."""

    def __init__(self, stop: Stop, told: Callable[[], None]) -> None:
        self.stop, self._told = stop, told

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.stop.interrupted:
            signal.default_int_handler(number, frame)
        self.stop.interrupted = True
        self._told()


@contextmanager
def stopping(time_limit: float | None, told: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """A `Stop` that Ctrl-C sets instead of raising, calling ``told``; a second Ctrl-C raises `KeyboardInterrupt`.

    Python hears of either once the kernel at work returns. Only the main thread can be told of a Ctrl-C, and
    whoever has a handler of their own keeps it: then nothing is installed. Within another `stopping`, what stops that
    one stops this one too.
    """
    before = signal.getsignal(signal.SIGINT)
    outer = before.stop if isinstance(before, _Handler) else None
    stop = Stop(math.inf if time_limit is None else time.monotonic() + time_limit, outer=outer)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield stop
        return
    signal.signal(signal.SIGINT, _Handler(stop, told))
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
