"""LIBMF's own C++ (not the Python wrapper of its package, which predicts wrongly), compiled for this processor.

Its source comes from the source archive of the ``libmf`` package, or from the folder that ``MATINEE_LIBMF`` names, with
``mf.cpp`` and ``mf.h`` inside. What is built stays in ``build/libmf``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from problem import Problem

VERSION: Final = "0.9.2"
_HERE: Final = Path(__file__).resolve().parent
_BUILT: Final = _HERE.parents[1] / "build" / "libmf"
_NODE: Final = np.dtype([("user", "<i4"), ("item", "<i4"), ("value", "<f4")])


def fit(
    problem: Problem,
    rank: int = 50,
    sweeps: int = 15,
    threads: int = 2,
    bins: int = 26,
    regularisation: float = 0.1,
    rate: float = 0.1,
    simd: str = "AVX",
) -> dict[str, Any]:
    """Seconds after reading, and RMSE; all but rank, sweeps and threads are LIBMF's defaults. ``simd``: AVX or SSE."""
    driver = built(simd)
    with tempfile.TemporaryDirectory() as folder:
        train, test, predictions = (Path(folder) / name for name in ("train", "test", "predictions"))
        _write(train, problem.shape, problem.user, problem.item, problem.value)
        _write(test, problem.shape, problem.test_user, problem.test_item, problem.test_value)
        numbers = (rank, sweeps, threads, bins, regularisation, rate)
        command = [driver, train, test, predictions, *map(str, numbers)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        seconds, used = map(float, printed.split())
        predicted = np.fromfile(predictions, dtype=np.float32)
    return {
        "version": VERSION,
        "simd": simd,
        "seconds": seconds,
        "processor_seconds": used,
        **problem.judged(predicted),
    }


def built(simd: str) -> Path:
    """The driver, compiled on first use; flags as LIBMF's Makefile gives them."""
    driver = _BUILT / f"driver-{simd.lower()}"
    mine = _HERE / "libmf_driver.cpp"
    if driver.exists() and driver.stat().st_mtime > mine.stat().st_mtime:
        return driver
    _BUILT.mkdir(parents=True, exist_ok=True)
    source = _source()
    _BUILT.mkdir(parents=True, exist_ok=True)
    flags = ["-O3", "-march=native", "-std=c++17", "-pthread", "-fopenmp", f"-DUSE{simd}", "-DUSEOMP"]
    subprocess.run(["c++", *flags, f"-I{source}", mine, source / "mf.cpp", "-o", driver], check=True)
    return driver


def _source() -> Path:
    """The folder with ``mf.cpp``, fetched where it is not yet there."""
    if named := os.environ.get("MATINEE_LIBMF"):
        return Path(named)
    source = _BUILT / f"libmf-{VERSION}" / "src_cpp"
    if not source.exists():
        fetch = [sys.executable, "-m", "pip", "download", "--no-binary", ":all:", "--no-deps", "--dest", str(_BUILT)]
        subprocess.run([*fetch, f"libmf=={VERSION}"], check=True, stdout=sys.stderr)
        with tarfile.open(_BUILT / f"libmf-{VERSION}.tar.gz") as archive:
            archive.extractall(_BUILT, filter="data")
    return source


def _write(
    path: Path, shape: tuple[int, int], user: NDArray[np.int32], item: NDArray[np.int32], value: NDArray[np.float32]
) -> None:
    nodes = np.empty(len(value), dtype=_NODE)
    nodes["user"], nodes["item"], nodes["value"] = user, item, value
    with path.open("wb") as file:
        np.array(shape, dtype="<i4").tofile(file)
        np.array([len(value)], dtype="<i8").tofile(file)
        nodes.tofile(file)
