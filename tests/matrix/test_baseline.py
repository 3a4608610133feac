from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from tests.support.arrays import Triplets, draw_triplets


def matrix_of(a: Triplets) -> RatingMatrix:
    return RatingMatrix.from_triplets(a.row, a.column, a.value, (a.rows, a.columns), 2)


def direct(a: Triplets, damping: float) -> tuple[np.ndarray, np.ndarray]:
    """The same ridge regression, as one dense least-squares problem."""
    sides = a.rows + a.columns
    design = np.zeros((len(a.value), sides))
    design[np.arange(len(a.value)), a.row] = 1.0
    design[np.arange(len(a.value)), a.rows + a.column] = 1.0
    left = np.vstack([design, np.sqrt(damping) * np.eye(sides)])
    right = np.concatenate([a.value - np.mean(a.value, dtype=np.float64), np.zeros(sides)])
    biases = np.linalg.lstsq(left, right, rcond=None)[0]
    return biases[: a.rows], biases[a.rows :]


@given(
    rows=st.integers(1, 30),
    columns=st.integers(1, 30),
    share=st.floats(0.05, 1.0),
    damping=st.sampled_from([0.5, 1.0, 3.0, 25.0, 1e6]),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=100)
def test_biases_are_those_of_a_direct_ridge_solve(rows, columns, share, damping, seed) -> None:
    a = draw_triplets(rows, columns, max(1, int(share * rows * columns)), seed)
    baseline = damped_baseline(matrix_of(a), damping, 2)
    user, item = direct(a, damping)
    assert baseline.mean == pytest.approx(np.mean(a.value, dtype=np.float64), abs=1e-12)
    np.testing.assert_allclose(baseline.user, user, atol=2e-6)
    np.testing.assert_allclose(baseline.item, item, atol=2e-6)


def test_nobody_without_ratings_has_a_bias() -> None:
    a = draw_triplets(20, 15, 60, seed=1)
    for damping in (0.0, 3.0):
        baseline = damped_baseline(matrix_of(a), damping, 2)
        assert not baseline.user[np.bincount(a.row, minlength=20) == 0].any()
        assert not baseline.item[np.bincount(a.column, minlength=15) == 0].any()


@pytest.mark.parametrize("seed", range(5))
def test_undamped_biases_leave_nothing_to_gain(seed) -> None:
    """Without damping biases are not unique, but what they predict at the known cells is."""
    a = draw_triplets(25, 20, 200, seed)
    baseline = damped_baseline(matrix_of(a), 0.0, 2)
    user, item = direct(a, 0.0)
    expected = np.mean(a.value, dtype=np.float64) + user[a.row] + item[a.column]
    np.testing.assert_allclose(baseline.predict(a.row, a.column), expected, atol=1e-5)


def test_chains_converge_too() -> None:
    """Users and items linked in one long chain: alternating sides passes news along one link a sweep."""
    n = 60
    row, column = np.repeat(np.arange(n), 2)[1:], np.repeat(np.arange(n), 2)[:-1]
    value = np.random.default_rng(3).integers(1, 11, 2 * n - 1) / 2.0
    a = Triplets(row.astype(np.int32), column.astype(np.int32), value.astype(np.float32), n, n)
    baseline = damped_baseline(matrix_of(a), 0.05, 1)
    user, item = direct(a, 0.05)
    np.testing.assert_allclose(baseline.user, user, atol=1e-5)
    np.testing.assert_allclose(baseline.item, item, atol=1e-5)


def test_threads_change_not_one_bit() -> None:
    a = draw_triplets(400, 300, 40_000, seed=5)
    first, *others = (damped_baseline(matrix_of(a), 3.0, threads) for threads in (1, 2, 5))
    for other in others:
        np.testing.assert_array_equal(first.user, other.user)
        np.testing.assert_array_equal(first.item, other.item)


def test_predict_adds_up() -> None:
    a = draw_triplets(6, 5, 20, seed=6)
    baseline = damped_baseline(matrix_of(a), 1.0, 1)
    expected = baseline.mean + baseline.user[a.row].astype(float) + baseline.item[a.column]
    np.testing.assert_allclose(baseline.predict(a.row, a.column), expected, rtol=1e-15)


def test_the_matrix_remembers_the_biases_of_each_damping() -> None:
    triplets = draw_triplets(30, 20, 200, seed=3)
    matrix = matrix_of(triplets)
    one, other = damped_baseline(matrix, 3.0, 1), damped_baseline(matrix, 4.0, 2)
    assert damped_baseline(matrix, 3.0, 2) is one
    assert not np.array_equal(one.user, other.user)
    np.testing.assert_array_equal(one.user, damped_baseline(matrix_of(triplets), 3.0, 1).user)
