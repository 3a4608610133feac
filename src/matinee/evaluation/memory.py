"""Peak memory of this process."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")


def peak_memory_mb() -> float:
    """The largest resident set of this process so far, in MB (2²⁰ bytes).

    On Linux from the kernel's own mark: what `resource` tells there starts at the peak of the parent process.
    """
    mark = re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE) if _STATUS.exists() else None
    if mark:
        return int(mark[1]) / (1 << 10)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
