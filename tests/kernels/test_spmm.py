from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.compress import Compressed
from matinee.kernels.reference.spmm import spmm as twin
from matinee.kernels.spmm import spmm
from tests.support.arrays import INSTRUCTION_SETS, THREADS, Triplets, draw_triplets, rounding, running, triplets

FLOATS = (np.float32, np.float64)


def panel_of(rows: int, columns: int, dtype: object, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(dtype)


def close(ours: np.ndarray, a: Triplets, panel: np.ndarray) -> None:
    """Within n eps of the sum of magnitudes, entry by entry, of the product in float64; so is the twin."""
    exact = a.dense @ panel.astype(np.float64)
    size = np.abs(a.dense) @ np.abs(panel.astype(np.float64))
    allowed = rounding(panel.dtype, int(np.max(a.compressed.lengths, initial=0))) * size
    assert ours.dtype == panel.dtype
    assert np.all(np.abs(ours - exact) <= allowed)
    assert np.all(np.abs(twin(a.compressed, panel) - ours) <= 2 * allowed)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), width=st.integers(1, 130), dtype=st.sampled_from(FLOATS), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_product_is_its_twin(name: str, a: Triplets, width: int, dtype: object, seed: int) -> None:
    panel = panel_of(a.columns, width, dtype, seed)
    with running(name):
        close(spmm(a.compressed, panel, 2), a, panel)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_every_width_from_1_to_130(name: str, dtype: object) -> None:
    a = draw_triplets(9, 30, 120, seed=5)
    wide = panel_of(a.columns, 130, dtype)
    with running(name):
        for width in range(1, 131):
            close(spmm(a.compressed, np.ascontiguousarray(wide[:, :width]), 1), a, wide[:, :width])


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("width", [1, 16, 23])
def test_threads_change_not_one_bit(name: str, dtype: object, width: int) -> None:
    """Over 16,384 entries, so that rows are shared out in several blocks."""
    a = draw_triplets(2_000, 300, 60_000, seed=6)
    panel = panel_of(a.columns, width, dtype)
    with running(name):
        first, *others = (spmm(a.compressed, panel, threads) for threads in THREADS)
    close(first, a, panel)
    for other in others:
        np.testing.assert_array_equal(first, other)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_one_row_of_many_entries_keeps_its_precision(name: str) -> None:
    """Sums are put aside every 128 entries: 100,000 equal float32 numbers add up well."""
    n = 100_000
    matrix = Compressed(np.array([0, n]), np.arange(n, dtype=np.int32), np.full(n, 0.1, np.float32))
    with running(name):
        total = float(spmm(matrix, np.ones((n, 1), np.float32), 1)[0, 0])
    assert total == pytest.approx(n * float(np.float32(0.1)), rel=(128 + n / 128) * 2.0**-24)


@pytest.mark.parametrize("dtype", FLOATS)
def test_no_entries_give_zeros_written_over_what_was_there(dtype: object) -> None:
    matrix = Compressed(np.zeros(5, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))
    out = np.full((4, 17), np.nan, dtype=dtype)
    assert spmm(matrix, panel_of(3, 17, dtype), 2, out) is out
    assert not out.any()


def test_no_rows() -> None:
    matrix = Compressed(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))
    assert spmm(matrix, panel_of(3, 2, np.float32), 2).shape == (0, 2)


def test_nan_reaches_only_rows_that_meet_it() -> None:
    matrix = Compressed(np.array([0, 1, 2]), np.array([0, 1], np.int32), np.ones(2, np.float32))
    panel = np.ones((2, 20), np.float32)
    panel[0] = np.nan
    out = spmm(matrix, panel, 1)
    assert np.isnan(out[0]).all()
    assert (out[1] == 1).all()
