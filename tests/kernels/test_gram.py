from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.compress import transpose
from matinee.kernels.gram import gram
from matinee.kernels.reference.gram import gram as twin
from tests.support.arrays import THREADS, Triplets, draw_triplets, triplets


@given(a=triplets(most=40), start=st.integers(0, 20), size=st.integers(0, 20))
@settings(max_examples=100)
def test_counts_are_its_twins(a: Triplets, start: int, size: int) -> None:
    rows = a.compressed
    columns = transpose(rows, a.columns, 1)
    for some in (columns, columns.part(min(start, a.columns), min(start, a.columns) + size)):
        out = gram(some, rows, a.columns, 2)
        assert out.dtype == np.float32
        np.testing.assert_array_equal(out, twin(some, rows, a.columns))


def test_either_side() -> None:
    a = draw_triplets(30, 50, 400, seed=3)
    rows = a.compressed
    columns, cells = transpose(rows, a.columns, 1), a.dense != 0
    np.testing.assert_array_equal(gram(columns, rows, a.columns, 2), cells.T.astype(int) @ cells)
    np.testing.assert_array_equal(gram(rows, columns, a.rows, 2), cells.astype(int) @ cells.T)


def test_threads_change_not_one_bit() -> None:
    a = draw_triplets(500, 300, 20_000, seed=6)
    columns = transpose(a.compressed, a.columns, 2)
    first, *others = (gram(columns, a.compressed, a.columns, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(first, other)
