"""Draws of thresholds and noise, with nothing else unknown: their distribution is that of the posterior on a grid."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from matinee.kernels.ordered import Ordered, threshold_slopes
from matinee.models.bayesian.chain.thresholds import Thresholds

MIDDLE = np.array([-1.5, -0.5, 0.5, 1.5])


def planted(count: int, cuts: np.ndarray, noise: float, seed: int = 0) -> Ordered:
    rng = np.random.default_rng(seed)
    predicted = rng.standard_normal(count).astype(np.float32)
    level = np.searchsorted(cuts, predicted + noise * rng.standard_normal(count))
    return Ordered(level.astype(np.uint8), predicted, np.ones(count, np.float32))


def drawn(start: Thresholds, given: Ordered, count: int, seed: int = 1) -> np.ndarray:
    """Thresholds and noise of each draw, shape ``(count, levels)``."""
    rng, out = np.random.default_rng(seed), []
    for _ in range(count):
        given = start.draw(given, rng, 1)
        out.append(np.append(start.value, 1.0 / given.scale))
    return np.array(out)


@pytest.mark.long
@pytest.mark.parametrize("count", [12, 400])
def test_draws_have_the_posterior_distribution(count: int) -> None:
    """With three stars the noise alone is unknown: its posterior is summed over a grid."""
    middle = MIDDLE[1:3]
    given = planted(count, middle, 0.7)
    logs = np.linspace(-4.0, 4.0, 4_001)
    value = [
        threshold_slopes(Ordered(given.level, given.predicted, given.steady, np.exp(s)), middle, 1).value for s in logs
    ]
    density = np.array(value) + 2.0 * logs - np.exp(2.0 * logs)
    density = np.exp(density - density.max())
    below = np.cumsum(density) / density.sum()
    found = -np.log(drawn(Thresholds(middle, given.level), given, 6_000)[200:, -1])
    shares = np.interp(found, logs, below)
    np.testing.assert_allclose(np.quantile(shares, [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.03)


def test_planted_thresholds_lie_in_their_own_intervals() -> None:
    cuts = np.array([-2.0, -0.9, 0.5, 1.2])
    truth = np.append((cuts - cuts[1]) / np.diff(cuts)[1] - 0.5, 0.6 / np.diff(cuts)[1])  # the middle star is 1 wide
    inside = 0
    for seed in range(8):
        given = planted(3_000, cuts, 0.6, seed)
        scaled = (given.predicted - cuts[1]) / np.diff(cuts)[1] - 0.5
        found = drawn(
            Thresholds(MIDDLE, given.level), Ordered(given.level, scaled.astype(np.float32), given.steady), 300
        )
        low, high = np.quantile(found[50:], [0.01, 0.99], axis=0)
        inside += int(np.sum((low - 1e-9 <= truth) & (truth <= high + 1e-9)))
        np.testing.assert_allclose(found[:, 1:3], np.broadcast_to(MIDDLE[1:3], (300, 2)), atol=1e-12)
    assert inside >= 8 * 5 - 3


def test_most_proposals_are_taken() -> None:
    given = planted(2_000, MIDDLE, 0.8)
    found = drawn(Thresholds(MIDDLE, given.level), given, 200)
    assert np.mean(np.diff(found[:, 0]) != 0) > 0.5


def test_a_star_that_nobody_gave_keeps_a_place() -> None:
    """The lowest, one between, and all but one of them."""
    given = planted(5_000, MIDDLE, 0.8)
    for absent in ({0}, {3}, {0, 1, 3, 4}):
        level = given.level.copy()
        for star in absent:
            level[level == star] = 2
        found = drawn(Thresholds(MIDDLE, level), Ordered(level, given.predicted, given.steady), 100)
        assert np.isfinite(found).all()
        assert (np.diff(found[:, :-1]) > 0).all()


def test_start_cuts_a_normal_distribution_into_the_shares() -> None:
    level = np.repeat(np.arange(5), [10, 20, 40, 20, 10]).astype(np.uint8)
    start = Thresholds(MIDDLE, level)
    np.testing.assert_allclose(start.value, -start.value[::-1], atol=1e-12)
    assert start.value[1:3].tolist() == [-0.5, 0.5]
    assert start.centre == pytest.approx(0.0, abs=1e-12)


def test_two_stars_have_one_threshold_which_stays() -> None:
    given = planted(50, np.zeros(1), 1.0)
    start = Thresholds(np.zeros(1), given.level)
    stays = float(start.value[0])
    np.testing.assert_allclose(drawn(start, given, 3), [[stays, 1.0]] * 3, rtol=1e-12)
    assert stays == pytest.approx(NormalDist().inv_cdf(np.mean(given.level == 0)), abs=0.03)


@pytest.mark.parametrize("inner", [0, 3, 60])
def test_the_noise_stays_where_no_inner_star_tells_how_wide_it_is(inner: int) -> None:
    """Of two stars at the ends and hardly any between, thresholds come as near to each other as ratings say."""
    given = planted(3_000, np.array([0.2]), 1.0)
    level = np.where(given.level, 4, 0).astype(np.uint8)
    near = np.argsort(np.abs(given.predicted - 0.2))[:inner]
    level[near] = 1 + np.arange(inner) % 3
    start = Thresholds(MIDDLE, level)
    found = drawn(start, Ordered(level, given.predicted, given.steady), 100)
    assert (found[:, -1] == 1.0).all()
    assert np.abs(found[20:, :-1] - 0.2).max() < 0.3
    assert (np.diff(found[:, :-1]) > 0).all()


def test_a_star_with_none_below_it_does_not_tell_how_wide_it_is() -> None:
    """Half the ratings are threes, half are fours: the threshold between the two stays, and the noise."""
    given = planted(2_000, np.array([0.0]), 0.5)
    level = np.where(given.level, 3, 2).astype(np.uint8)
    found = drawn(Thresholds(2.0 * MIDDLE, level), Ordered(level, given.predicted, given.steady), 50)
    assert (found[:, -1] == 1.0).all()
    assert np.ptp(found[:, 2]) < 1e-12
    assert len(np.unique(found[:, 1])) > 10
