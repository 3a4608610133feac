from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.reference import sddmm as twin
from matinee.kernels.sddmm import sddmm_residual, sddmm_squares
from tests.support.arrays import INSTRUCTION_SETS, THREADS, Triplets, draw_triplets, rounding, running, triplets

SHIFT = 0.75


def panels(a: Triplets, width: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((a.rows, width)), rng.standard_normal((a.columns, width))
    return left.astype(np.float32), right.astype(np.float32)


def close(a: Triplets, left: np.ndarray, right: np.ndarray, threads: int) -> None:
    """Within n eps of the sum of magnitudes, entry by entry; squares are of what came out."""
    offsets, _, value = a.compressed
    out, squares = sddmm_residual(a.compressed, SHIFT, left, right, threads)
    theirs, their_squares = twin.sddmm_residual(a.compressed, SHIFT, left, right)
    size = np.abs(value) + SHIFT + twin.sddmm(a.compressed, np.abs(left), np.abs(right))
    allowed = rounding(np.float32, left.shape[1]) * size
    assert (out.dtype, squares.dtype) == (np.float32, np.float64)
    assert np.all(np.abs(out - theirs) <= allowed)
    own = np.add.reduceat(np.append(np.square(out, dtype=np.float64), 0.0), offsets[:-1]) * (np.diff(offsets) > 0)
    np.testing.assert_allclose(squares, own, rtol=1e-12)
    np.testing.assert_allclose(squares, their_squares, rtol=1e-3, atol=1e-6)
    products = twin.sddmm_squares(a.compressed, left, right)
    np.testing.assert_allclose(sddmm_squares(a.compressed, left, right, threads), products, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), width=st.integers(1, 130), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_residual_is_its_twin(name: str, a: Triplets, width: int, seed: int) -> None:
    with running(name):
        close(a, *panels(a, width, seed), 2)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_every_width_from_1_to_70(name: str) -> None:
    a = draw_triplets(9, 30, 120, seed=5)
    with running(name):
        for width in range(1, 71):
            close(a, *panels(a, width), 1)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("width", [1, 16, 23])
def test_threads_change_not_one_bit(name: str, width: int) -> None:
    """Over 16,384 entries, so that rows are shared out in several blocks."""
    a = draw_triplets(2_000, 300, 60_000, seed=6)
    left, right = panels(a, width)
    with running(name):
        first, *others = (sddmm_residual(a.compressed, SHIFT, left, right, threads) for threads in THREADS)
        squares = [sddmm_squares(a.compressed, left, right, threads) for threads in THREADS]
        close(a, left, right, 2)
    for other in others:
        np.testing.assert_array_equal(first[0], other[0])
        np.testing.assert_array_equal(first[1], other[1])
    for other in squares[1:]:
        np.testing.assert_array_equal(squares[0], other)


def test_either_compression_gives_the_same_numbers() -> None:
    """Products are summed in one order, whichever side is called left."""
    a = draw_triplets(60, 40, 900, seed=7)
    turned = Triplets(a.column, a.row, a.value, a.columns, a.rows)
    left, right = panels(a, 37)
    rows, columns = (
        sddmm_residual(a.compressed, SHIFT, left, right, 2),
        sddmm_residual(turned.compressed, SHIFT, right, left, 2),
    )
    np.testing.assert_array_equal(np.sort(rows[0]), np.sort(columns[0]))


def test_no_entries_and_no_rows() -> None:
    empty = np.zeros(5, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)
    out, squares = sddmm_residual(empty, SHIFT, np.ones((4, 3), np.float32), np.ones((2, 3), np.float32), 2)
    assert (out.shape, squares.tolist()) == ((0,), [0.0] * 4)
    none = np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32)
    assert sddmm_squares(none, np.ones((0, 3), np.float32), np.ones((2, 3), np.float32), 2).shape == (0,)
