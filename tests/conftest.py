"""Fixtures shared by every room's tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.misbehaving_server import MisbehavingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

# Several test at a time: a process that takes all processors for itself slows down the others, and its children too.
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("POLARS_MAX_THREADS", "2")

# A shell starts what it runs in the background deaf to Ctrl-C, and tests of it then wait for nothing.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No example may take too long, for machines differ. The gate must say the same of the same commit; at a desk every run
# looks somewhere new.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("desk"), derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "desk")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real ratings; tests that need it skip where it is absent."""
    named = os.environ.get("MATINEE_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "the-movies-dataset" / "ratings_small.csv").exists():
        pytest.skip(f"real ratings not found in {folder}: set MATINEE_DATA to the folder that holds them")
    return folder


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    """A file server on the loopback that misbehaves as told."""
    with MisbehavingServer() as running:
        yield running
