"""When an iteration ends before its time: a limit in seconds, or Ctrl-C, which keeps the best so far."""

from __future__ import annotations

import math
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@dataclass
class Stop:
    """Asked between two sweeps."""

    deadline: float
    interrupted: bool = False

    @property
    def reason(self) -> str | None:
        """``"interrupted"``, ``"time limit"``, or ``None`` to go on."""
        if self.interrupted:
            return "interrupted"
        return "time limit" if time.monotonic() >= self.deadline else None


@contextmanager
def stopping(time_limit: float | None) -> Iterator[Stop]:
    """A `Stop` that Ctrl-C sets instead of raising; a second Ctrl-C raises at once.

    Only the main thread can be told of a Ctrl-C; elsewhere it is left as it is.
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

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
