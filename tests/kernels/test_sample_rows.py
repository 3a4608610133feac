from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import NumericalError
from matinee.kernels.reference.sample_rows import sample_rows as twin
from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import longest_first, padded
from tests.support.arrays import INSTRUCTION_SETS, THREADS, draw_triplets, running, triplets

EPS = float(np.finfo(np.float32).eps)


def problem(a, rank: int, seed: int = 0) -> tuple[Likelihood, Prior]:
    rng = np.random.default_rng(seed)

    def numbers(*shape: int, low: float = -1.0, high: float = 1.0) -> np.ndarray:
        return rng.uniform(low, high, shape).astype(np.float32)

    other, precision = padded(rng.standard_normal((a.columns, rank))), np.zeros(padded(np.zeros((1, rank))).shape[1])
    precision[:rank] = rng.uniform(0.5, 3.0, rank)
    likelihood = Likelihood(
        a.compressed, other, numbers(a.columns), numbers(a.columns, low=0.5, high=2), numbers(a.rows, low=0.3, high=3),
        rank, 0.3,
    )  # fmt: skip
    return likelihood, Prior(padded(numbers(a.rows, rank)), precision.astype(np.float32), numbers(a.rows), 0.7)


def drawn(likelihood: Likelihood, prior: Prior, key: int | None = 7, threads: int = 2, order=None):
    rows = len(likelihood.row_precision)
    factors, bias = np.full((rows, likelihood.other.shape[1]), np.nan, np.float32), np.full(rows, np.nan, np.float32)
    sample_rows(likelihood, prior, key, factors, bias, threads, order)
    return factors, bias


def close(likelihood: Likelihood, prior: Prior, key: int | None = 7) -> None:
    """As near to the float64 twin as float32 allows at the condition of the worst row; padding stays zero."""
    factors, bias = drawn(likelihood, prior, key)
    exact, exact_bias = twin(likelihood, prior, key)
    longest = int(np.max(likelihood.rows.lengths, initial=1))
    allowed = 100 * EPS * np.sqrt(longest * likelihood.rank) * (1 + np.abs(exact).max() + np.abs(exact_bias).max())
    np.testing.assert_allclose(factors[:, : likelihood.rank], exact, atol=allowed)
    np.testing.assert_allclose(bias, exact_bias, atol=allowed)
    assert not factors[:, likelihood.rank :].any()


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), rank=st.integers(1, 50), key=st.one_of(st.none(), st.integers(0, 2**64 - 1)))
@settings(max_examples=60)
def test_draw_is_its_twin(name: str, a, rank: int, key: int | None) -> None:
    with running(name):
        close(*problem(a, rank), key)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", [1, 15, 16, 17, 32, 48, 64, 65])
def test_ranks_around_a_register(name: str, rank: int) -> None:
    with running(name):
        close(*problem(draw_triplets(12, 90, 500, seed=3), rank))


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_threads_and_order_change_not_one_bit(name: str) -> None:
    likelihood, prior = problem(draw_triplets(300, 200, 9_000, seed=5), 20)
    with running(name):
        first, *others = (drawn(likelihood, prior, 3, threads) for threads in THREADS)
        others.append(drawn(likelihood, prior, 3, 2, longest_first(likelihood.rows.offsets)[::-1].copy()))
    for other in others:
        for one, two in zip(first, other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_draws_have_the_posterior_s_mean_and_covariance() -> None:
    """Of one row, with 20,000 keys."""
    likelihood, prior = problem(draw_triplets(1, 12, 9, seed=6), 2)
    mean = np.append(*(part[0][:2] if part.ndim == 2 else part[:1] for part in drawn(likelihood, prior, None)))
    rows = likelihood.rows
    q = np.column_stack([likelihood.other[rows.indices, :2], np.ones(9)]).astype(float)
    weight = likelihood.row_precision[0] * likelihood.scale[rows.indices].astype(float) ** 2
    expected = np.linalg.inv(q.T @ (weight[:, None] * q) + np.diag([*prior.precision[:2], prior.bias_precision]))
    draws = [drawn(likelihood, prior, key, 1) for key in range(20_000)]
    found = np.array([[*factors[0, :2], bias[0]] for factors, bias in draws])
    error = np.sqrt(np.diag(expected) / len(found))
    np.testing.assert_array_less(np.abs(found.mean(0) - mean), 4.5 * error)
    spread = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(
        np.cov(found.T) / np.outer(spread, spread), expected / np.outer(spread, spread), atol=0.04
    )


def test_what_is_not_finite_is_named_by_its_row() -> None:
    likelihood, prior = problem(draw_triplets(5, 8, 30, seed=2), 4)
    likelihood.other[likelihood.rows.indices[0]] = np.nan
    with pytest.raises(NumericalError, match=r"row \d with \d entries: its posterior precision is not positive"):
        drawn(likelihood, prior)
    negative = dataclasses.replace(prior, bias_precision=-1e6)
    with pytest.raises(NumericalError, match="not positive definite"):
        drawn(problem(draw_triplets(5, 8, 30, seed=2), 4)[0], negative)
