"""The published split of real ratings, shared by the figures computed on it."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.data.reading.read import read_ratings
from matinee.matrix.split import Split


@pytest.fixture(scope="session")
def split(real_data) -> Split:
    """The published split: rows held out are 0-based, the header not counted."""
    whole = read_ratings(real_data / "the-movies-dataset" / "ratings_small.csv")
    rows = (real_data / "splits" / "ratings_small.hide10.seed20.rows.txt").read_text().split()
    hidden = np.zeros(len(whole), dtype=bool)
    hidden[[int(row) for row in rows]] = True
    return Split(whole.take(~hidden), whole.take(hidden))
