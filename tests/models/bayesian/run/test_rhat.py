"""R-hat and effective sample sizes, beside ArviZ."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.models.bayesian.run.rhat import bulk_size, split_rhat, tail_size


def chains(count: int, draws: int, memory: float, apart: float = 0.0, seed: int = 0) -> np.ndarray:
    """Autoregressive chains, ``apart`` standard deviations from each other."""
    rng = np.random.default_rng(seed)
    out = np.zeros((count, draws))
    now = rng.standard_normal(count)
    for at in range(draws):
        now = memory * now + np.sqrt(1 - memory**2) * rng.standard_normal(count)
        out[:, at] = now
    return out + apart * np.arange(count)[:, None]


def both(draws: np.ndarray) -> tuple[list[float | None], list[float]]:
    theirs = [
        array_stats.rhat(draws),
        array_stats.ess(draws, method="bulk"),
        array_stats.ess(draws, method="tail", prob=(0.05, 0.95)),
    ]
    return [split_rhat(draws), bulk_size(draws), tail_size(draws)], [float(number) for number in theirs]


@pytest.mark.parametrize("count", [2, 4, 5])
@pytest.mark.parametrize("draws", [4, 5, 7, 8, 50, 301])
@pytest.mark.parametrize("memory", [-0.9, 0.0, 0.5, 0.98])
def test_as_arviz(count: int, draws: int, memory: float) -> None:
    for apart in (0.0, 0.7):
        ours, theirs = both(chains(count, draws, memory, apart, seed=draws))
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(4, 60), st.integers(2, 30))
def test_as_arviz_where_draws_are_equal(seed: int, count: int, draws: int, values: int) -> None:
    """As where Metropolis steps are refused."""
    numbers = np.random.default_rng(seed).integers(0, values, (count, draws)).astype(float)
    if np.ptp(numbers) > 0:
        ours, theirs = both(numbers)
        expected = [None if not np.isfinite(number) else number for number in theirs]
        assert ours[0] == (None if expected[0] is None else pytest.approx(expected[0], rel=1e-10))
        np.testing.assert_allclose(ours[1:], theirs[1:], rtol=1e-10)


def test_one_chain_is_two_halves() -> None:
    """ArviZ asks for two chains; the halves of one, taken for two that are split again, say nearly the same."""
    one = chains(1, 400, 0.5)
    assert bulk_size(one) == pytest.approx(float(array_stats.ess(one, method="bulk")), rel=1e-10)
    assert split_rhat(one) < 1.02
    assert split_rhat(one + np.linspace(0, 3, 400)) > 1.3, "it drifts"


def test_what_they_mean() -> None:
    assert split_rhat(chains(4, 500, 0.0)) == pytest.approx(1.0, abs=0.01)
    assert split_rhat(chains(4, 500, 0.0, apart=2.0)) > 1.5
    for memory in (0.0, 0.5, 0.9):
        expected = 4_000 * (1 - memory) / (1 + memory)
        assert bulk_size(chains(4, 1_000, memory)) == pytest.approx(expected, rel=0.25)


def test_wider_tails_of_one_chain_are_seen() -> None:
    draws = chains(4, 500, 0.0)
    draws[0] *= 4.0
    assert split_rhat(draws) > 1.1


def test_too_few_draws_and_constant_ones() -> None:
    assert [measure(np.zeros((2, 3))) for measure in (split_rhat, bulk_size, tail_size)] == [None] * 3
    assert split_rhat(np.ones((2, 10))) is None
    assert bulk_size(np.ones((2, 10))) == tail_size(np.ones((2, 10))) == 20.0
