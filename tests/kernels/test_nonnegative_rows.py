from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import NumericalError
from matinee.kernels.compress import Compressed
from matinee.kernels.nonnegative_rows import nonnegative_rows
from matinee.kernels.reference.nonnegative_rows import nonnegative_rows as twin
from matinee.kernels.solve_rows import Regressions, Ridge, longest_first, padded
from tests.support.arrays import INSTRUCTION_SETS, THREADS, draw_triplets, running, triplets
from tests.support.regressions import EPS, regressions, with_prior


def start(problem: Regressions, bias: bool, seed: int = 0) -> tuple[np.ndarray, np.ndarray | None]:
    """Some numbers under 0 among them, which count as 0."""
    rng, rows = np.random.default_rng(seed), problem.rows.row_count
    return padded(rng.standard_normal((rows, problem.rank))), rng.standard_normal(rows).astype(
        np.float32
    ) if bias else None


def close(problem: Regressions, bias: bool, passes: int) -> None:
    """As near to the float64 twin as float32 sums of the longest row allow; nothing negative; padding stays zero."""
    factors, biases = start(problem, bias)
    exact, exact_bias, exact_loss = twin(problem, factors, biases, passes)
    loss = nonnegative_rows(problem, factors, biases, passes, 2)
    longest = int(np.max(problem.rows.lengths, initial=1))
    allowed = (
        200 * EPS * np.sqrt(longest * problem.rank) * (1 + np.abs(exact).max(initial=0) + np.abs(exact_bias).max())
    )
    np.testing.assert_allclose(factors[:, : problem.rank], exact, atol=allowed)
    assert np.all(factors >= 0)
    assert not factors[:, problem.rank :].any()
    if biases is not None:
        np.testing.assert_allclose(biases, exact_bias, atol=allowed)
    np.testing.assert_allclose(loss, exact_loss, atol=allowed * (10 + np.abs(exact_loss).max()))


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(
    a=triplets(most=40),
    rank=st.integers(1, 40),
    kind=st.sampled_from(["bias", "plain", "prior"]),
    passes=st.integers(0, 4),
)
@settings(max_examples=60)
def test_solution_is_its_twin(name: str, a, rank: int, kind: str, passes: int) -> None:
    problem = (with_prior if kind == "prior" else regressions)(a, rank)
    with running(name):
        close(problem, kind != "plain", passes)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_it_ends_at_the_minimum(name: str) -> None:
    """Where an unknown is over 0 nothing pulls at it, and where it is 0 nothing pulls it up."""
    a = draw_triplets(30, 60, 700, seed=3)
    problem = regressions(a, 12)
    factors, bias = start(problem, bias=True)
    with running(name):
        nonnegative_rows(problem, factors, bias, 5_000, 2)
    offsets, columns, values = problem.rows
    for row in range(30):
        here = slice(offsets[row], offsets[row + 1])
        count = offsets[row + 1] - offsets[row]
        q = problem.other[columns[here], :12].astype(np.float64)
        left = values[here] - problem.shift - problem.offset[columns[here]] - q @ factors[row, :12] - bias[row]
        pull = q.T @ left - (problem.ridge.constant + problem.ridge.per_entry * count) * factors[row, :12]
        assert np.all(np.abs(pull[factors[row, :12] > 0]) < 1e-3)
        assert np.all(pull < 1e-3)
        assert abs(left.sum() - (problem.ridge.bias + problem.ridge.bias_per_entry * count) * bias[row]) < 1e-3


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_threads_and_order_change_not_one_bit(name: str) -> None:
    problem = regressions(draw_triplets(300, 200, 9_000, seed=5), 20)
    found = []
    with running(name):
        for threads in THREADS:
            factors, bias = start(problem, bias=True)
            found.append((nonnegative_rows(problem, factors, bias, 3, threads), factors, bias))
        factors, bias = start(problem, bias=True)
        order = longest_first(problem.rows.offsets)[::-1].copy()
        found.append((nonnegative_rows(problem, factors, bias, 3, 2, order), factors, bias))
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


def test_an_unknown_that_nothing_holds_is_named_by_its_row() -> None:
    rows = Compressed(np.array([0, 0, 2]), np.array([0, 1], np.int32), np.ones(2, np.float32))
    problem = Regressions(rows, padded(np.array([[1.0, 0.0], [2.0, 0.0]])), 2, Ridge())
    with pytest.raises(NumericalError, match=r"row 1 with 2 entries: .* larger regularization"):
        nonnegative_rows(problem, padded(np.ones((2, 2))), None, 1, 1)
