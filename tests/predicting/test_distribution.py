"""What a rating may be: deviation, quantiles, levels and probabilities of stars agree with each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from matinee.data.scale import Scale
from matinee.errors import ConfigError
from matinee.fitting.options import RunOptions
from matinee.models.baselines import Bias
from matinee.predicting.calibration import Calibration, Support
from matinee.predicting.distribution import Predictive, between, normal_stars, star_values
from matinee.predicting.normal import cumulative
from tests.support.planted import HALF_STARS, planted
from tests.support.predicting import predict_at

WHOLE = Scale(1, 5, 1)


def normal(centre: list[float], own: list[float], scale: Scale = HALF_STARS) -> Predictive:
    """Truths are normal about predictions, with half the deviation that the model says."""
    rng = np.random.default_rng(0)
    width, known = rng.uniform(0.5, 2.0, 60_000), np.full(60_000, 500)
    spread = Calibration.measured(0.5 * width * rng.standard_normal(60_000), width, Support(known, known), 0.9)
    counts = np.full(len(centre), 500)
    return Predictive(np.array(centre), np.array(own), Support(counts, counts), spread, scale)


def test_deviation_is_calibrated() -> None:
    np.testing.assert_allclose(normal([3.0, 3.0], [1.0, 2.0]).deviation, [0.5, 1.0], rtol=0.02)


def test_no_error_is_wider_than_the_scale() -> None:
    assert normal([3.0, 3.0], [8.0, 1e12]).deviation == pytest.approx([4.0, 4.5], rel=0.02)


def test_quantiles_are_those_of_the_errors() -> None:
    levels = (0.05, 0.25, 0.5, 0.9)
    found = normal([3.0], [1.0]).quantiles(levels)
    np.testing.assert_allclose(found[0], norm(3.0, 0.5).ppf(levels), atol=0.02)


def test_an_interval_is_two_quantiles_on_the_scale() -> None:
    predictive = normal([3.0, 4.9], [1.0, 1.0])
    lower, upper = predictive.interval(0.8)
    np.testing.assert_allclose(np.column_stack([lower, upper]), predictive.quantiles((0.1, 0.9)), rtol=1e-12)
    assert upper[1] == 5.0


@pytest.mark.parametrize("level", [0.0, 0.001, 0.999, 1.0])
def test_levels_beyond_what_was_measured_are_refused(level: float) -> None:
    with pytest.raises(ConfigError, match=r"quantile: found .*; allowed is 0.005 to 0.995"):
        normal([3.0], [1.0]).quantiles((0.5, level))


@pytest.mark.parametrize("coverage", [0.0, 1.0, 1.5])
def test_a_coverage_that_is_none_is_refused(coverage: float) -> None:
    with pytest.raises(ConfigError, match=r"coverage: found .*; allowed is over 0 and under 1"):
        normal([3.0], [1.0]).interval(coverage)


def test_the_level_of_a_quantile_is_its_own() -> None:
    predictive = normal([2.5, 3.0, 3.5], [0.4, 0.5, 0.6])
    for level in (0.01, 0.2, 0.5, 0.975):
        truth = predictive.quantiles((level,))[:, 0]
        np.testing.assert_allclose(predictive.level_of(truth), level, atol=1e-9)


def test_truths_beyond_all_that_was_measured_have_level_0_and_1() -> None:
    assert normal([3.0, 3.0], [0.1, 0.1]).level_of(np.array([0.5, 5.0])).tolist() == [0.0, 1.0]


@given(st.floats(0.5, 5.0), st.floats(0.01, 5.0))
@settings(max_examples=60)
def test_probabilities_of_stars_against_scipy(centre: float, deviation: float) -> None:
    found = normal_stars(np.array([centre]), np.array([deviation]), HALF_STARS)
    cuts = np.arange(0.75, 5.0, 0.5)
    under = norm(centre, deviation).cdf(cuts)
    np.testing.assert_allclose(found[0], np.diff(np.concatenate([[0.0], under, [1.0]])), atol=1e-12)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)


def test_tails_keep_their_digits() -> None:
    """Both ends of a sharp prediction, against the complementary function of scipy."""
    found = normal_stars(np.array([1.0, 5.0]), np.array([0.3, 0.3]), WHOLE)
    np.testing.assert_allclose(found[0, 4], norm.sf(3.5 / 0.3), rtol=1e-9)
    np.testing.assert_allclose(found[0, 3], norm.sf(2.5 / 0.3) - norm.sf(3.5 / 0.3), rtol=1e-9)
    np.testing.assert_allclose(found[1], found[0, ::-1], rtol=1e-12)


def test_the_normal_distribution_function_against_scipy() -> None:
    numbers = np.linspace(-37, 9, 400)
    np.testing.assert_allclose(cumulative(numbers), norm.cdf(numbers), rtol=1e-12)


def test_shares_between_cuts_are_never_negative() -> None:
    under = np.array([[0.2, 0.2, 0.9]])
    np.testing.assert_allclose(between(under, 1.0 - under), [[0.2, 0.0, 0.7, 0.1]])


@pytest.mark.parametrize("scale", [Scale(-10, 10), Scale(0, 100, 1)], ids=str)
def test_scales_without_few_stars_have_no_probabilities(scale: Scale) -> None:
    assert normal([3.0], [1.0], scale).probabilities() is None
    assert star_values(scale) == []


def test_a_model_without_measured_spread_has_none() -> None:
    ratings = planted(60, 40, 0.3)
    found = predict_at(Bias().fit(ratings, RunOptions(intervals=False)), ratings.user, ratings.item)
    assert found.predictive is None


def test_a_fitted_model_states_what_its_interval_says() -> None:
    ratings = planted(200, 100, 0.3)
    found = predict_at(Bias().fit(ratings, RunOptions()), ratings.user, ratings.item)
    np.testing.assert_array_equal(
        np.column_stack(found.predictive.interval(0.9)), np.column_stack([found.lower, found.upper])
    )
    expected = found.predictive.probabilities() @ np.array(star_values(HALF_STARS))
    assert np.abs(expected - found.predictive.centre).max() < 0.4
