from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.reference.spmm_at import spmm_at as twin
from matinee.kernels.spmm import spmm
from matinee.kernels.spmm_at import spmm_at
from tests.support.arrays import THREADS, Triplets, draw_triplets, triplets


def pairs_of(a: Triplets, width: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A panel, and the rows and the columns of entries, in no order and repeated."""
    rng = np.random.default_rng(seed)
    panel = rng.standard_normal((a.columns, width)).astype(np.float32)
    return panel, rng.integers(0, a.rows, count), rng.integers(0, width, count)


@given(a=triplets(most=40), width=st.integers(1, 20), count=st.integers(0, 40), seed=st.integers(0, 99))
@settings(max_examples=100)
def test_entries_are_its_twins(a: Triplets, width: int, count: int, seed: int) -> None:
    panel, row, column = pairs_of(a, width, count, seed)
    expected = twin(a.compressed, panel, row, column)
    np.testing.assert_allclose(spmm_at(a.compressed, panel, row, column, 2), expected, rtol=1e-13, atol=1e-12)


def test_entries_are_those_of_the_whole_product() -> None:
    a = draw_triplets(60, 40, 700, seed=2)
    panel, row, column = pairs_of(a, 30, 500, 1)
    whole = spmm(a.compressed, panel.astype(np.float64), 1)
    np.testing.assert_allclose(spmm_at(a.compressed, panel, row, column, 2), whole[row, column], rtol=1e-12, atol=1e-12)


def test_threads_change_not_one_bit() -> None:
    a = draw_triplets(500, 300, 20_000, seed=6)
    panel, row, column = pairs_of(a, 25, 3_000, 4)
    first, *others = (spmm_at(a.compressed, panel, row.astype(np.int32), column, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(first, other)
