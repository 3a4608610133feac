"""How much memory this process has needed at most."""

from __future__ import annotations

import resource
import sys


def peak_memory_mb() -> float:
    """The largest resident set of this process so far, in MB (2²⁰ bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
