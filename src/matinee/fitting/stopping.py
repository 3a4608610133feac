"""Ends of an iteration before its time: a limit in seconds, or Ctrl-C, which keeps the best so far."""

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
    """A reason to stop, read between two sweeps. ``deadline``: by `time.monotonic`; ``outer``: of the fit around."""

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

    def __init__(self, stop: Stop, notify: Callable[[], None]) -> None:
        self.stop = stop
        self._notify = notify

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.stop.interrupted:
            signal.default_int_handler(number, frame)
        self.stop.interrupted = True
        self._notify()


@contextmanager
def stopping(time_limit: float | None, notify: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """A `Stop` that Ctrl-C sets instead of raising, calling ``notify``; a second Ctrl-C raises `KeyboardInterrupt`.

    Either takes effect once the kernel at work returns. Outside the main thread, which alone gets signals, and beside
    another handler of Ctrl-C nothing is installed. Within another `stopping`, that one's Ctrl-C stops this one too.
    """
    before = signal.getsignal(signal.SIGINT)
    outer = before.stop if isinstance(before, _Handler) else None
    stop = Stop(math.inf if time_limit is None else time.monotonic() + time_limit, outer=outer)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield stop
        return
    signal.signal(signal.SIGINT, _Handler(stop, notify))
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
