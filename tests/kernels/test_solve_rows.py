from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import NumericalError
from matinee.kernels.compress import Compressed
from matinee.kernels.reference.solve_rows import solve_rows as twin
from matinee.kernels.solve_rows import Regressions, Ridge, longest_first, padded, solve_rows
from tests.support.arrays import INSTRUCTION_SETS, THREADS, draw_triplets, running, triplets
from tests.support.regressions import EPS, RIDGE, regressions, weighted, with_prior


def solved(problem: Regressions, bias: bool, threads: int = 2):
    rows = problem.rows.row_count
    factors = np.full((rows, problem.other.shape[1]), np.nan, np.float32)
    biases = np.full(rows, np.nan, np.float32) if bias else None
    loss = solve_rows(problem, factors, biases, threads)
    return factors, biases, loss


def close(problem: Regressions, bias: bool) -> None:
    """As near to the float64 twin as float32 allows at the condition of the worst row; padding stays zero."""
    factors, biases, loss = solved(problem, bias)
    exact, exact_bias, exact_loss = twin(problem, bias)
    longest = int(np.max(problem.rows.lengths, initial=1))
    allowed = 40 * EPS * np.sqrt(longest * problem.rank) * (1 + np.abs(exact).max())
    np.testing.assert_allclose(factors[:, : problem.rank], exact, atol=allowed)
    assert not factors[:, problem.rank :].any()
    if biases is not None:
        np.testing.assert_allclose(biases, exact_bias, atol=allowed * (1 + np.abs(exact_bias).max()))
    size = np.add.reduceat(np.append(problem.rows.values**2, 0.0), problem.rows.offsets[:-1]).max() + 10 * longest
    np.testing.assert_allclose(loss, exact_loss, atol=40 * EPS * longest**0.5 * size + allowed)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), rank=st.integers(1, 70), kind=st.sampled_from(["bias", "plain", "weights", "prior"]))
@settings(max_examples=60)
def test_solution_is_its_twin(name: str, a, rank: int, kind: str) -> None:
    make = {"weights": weighted, "prior": with_prior}.get(kind, regressions)
    with running(name):
        close(make(a, rank), bias=kind in ("bias", "prior"))


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), rank=st.integers(1, 40), seed=st.integers(0, 99))
@settings(max_examples=30)
def test_rows_may_have_penalties_of_their_own(name: str, a, rank: int, seed: int) -> None:
    """They come back as the diagonals of the normal matrices; empty rows, too."""
    problem = with_prior(a, rank, seed)
    own = padded(np.random.default_rng(seed).random((a.rows, rank)))
    factors, bias, diagonal = np.empty_like(own), np.empty(a.rows, np.float32), own.copy()
    with running(name):
        loss = solve_rows(problem, factors, bias, 2, diagonal=diagonal)
    exact, exact_bias, exact_loss = twin(problem, True, own)
    allowed = 40 * EPS * np.sqrt(40 * rank) * (1 + np.abs(exact).max())
    np.testing.assert_allclose(factors[:, :rank], exact, atol=allowed)
    np.testing.assert_allclose(bias, exact_bias, atol=allowed * (1 + np.abs(exact_bias).max()))
    np.testing.assert_allclose(loss, exact_loss, atol=40 * EPS * (np.abs(exact_loss).max() + 10_000))
    squares = (a.dense != 0).astype(np.float64) @ np.square(problem.other[:, :rank], dtype=np.float64)
    counts = problem.rows.lengths[:, None]
    np.testing.assert_allclose(diagonal[:, :rank], squares + own[:, :rank] + 0.7 + 0.03 * counts, rtol=40 * EPS)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", [1, 15, 16, 17, 18, 20, 21, 31, 48, 50, 64, 65, 68, 80, 96, 128, 200])
def test_ranks_around_a_register(name: str, rank: int) -> None:
    a = draw_triplets(12, 90, 500, seed=3)
    with running(name):
        close(regressions(a, rank), bias=True)
        close(weighted(a, rank), bias=False)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", [5, 18])
def test_long_rows_are_put_together_from_pieces_and_groups(name: str, rank: int) -> None:
    """20,000 entries: over 32 pieces at most, summed apart; at rank 18 the last two factors by strips."""
    a = draw_triplets(3, 20_000, 20_000, seed=4)
    with running(name):
        close(regressions(a, rank), bias=True)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("make", [regressions, weighted, with_prior])
def test_threads_and_order_change_not_one_bit(name: str, make) -> None:
    a = draw_triplets(300, 200, 9_000, seed=5)
    problem, bias = make(a, 20), make is not weighted
    with running(name):
        first, *others = (solved(problem, bias, threads) for threads in THREADS)
        backwards = np.empty_like(first[0])
        order = longest_first(problem.rows.offsets)[::-1].copy()
        solve_rows(problem, backwards, np.empty(300, np.float32) if bias else None, 2, order)
    for other in others:
        for one, two in zip(first, other, strict=True):
            np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(first[0], backwards)


def test_rows_without_entries_are_zero_and_those_with_a_prior_are_not() -> None:
    a = draw_triplets(6, 5, 0, seed=1)
    factors, bias, loss = solved(regressions(a, 3), bias=True)
    assert not factors.any()
    assert not bias.any()
    assert not loss.any()
    problem = with_prior(a, 3)
    factors, _, _ = solved(problem, bias=False)
    np.testing.assert_allclose(factors, problem.prior / RIDGE.constant, rtol=4 * EPS)


def test_matrix_that_is_not_positive_definite_is_named_by_its_row() -> None:
    """Row 2 has fewer entries than unknowns, and nothing is added to its diagonal."""
    rows = Compressed(np.array([0, 0, 4, 6]), np.array([0, 1, 2, 3, 1, 2], np.int32), np.ones(6, np.float32))
    other = padded(np.random.default_rng(0).standard_normal((4, 3)))
    with pytest.raises(NumericalError, match=r"row 2 with 2 entries: .* larger regularization"):
        solved(Regressions(rows, other, 3, Ridge()), bias=False)


def test_values_that_are_not_finite_are_named_by_their_row() -> None:
    a = draw_triplets(5, 8, 30, seed=2)
    other = regressions(a, 4).other
    other[a.column[0]] = np.nan
    with pytest.raises(NumericalError, match="not finite"):
        solved(regressions(a, 4, other=other), bias=True)


def test_longest_rows_come_first_and_neighbours_stay_together() -> None:
    """2,100 and 3,000 entries have the same power of two below them; under 1,024 the order is as it was."""
    entries = [4, 1_023, 0, 2_100, 1_500, 3_000, 9, 5_000]
    np.testing.assert_array_equal(longest_first(np.cumsum([0, *entries])), [7, 3, 5, 4, 0, 1, 2, 6])
