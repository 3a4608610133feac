"""Waiting for something to be true, however long a slow machine takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait_until(condition: Callable[[], object], alive: Callable[[], object] = lambda: True) -> None:
    """Return once ``condition`` holds. Fails where it never will, as what is waited for is no longer ``alive``."""
    while not condition():
        assert alive() or condition(), "ended before what was waited for"
        time.sleep(0.01)
