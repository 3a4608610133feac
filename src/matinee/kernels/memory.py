"""Memory of the machine, or of its container."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_GROUP: Final = Path("/sys/fs/cgroup/memory.max")


def available_memory() -> int:
    """Bytes this process may use at most: the machine's, or its container's limit where that is lower."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _GROUP.read_text().strip() if _GROUP.exists() else "max"
    return min(machine, int(limit)) if limit.isdigit() else machine
