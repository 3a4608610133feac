"""Waiting for something to be true, and limits of time, however long a slow machine takes."""

from __future__ import annotations

import itertools
import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest import mock

from matinee.fitting import stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def wait_until(condition: Callable[[], object], alive: Callable[[], object] = lambda: True) -> None:
    """Return once ``condition`` holds. Fails where it never will, as what is waited for is no longer ``alive``."""
    while not condition():
        assert alive() or condition(), "ended before what was waited for"
        time.sleep(0.01)


@contextmanager
def a_second_a_look() -> Iterator[None]:
    """A clock that goes on by a second whenever a fit asks whether it has to stop."""
    clock = itertools.count()
    with mock.patch.object(stopping, "time", SimpleNamespace(monotonic=lambda: float(next(clock)))):
        yield
