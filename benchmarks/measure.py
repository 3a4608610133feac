"""What the benchmarks share: clocks, peak memory, child processes, the data, and where results go."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

RESULTS: Final = Path(os.environ.get("MATINEE_BENCHMARK_RESULTS") or Path(__file__).parent / "results")
_PAUSE: Final = 0.3
"""Seconds before a timed call: a BLAS that has just worked keeps its threads spinning for a while."""


def timed(call: Callable[[], Result], pause: float = _PAUSE) -> tuple[float, Result]:
    """Seconds that ``call`` took, and what it returned."""
    time.sleep(pause)
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def peak_memory() -> int:
    """Bytes: the largest resident set of this process since it began, or since `forget_peak`.

    ``ru_maxrss`` would do, were it not inherited from the parent on Linux.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024  # type: ignore[index]


def forget_peak() -> int:
    """Start `peak_memory` anew where the system can, and return what it now is."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("benchmark: the peak of memory cannot be reset here; it counts from the start", file=sys.stderr)
    return peak_memory()


def in_child(script: str, *arguments: object) -> dict[str, Any]:
    """The JSON that a Python script of this folder prints last, run in its own process."""
    command = [sys.executable, str(Path(__file__).parent / script), *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return result


def real_data() -> Path:
    """The folder of real ratings, which may be absent: MATINEE_DATA, or ../shared/data."""
    named = os.environ.get("MATINEE_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"


def median(numbers: list[float]) -> float:
    """The middle one."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ratio(over: list[float], under: list[float]) -> float:
    """The median of the ratios within a round."""
    return median([one / other for one, other in zip(over, under, strict=True)])


def useful_gflop(ratings: int, rows: int, rank: int) -> float:
    """Operations, in 10⁹, that regressions of all ``rows`` of both sides on the other's factors cannot do without.

    Half of the normal matrices, right-hand sides and errors of ``ratings`` from both sides, and the factorisations.
    """
    return (2 * ratings * (rank * (rank + 1) + 4 * rank) + rows * (rank**3 / 3 + 2 * rank**2)) / 1e9


def finish(name: str, result: dict[str, Any]) -> None:
    """Write results/NAME.json with the machine and versions it came from, and print it."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    whole = {**result, "machine": _machine()}
    (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=1) + "\n")
    print(json.dumps(whole, indent=1))


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("matinee", "numpy", "scipy", "scikit-learn", "polars")},
    }


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
