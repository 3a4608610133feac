"""What is particular to Gibbs sampling; what every model does, the contract tests say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.errors import ConfigError
from matinee.evaluation.metrics.distribution import scores
from matinee.evaluation.protocols import evaluate_test
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import hide
from matinee.models.bayesian.chain.features import who_rated_what
from matinee.models.bayesian.model import Bayesian
from matinee.store.load import load
from matinee.store.save import save
from tests.support.planted import planted, ratings_from, with_times
from tests.support.predicting import predict_at
from tests.support.waiting import a_second_a_look

QUICK = RunOptions(intervals=False)
SHORT = Bayesian(rank=3, draws=40, burn_in=20, user_features=8, item_features=8)


def unrounded(noise: float, users: int = 200, items: int = 120, seed: int = 0):
    """Ratings as the model takes them to come about: not rounded, so that their noise is what is said."""
    rng = np.random.default_rng(seed)
    p, q = rng.standard_normal((users, 2)), 0.4 * rng.standard_normal((items, 2))
    user, item = np.nonzero(rng.random((users, items)) < 0.3)
    truth = 3.0 + 0.3 * rng.standard_normal(users)[user] + np.einsum("nk,nk->n", p[user], q[item])
    return user, item, truth, noise * rng.standard_normal(len(user))


def rmse(model, hidden, **how) -> float:
    return float(np.sqrt(np.mean((predict_at(model, hidden.user, hidden.item, **how).value - hidden.value) ** 2)))


@pytest.mark.parametrize("noise", [0.2, 0.6])
def test_planted_noise_lies_in_its_own_interval(noise: float) -> None:
    user, item, truth, left = unrounded(noise)
    report = Bayesian(rank=2, draws=200, noise="equal").fit(ratings_from(user, item, truth + left), QUICK).report
    low, high = report.noise_interval
    assert low < report.noise < high
    assert low - 0.003 <= noise <= high + 0.003
    assert high - low < 0.05 * noise


def test_who_scatters_more_is_found_and_has_wider_intervals() -> None:
    user, item, truth, left = unrounded(0.3)
    wild = user % 2 == 0
    ratings = ratings_from(user, item, truth + np.where(wild, 3.0, 1.0) * left)
    model = Bayesian(rank=2, draws=60).fit(ratings, RunOptions())
    found = model.scorer.user_noise
    assert np.median(found[::2]) > 2.3 * np.median(found[1::2])
    seen = predict_at(model, user, item)
    assert np.mean((seen.upper - seen.lower)[wild]) > 1.5 * np.mean((seen.upper - seen.lower)[~wild])
    assert Bayesian(rank=2, draws=5, noise="equal").fit(ratings, QUICK).scorer.user_noise is None


def test_knowing_who_scatters_more_gives_better_scores_than_one_spread() -> None:
    """Half of the users scatter three times as far: by 0.1 nats and 0.01 stars at least, whole users drawn."""
    user, item, truth, left = unrounded(0.3)
    value = np.clip(np.rint(truth + np.where(user % 2 == 0, 3.0, 1.0) * left), 0.5, 5.0)
    split = hide(ratings_from(user, item, value), 0.2, 0)
    found = evaluate_test(split.training, split.hidden, Bayesian(rank=2, draws=60), RunOptions())
    log_score, crps = scores(found)
    assert log_score.gain[0] > 0.1
    assert crps.gain[0] > 0.01


def test_session_drift_tells_of_ratings_given_at_about_the_same_time() -> None:
    split = hide(with_times(planted(120, 80, 0.5, noise=0.1)), 0.1, 0)
    model = SHORT.fit(split.training, QUICK)
    told, untold = rmse(model, split.hidden, time=split.hidden.timestamp), rmse(model, split.hidden)
    assert told < 0.8 * untold
    blind = replace(SHORT, times="ignored").fit(split.training, QUICK)
    assert blind.scorer.session_drift is None
    assert told < 0.8 * rmse(blind, split.hidden, time=split.hidden.timestamp)


def test_session_drift_and_noise_are_saved(tmp_path) -> None:
    ratings = with_times(planted(60, 40, 0.4))
    model = SHORT.fit(ratings, RunOptions())
    save(model, tmp_path)
    loaded = load(tmp_path)
    asked = ratings.user, ratings.item, ratings.timestamp + 7
    for part in ("value", "lower", "upper"):
        np.testing.assert_array_equal(
            getattr(predict_at(loaded, *asked), part), getattr(predict_at(model, *asked), part)
        )
    folded = loaded.fold_in(ratings)
    assert folded.scorer.session_drift is None
    np.testing.assert_allclose(folded.scorer.user_noise, model.scorer.user_noise, rtol=0.5)


@pytest.mark.parametrize("times", [False, True])
def test_threads_change_not_one_bit(times: bool) -> None:
    ratings = planted(100, 70, 0.3)
    ratings = with_times(ratings) if times else ratings
    one, other = (SHORT.fit(ratings, RunOptions(threads=n, intervals=False)).scorer for n in (1, 3))
    for part in ("user_factors", "item_factors", "user_bias", "item_bias", "user_noise"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    if times:
        np.testing.assert_array_equal(one.session_drift.level, other.session_drift.level)


def test_hidden_cells_cannot_leak() -> None:
    """Features come from the training ratings alone: what is asked, and what the answers are, changes no prediction."""
    split = hide(with_times(planted(80, 60, 0.4)), 0.2, 1)
    hidden = split.hidden
    half = np.arange(len(hidden)) % 2 == 0
    changed = replace(hidden, value=np.full(len(hidden), 0.5, np.float32))
    whole, part, other = (evaluate_test(split.training, asked, SHORT) for asked in (hidden, hidden.take(half), changed))
    predicted = whole.rows["prediction"].to_numpy()
    np.testing.assert_array_equal(part.rows["prediction"].to_numpy(), predicted[half])
    np.testing.assert_array_equal(other.rows["prediction"].to_numpy(), predicted)


def test_features_know_the_cells_of_the_matrix_alone() -> None:
    """Their scores are those of the dense table with 1 / √n at rated cells; a user without ratings has none."""
    ratings = planted(30, 20, 0.3).take(slice(5, None))
    matrix = RatingMatrix.from_ratings(ratings)
    dense = np.zeros(matrix.shape)
    dense[ratings.user, ratings.item] = 1.0
    users, items = who_rated_what(matrix, (20, 20), 0, 2)
    for found, table in ((users, dense), (items, dense.T)):
        scaled = table / np.sqrt(np.maximum(table.sum(1, keepdims=True), 1))
        np.testing.assert_allclose(found.scores @ found.axes.T, scaled, atol=1e-4)
        np.testing.assert_allclose(scaled @ found.axes, found.scores, atol=1e-4)
    assert who_rated_what(matrix, (0, 0), 0, 2) == (None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"rank": 2}, {"draws": 41}, {"burn_in": 21}, {"thinning": 2}, {"user_features": 0}, {"item_features": 0},
        {"user_features": 3}, {"noise": "equal"}, {"times": "ignored"}, {"periods": 3},
        {"chains": 2}, {"likelihood": "ordered-probit"},
    ],
)  # fmt: skip
def test_each_parameter_changes_the_result(change) -> None:
    ratings = with_times(planted(60, 40, 0.4))
    one, other = (
        predict_at(config.fit(ratings, QUICK), ratings.user, ratings.item).value
        for config in (SHORT, replace(SHORT, **change))
    )
    assert np.abs(one - other).max() > 1e-4


def test_a_thinning_that_would_keep_no_draw_is_refused() -> None:
    assert Bayesian(draws=7, thinning=7).thinning == 7
    with pytest.raises(ConfigError, match=r"thinning: found 8; allowed is at most draws, which is 7; .* smaller thinn"):
        Bayesian(draws=7, thinning=8)


def test_a_time_limit_keeps_the_mean_so_far() -> None:
    with a_second_a_look():
        model = replace(SHORT, draws=1_000).fit(planted(60, 40, 0.4), RunOptions(intervals=False, time_limit=100))
    assert model.report.iteration.ended == "time limit"
    assert 1 < model.report.draws_kept <= 80
    assert np.isfinite(model.scorer.user_factors).all()


def test_progress_tells_the_error_of_the_mean() -> None:
    said = []
    SHORT.fit(
        planted(60, 40, 0.4), RunOptions(intervals=False, progress=lambda task, share: said.append((task, share)))
    )
    assert said[-1][0].startswith("sampling: draw 60, training RMSE 0.")
    assert said[-1][1] == 1.0


def test_compression_loses_little() -> None:
    assert 0 < Bayesian(rank=4, draws=60).fit(planted(), QUICK).report.compression_error < 0.05


def test_the_rating_scale_does_not_matter() -> None:
    """Priors are in units of how far ratings lie from their mean."""
    ratings = planted(60, 40, 0.4)
    hundred = replace(ratings, value=ratings.value * np.float32(20))
    one, other = (predict_at(SHORT.fit(same, QUICK), ratings.user, ratings.item).value for same in (ratings, hundred))
    np.testing.assert_allclose(20 * one, other, rtol=0.02)
