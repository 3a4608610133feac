"""The peak of this process, and not of the one that started it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

GROWING = """
import numpy as np
from matinee.evaluation.memory import peak_memory_mb

before = peak_memory_mb()
np.ones(int(before + 64) << 17).sum()
print(peak_memory_mb() - before)
"""


def test_a_large_array_is_seen():
    """In a process of its own: this one's peak may be gigabytes by now."""
    child = subprocess.run([sys.executable, "-c", GROWING], capture_output=True, text=True, check=True)
    assert float(child.stdout) >= 64


def test_a_child_does_not_start_at_its_parents_peak():
    held = np.ones(400 << 17)
    code = "from matinee.evaluation.memory import peak_memory_mb; print(peak_memory_mb())"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(child.stdout) < 200 < held.nbytes >> 20
