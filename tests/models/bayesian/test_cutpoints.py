"""Thresholds between stars: what they say is what the normal distribution says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from matinee.models.bayesian.cutpoints import Cutpoints, levels_of

STARS = np.arange(1.0, 6.0)
CUTPOINTS = Cutpoints(np.array([1.4, 2.5, 3.5, 4.7]), STARS, 0.9)


def pairs(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(3.5, 1.5, count), rng.uniform(0.5, 2.0, count)


def test_probabilities_are_differences_of_the_distribution_function() -> None:
    latent, deviation = pairs()
    below = stats.norm.cdf(CUTPOINTS.thresholds, latent[:, None], 0.9 * deviation[:, None])
    exact = 0.99 * np.diff(below, prepend=0.0, append=1.0, axis=1) + 0.01 / 5
    found = CUTPOINTS.probabilities(latent, deviation)
    np.testing.assert_allclose(found, exact, atol=1e-13)
    mean, spread = CUTPOINTS.moments(CUTPOINTS.probabilities(latent, deviation))
    np.testing.assert_allclose(mean, exact @ STARS, rtol=1e-12)
    np.testing.assert_allclose(spread, np.sqrt(exact @ STARS**2 - (exact @ STARS) ** 2), rtol=1e-9)
    np.testing.assert_array_equal(CUTPOINTS.expected(latent, deviation), mean)


def test_a_doubtful_prediction_is_more_noise() -> None:
    """The mean over normal predictions of the probabilities is that of one prediction with more noise."""
    latent, doubt = 3.1, 0.6
    drawn = latent + doubt * np.random.default_rng(1).standard_normal(200_000)
    over_draws = CUTPOINTS.probabilities(drawn, np.ones(len(drawn))).mean(0)
    at_once = CUTPOINTS.probabilities(np.array([latent]), np.array([np.hypot(1.0, doubt / 0.9)]))[0]
    np.testing.assert_allclose(at_once, over_draws, atol=3e-3)


def test_nobody_is_surer_than_that_one_rating_in_a_hundred_is_a_slip() -> None:
    """Which is any star alike: it is in probabilities, in the expected star and in the deviation."""
    asked = np.array([5.2, 5.5, 6.0, 60.0]), np.full(4, 1e-3)
    shares = CUTPOINTS.probabilities(*asked)
    np.testing.assert_allclose(shares, np.tile([0.002, 0.002, 0.002, 0.002, 0.992], (4, 1)), rtol=1e-9)
    mean, deviation = CUTPOINTS.moments(shares)
    np.testing.assert_allclose(mean, 4.98, rtol=1e-9)
    np.testing.assert_allclose(deviation, np.sqrt(0.06 - 0.02**2), rtol=1e-9)


def test_the_deviation_of_stars_that_are_nearly_certain_keeps_its_digits() -> None:
    rare = np.array([1e-3, 1e-8, 1e-14, 1e-200])
    shares = np.column_stack([rare, *np.zeros((3, 4)), 1.0 - rare])
    np.testing.assert_allclose(CUTPOINTS.moments(shares)[1], 4.0 * np.sqrt(rare * (1.0 - rare)), rtol=1e-9)


@pytest.mark.parametrize("latent", [-1e6, -40.0, 3.0, 60.0, 1e6])
@pytest.mark.parametrize("deviation", [1e-3, 1.0, 1e3])
def test_nothing_extreme_is_nan_or_impossible(latent: float, deviation: float) -> None:
    asked = np.array([latent]), np.array([deviation])
    found, (mean, spread) = CUTPOINTS.probabilities(*asked), CUTPOINTS.moments(CUTPOINTS.probabilities(*asked))
    assert np.isfinite(np.log(found)).all()
    assert found.sum() == pytest.approx(1.0, rel=1e-12)
    assert 1.0 <= mean[0] <= 5.0
    assert 0.0 < spread[0] <= 2.0


def test_the_expected_star_can_be_turned_back() -> None:
    latent = np.linspace(0.0, 6.5, 50)
    found = CUTPOINTS.latent(CUTPOINTS.expected(latent, np.ones(50)))
    np.testing.assert_allclose(found, latent, atol=1e-9)
    assert np.isfinite(CUTPOINTS.latent(np.array([1.0, 5.0]))).all()


def test_ratings_belong_to_the_nearest_star() -> None:
    assert levels_of(np.array([0.5, 1.0, 2.9, 5.0, 7.0], np.float32), STARS).tolist() == [0, 0, 2, 4, 4]
    assert CUTPOINTS.levels(np.array([3.0], np.float32)).tolist() == [2]
    assert levels_of(np.arange(1, 11, dtype=np.float32) / 2, np.arange(1, 11) / 2).tolist() == list(range(10))
