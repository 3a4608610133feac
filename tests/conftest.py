"""Fixtures shared by every room's tests."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.misbehaving_server import MisbehavingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

# The gate must say the same of the same commit; at a desk every run looks somewhere new.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")


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
