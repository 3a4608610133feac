"""Implicit factors by conjugate gradients, against dense NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.improve_implicit import Pattern, improve_implicit
from matinee.kernels.reference.compress import compress
from matinee.kernels.reference.improve_implicit import design
from matinee.kernels.reference.improve_implicit import improve_implicit as twin
from matinee.kernels.solve_rows import padded
from tests.support.arrays import INSTRUCTION_SETS, THREADS, draw_triplets, rounding, running, triplets


def pattern_of(a, threads: int = 2) -> Pattern:
    columns = compress(a.column, a.row, a.value, a.columns)
    return Pattern.of(a.compressed, columns, threads)


def problem(a, rank: int, seed: int = 0):
    """A pattern, what is known of the rows, and factors to start from with what they say of the rows."""
    rng, pattern = np.random.default_rng(seed), pattern_of(a)
    known, factors = padded(rng.standard_normal((a.rows, rank))), padded(rng.standard_normal((a.columns, rank)))
    return pattern, known, factors, (design(pattern) @ factors).astype(np.float32)


def improved(given_, steps: int, threads: int = 2):
    pattern, known, factors, expected = given_
    factors, expected = factors.copy(), expected.copy()
    improve_implicit(pattern, known, factors, expected, steps, threads)
    return factors, expected


def left(given_, factors: np.ndarray) -> np.ndarray:
    """The sum of squares that is to be made small, of each column of y."""
    pattern, known = given_[:2]
    y = factors.astype(np.float64)
    return np.sum((known - design(pattern) @ y) ** 2, axis=0) + np.sum(y**2, axis=0)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), rank=st.integers(1, 40), steps=st.integers(1, 3), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_steps_are_the_twin_s(name: str, a, rank: int, steps: int, seed: int) -> None:
    """Within the rounding of sums of up to 40 terms; what a step gets wrong the next one carries on.

    Rounding in a residual is an error in the energy norm of y, so that y may be off by the root of the condition more.
    """
    task = problem(a, rank, seed)
    matrix = design(task[0])
    condition = np.linalg.cond(np.eye(a.columns) + matrix.T @ matrix)
    with running(name):
        factors, expected = improved(task, steps)
    exact, exactly_expected = twin(task[0], task[1], task[2], steps)
    allowed = np.sqrt(condition) * steps * rounding(np.float32, 40) * (1 + np.abs(exact).max())
    np.testing.assert_allclose(factors, exact, atol=allowed)
    np.testing.assert_allclose(expected, exactly_expected, atol=allowed)
    assert not factors[:, rank:].any()
    assert not expected[:, rank:].any()


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", [1, 15, 16, 17, 33, 64])
def test_every_step_gains_and_many_reach_the_least_squares_solution(name: str, rank: int) -> None:
    task = problem(draw_triplets(300, 40, 2_000, seed=3), rank)
    with running(name):
        few, more, many = (improved(task, steps)[0] for steps in (1, 2, 60))
    matrix = design(task[0])
    exact = np.linalg.solve(np.eye(40) + matrix.T @ matrix, matrix.T @ task[1])
    np.testing.assert_allclose(many, exact, atol=1e-5)
    assert np.all(left(task, few)[:rank] < left(task, task[2])[:rank])
    assert np.all(left(task, more)[:rank] < left(task, few)[:rank])


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_threads_change_not_one_bit(name: str) -> None:
    """900 rows and 700 columns: several blocks of 128 of each."""
    task = problem(draw_triplets(900, 700, 9_000, seed=5), 20)
    with running(name):
        first, *others = (improved(task, 2, threads) for threads in THREADS)
    for other in others:
        for one, two in zip(first, other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_nothing_is_learnt_from_no_entries() -> None:
    task = problem(draw_triplets(4, 3, 0, seed=1), 2)
    factors, expected = improved(task, 2)
    np.testing.assert_allclose(factors, 0.0, atol=1e-6)
    assert not expected.any()


def test_what_is_explained_already_stays() -> None:
    pattern = pattern_of(draw_triplets(30, 20, 200, seed=2))
    zeros = np.zeros((30, 16), np.float32), np.zeros((20, 16), np.float32), np.zeros((30, 16), np.float32)
    factors, expected = improved((pattern, *zeros), 3)
    assert not factors.any()
    assert not expected.any()


def test_pattern_forgets_the_values() -> None:
    a = draw_triplets(9, 7, 30, seed=4)
    pattern = pattern_of(a)
    counts = np.bincount(a.row, minlength=9)
    np.testing.assert_array_equal(pattern.rows.values, 1)
    np.testing.assert_allclose(pattern.scale, 1 / np.sqrt(np.maximum(counts, 1)), rtol=1e-6)
    np.testing.assert_allclose(pattern.curvature, 1 + np.sum(design(pattern) ** 2, axis=0), rtol=1e-6)
