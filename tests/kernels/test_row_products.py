from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.reference.row_products import row_products as twin
from matinee.kernels.row_products import row_products
from tests.support.arrays import THREADS


def pairs_of(width: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two tables, and pairs of their rows, in no order and repeated."""
    rng = np.random.default_rng(seed)
    left, right = (rng.standard_normal((rows, width)).astype(np.float32) for rows in (7, 12))
    return left, rng.integers(0, 7, count), right, rng.integers(0, 12, count)


@given(width=st.integers(0, 70), count=st.integers(0, 40), seed=st.integers(0, 99))
@settings(max_examples=150)
def test_products_are_its_twins(width: int, count: int, seed: int) -> None:
    pairs = pairs_of(width, count, seed)
    out = row_products(*pairs, 2)
    assert (out.dtype, out.shape) == (np.float64, (count,))
    np.testing.assert_allclose(out, twin(*pairs), rtol=1e-13, atol=1e-13)


def test_parts_of_wider_tables_and_narrow_indices() -> None:
    left, row, right, column = pairs_of(24, 100, 1)
    out = row_products(left[:, :9], row.astype(np.int32), right[:, :9], column.astype(np.int32))
    np.testing.assert_allclose(out, twin(left[:, :9], row, right[:, :9], column), rtol=1e-13, atol=1e-13)


def test_threads_change_not_one_bit() -> None:
    pairs = pairs_of(25, 5_000, 4)
    first, *others = (row_products(*pairs, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(first, other)
