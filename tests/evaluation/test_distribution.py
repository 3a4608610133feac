"""Scores and calibration of predicted distributions, against their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matinee.data.scale import Scale
from matinee.evaluation.metrics.distribution import (
    LEVELS,
    coverages,
    crps,
    log_score,
    one_spread,
    scores,
    star_reliability,
    states_stars,
)
from matinee.evaluation.metrics.groups import intervals_by_activity
from matinee.evaluation.report.examples import surprising
from matinee.evaluation.report.summary import summary
from matinee.predicting.distribution import normal_stars
from tests.support.evaluations import distributed, evaluation

WHOLE = Scale(1, 5, 1)


@pytest.fixture(scope="module")
def told():
    return distributed(6_000)


def one(truth: float, probabilities: list[float], scale: Scale = WHOLE):
    result = evaluation(1, scale=scale)
    rows = result.rows.with_columns(truth=pl.lit(truth), probabilities=pl.Series(np.array([probabilities])))
    return replace(result, rows=rows), np.array([probabilities])


def test_log_score_is_minus_the_logarithm_of_what_the_truth_was_given() -> None:
    assert log_score(*one(2.0, [0.1, 0.25, 0.05, 0.3, 0.3]))[0] == pytest.approx(np.log(4))


def test_what_was_held_impossible_has_a_finite_score() -> None:
    assert log_score(*one(1.0, [0.0, 0.5, 0.5, 0.0, 0.0]))[0] == pytest.approx(-np.log(1e-12))


def test_crps_of_a_sure_prediction_is_its_absolute_error() -> None:
    assert crps(*one(4.0, [0.0, 1.0, 0.0, 0.0, 0.0]))[0] == pytest.approx(2.0)
    halves = [0.0] * 10
    halves[4] = 1.0  # 2.5 stars
    assert crps(*one(4.0, halves, Scale(0.5, 5, 0.5)))[0] == pytest.approx(1.5)


def test_crps_is_the_mean_distance_less_half_the_spread() -> None:
    """``E|X - y| - E|X - X'| / 2`` (Gneiting and Raftery 2007, equation 21)."""
    probabilities, stars = np.array([0.1, 0.2, 0.3, 0.25, 0.15]), np.arange(1.0, 6.0)
    apart = np.abs(stars[:, None] - stars)
    expected = probabilities @ np.abs(stars - 2.0) - probabilities @ apart @ probabilities / 2
    assert crps(*one(2.0, probabilities.tolist()))[0] == pytest.approx(expected)


def test_one_spread_is_a_normal_with_the_rmse(told) -> None:
    error = told.rows["prediction"].clip(0.5, 5.0) - told.rows["truth"]
    centre = told.rows["prediction"].clip(0.5, 5.0).to_numpy()
    expected = normal_stars(centre, np.full(len(centre), np.sqrt(np.mean(error.to_numpy() ** 2))), told.setting.scale)
    np.testing.assert_allclose(one_spread(told), expected)


def test_knowing_who_scatters_more_is_better_than_one_spread(told) -> None:
    for score in scores(told):
        assert score.value < score.one_spread
        assert 0 < score.gain[0] < score.one_spread - score.value < score.gain[1]


def test_the_gain_of_one_spread_over_itself_is_nothing(told) -> None:
    same = replace(told, rows=told.rows.with_columns(probabilities=pl.Series(one_spread(told))))
    for score in scores(same):
        assert score.gain == (0.0, 0.0)


def test_intervals_of_gains_draw_whole_users_so_that_saying_all_thrice_makes_none_surer(told) -> None:
    thrice = replace(told, rows=pl.concat([told.rows] * 3))
    for once, again in zip(scores(told), scores(thrice), strict=True):
        width, same = (high - low for low, high in (once.gain, again.gain))
        assert same == pytest.approx(width, rel=1e-6)


def test_coverages_of_true_distributions_are_nominal(told) -> None:
    """Three standard errors of a share; truths are whole stars, which shifts levels a little."""
    np.testing.assert_allclose(coverages(told), LEVELS, atol=0.04)


def test_stars_come_true_as_often_as_was_said(told) -> None:
    table = star_reliability(told)
    assert table["count"].sum() == 10 * len(told.rows)
    many = table.filter(pl.col("count") > 500)
    np.testing.assert_allclose(many["observed"], many["predicted"], atol=0.04)


def test_intervals_by_activity(told) -> None:
    table = intervals_by_activity(told, "user_ratings")
    assert table["count"].sum() == len(told.rows)
    assert table.select(((pl.col("low") <= pl.col("coverage")) & (pl.col("coverage") <= pl.col("high"))).all()).item()
    assert table["high"].max() <= 1.0
    inside = (told.rows["truth"] >= told.rows["lower"]) & (told.rows["truth"] <= told.rows["upper"])
    assert (table["coverage"] * table["count"]).sum() == pytest.approx(inside.sum())


def test_the_most_surprising_are_those_given_the_least_chance(told) -> None:
    found = surprising(told, 5)
    assert found["chance"].is_sorted()
    stars = np.rint((told.rows["truth"].to_numpy() - 0.5) / 0.5).astype(int)
    given = told.rows["probabilities"].to_numpy()[np.arange(len(stars)), stars]
    np.testing.assert_allclose(found["chance"], np.sort(given)[:5])


def test_without_probabilities_the_furthest_off_are(told) -> None:
    plain = replace(told, rows=told.rows.drop("probabilities"))
    assert not states_stars(plain)
    assert scores(plain) == ()
    assert surprising(plain, 5)["error"].abs().is_sorted(descending=True)
    assert surprising(plain, 5)["chance"].null_count() == 5


def test_the_summary_tells_the_scores(told) -> None:
    found = summary(told)["distribution"]
    assert set(found) == {
        *("log_score", "log_score_one_spread", "log_score_gain_interval"),
        *("crps", "crps_one_spread", "crps_gain_interval"),
    }
    assert summary(evaluation(50))["distribution"] is None
