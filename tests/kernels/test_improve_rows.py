"""Conjugate gradients towards the same solution as the exact solver's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import NumericalError
from matinee.kernels.reference.solve_rows import solve_rows as twin
from matinee.kernels.solve_rows import Regressions, solve_rows
from tests.support.arrays import INSTRUCTION_SETS, THREADS, draw_triplets, running, triplets
from tests.support.regressions import EPS, RIDGE, regressions, weighted, with_prior

SMALL_GAIN = 1e-5
"""Share of the sum of squares under which the kernel does not go on: what is left may be so far off."""

KINDS = {"bias": regressions, "plain": regressions, "weights": weighted, "prior": with_prior}


def start(problem: Regressions, bias: bool, seed: int = 0):
    rng = np.random.default_rng(seed)
    rows = problem.rows.row_count
    factors = rng.standard_normal((rows, problem.other.shape[1])).astype(np.float32)
    factors[:, problem.rank :] = 0
    return factors, rng.standard_normal(rows).astype(np.float32) if bias else None


def improved(problem: Regressions, bias: bool, steps: int, threads: int = 2):
    factors, biases = start(problem, bias)
    loss = solve_rows(problem, factors, biases, threads, steps=steps)
    return factors, biases, loss


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=30), rank=st.integers(1, 40), kind=st.sampled_from(sorted(KINDS)))
@settings(max_examples=40)
def test_many_steps_end_at_the_twin(name: str, a, rank: int, kind: str) -> None:
    problem = dataclasses.replace(KINDS[kind](a, rank), ridge=dataclasses.replace(RIDGE, constant=5.0, bias=5.0))
    bias = kind in ("bias", "prior")
    with running(name):
        factors, biases, loss = improved(problem, bias, 3 * rank + 10)
    exact, exact_bias, exact_loss = twin(problem, bias)
    offset = 0.0 if problem.offset is None else problem.offset[problem.rows.indices]
    squares = float(np.sum(np.square(problem.rows.values - problem.shift - offset, dtype=np.float64)))
    apart = (SMALL_GAIN * squares) ** 0.5 + 2e-4 * (1 + np.abs(exact).max(initial=0))
    np.testing.assert_allclose(factors[:, :rank], exact, atol=apart)
    assert not factors[:, rank:].any()
    if biases is not None:
        np.testing.assert_allclose(biases, exact_bias, atol=apart + 2e-4 * np.abs(exact_bias).max())
    allowed = (SMALL_GAIN + 200 * EPS) * (1 + np.abs(exact_loss).max() + squares)
    np.testing.assert_allclose(loss, exact_loss, atol=allowed)


@pytest.mark.parametrize("make", [regressions, with_prior])
def test_each_step_lowers_every_loss_which_is_what_it_says(make) -> None:
    a = draw_triplets(40, 60, 900, seed=1)
    problem = make(a, 12)
    before = np.full(40, np.inf)
    for steps in range(1, 6):
        factors, bias, loss = improved(problem, True, steps)
        assert np.all(loss <= before + 1e-3)
        np.testing.assert_allclose(loss, spelled_out(problem, factors, bias), rtol=1e-4, atol=1e-3)
        before = loss


def spelled_out(problem: Regressions, factors, bias) -> np.ndarray:
    """The objective of each row, term by term."""
    offsets, items, values = problem.rows
    row = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    error = values - problem.shift - problem.offset[items] - bias[row]
    error -= np.einsum("nk,nk->n", factors[row], problem.other[items])
    counts, ridge = np.diff(offsets), problem.ridge
    loss = np.bincount(row, error.astype(np.float64) ** 2, len(counts))
    loss += (ridge.constant + ridge.per_entry * counts) * np.sum(factors.astype(np.float64) ** 2, axis=1)
    loss += (ridge.bias + ridge.bias_per_entry * counts) * bias.astype(np.float64) ** 2
    if problem.prior is not None:
        loss -= 2 * np.einsum("rk,rk->r", factors, problem.prior)
    return np.where((counts == 0) & (problem.prior is None), 0.0, loss)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_threads_change_not_one_bit(name: str) -> None:
    problem = regressions(draw_triplets(300, 200, 9_000, seed=5), 20)
    with running(name):
        first, *others = (improved(problem, True, 3, threads) for threads in THREADS)
    for other in others:
        for one, two in zip(first, other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_rows_too_long_for_the_cache_are_solved_exactly() -> None:
    """9,000 entries of 16 numbers; at most 8,192 are gathered."""
    a = draw_triplets(1, 9_000, 9_000, seed=2)
    problem = regressions(a, 4)
    factors, _, _ = improved(problem, True, 1)
    np.testing.assert_allclose(factors[:, :4], twin(problem, True)[0], atol=1e-4)


def test_what_is_not_finite_is_named_by_its_row() -> None:
    a = draw_triplets(5, 8, 30, seed=2)
    other = regressions(a, 4).other
    other[a.column[0]] = np.inf
    with pytest.raises(NumericalError, match="not finite"):
        improved(regressions(a, 4, other=other), True, 3)
