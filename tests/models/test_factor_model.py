from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from matinee.errors import ConfigError, DataError
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hide
from matinee.models.baselines import Bias, Mean
from matinee.models.truncated_svd import TruncatedSVD
from matinee.predicting.calibration import SUPPORT_EDGES, support_group
from matinee.predicting.sources import SOURCES
from tests.support.pairs import raw_ids
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)


@pytest.fixture(scope="module")
def ratings():
    """Users 0 and 1 and items 0 and 1 have no rating: they are in the vocabularies alone."""
    whole = planted(120, 80, 0.3, seed=5)
    return whole.take((whole.user > 1) & (whole.item > 1))


@pytest.fixture(scope="module")
def model(ratings):
    return TruncatedSVD(rank=4).fit(ratings, QUICK)


def test_prediction_is_the_formula(model) -> None:
    rng = np.random.default_rng(0)
    user, item = rng.integers(2, 120, 500), rng.integers(2, 80, 500)
    own = model.scorer
    p, q = own.user_factors.astype(float), own.item_factors.astype(float)
    expected = own.mean + own.user_bias[user] + own.item_bias[item] + np.sum(p[user] * q[item], axis=1)
    np.testing.assert_allclose(predict_at(model, user, item).value, expected, atol=1e-6)


def test_factors_share_the_singular_values_out(ratings, model) -> None:
    """P = U √Σ and Q = V √Σ: both sides have the singular values as their columns' squared lengths."""
    values = model.scorer.singular_values
    assert len(values) == model.rank == 4
    for side in (model.scorer.user_factors, model.scorer.item_factors):
        np.testing.assert_allclose(np.sum(side.astype(float) ** 2, axis=0), values, rtol=1e-5)
    assert model.report.values == tuple(values)
    assert model.report.certificate.holds


@pytest.mark.parametrize(
    ("user", "item", "knows_user", "knows_item", "source"),
    [
        (5, 6, True, True, "model"),
        (0, 6, True, True, "movie"),
        (5, 0, True, True, "user"),
        (0, 1, True, True, "mean"),
        (5, 6, False, True, "movie"),
        (5, 6, True, False, "user"),
        (5, 6, False, False, "mean"),
        (0, 6, False, False, "mean"),
    ],
)
def test_where_a_prediction_comes_from(model, user, item, knows_user, knows_item, source) -> None:
    """Unknown by the vocabulary, or known there without a training rating: both count as unknown."""
    predictions = model.predict(raw_ids(model.users, [user], knows_user), raw_ids(model.items, [item], knows_item))
    assert SOURCES[predictions.source[0]] == source
    base = model.baseline
    if source != "model":
        expected = base.mean
        expected += float(base.user[user]) if source == "user" else 0.0
        expected += float(base.item[item]) if source == "movie" else 0.0
        assert predictions.value[0] == pytest.approx(expected, abs=1e-12)


def test_baselines_say_where_their_predictions_come_from(ratings) -> None:
    user, item = np.array([5, 0, 5, 0]), np.array([6, 6, 0, 0])
    by_bias = predict_at(Bias().fit(ratings, QUICK), user, item)
    assert [SOURCES[index] for index in by_bias.source] == ["bias", "movie", "user", "mean"]
    by_mean = predict_at(Mean().fit(ratings, QUICK), user, item)
    assert SOURCES[by_mean.source[0]] == "mean"
    assert by_mean.value[0] == pytest.approx(np.mean(ratings.value), abs=1e-6)


def test_nothing_asked_nothing_told(model) -> None:
    nothing = np.empty(0, np.int32)
    found = predict_at(model, nothing, nothing)
    assert found.value.shape == found.source.shape == (0,)


def test_predictions_are_not_clipped_until_shown() -> None:
    """User 0 gives four stars more than user 1, and item 0 gets four more than item 1: nine stars in all."""
    ratings = ratings_from([0, 1, 1], [1, 0, 1], [5.0, 5.0, 1.0])
    model = Bias(damping=0.0).fit(ratings, QUICK)
    assert predict_at(model, np.array([0]), np.array([0])).value[0] == pytest.approx(9.0, abs=1e-5)


def fitted(config, ratings, **options):
    model = config.fit(ratings, RunOptions(intervals=False, **options))
    return predict_at(model, np.repeat(np.arange(60), 50), np.tile(np.arange(50), 60)).value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TruncatedSVD(rank=3), TruncatedSVD(rank=4)),
        (TruncatedSVD(fill="mean"), TruncatedSVD(fill="user")),
        (TruncatedSVD(damping=1.0), TruncatedSVD(damping=10.0)),
        (Bias(damping=1.0), Bias(damping=10.0)),
    ],
)
def test_every_hyper_parameter_changes_the_result(one, other) -> None:
    ratings = planted(60, 50, 0.3, seed=6)
    assert np.max(np.abs(fitted(one, ratings) - fitted(other, ratings))) > 0.01


def test_tolerance_changes_the_certificate() -> None:
    ratings = planted(500, 400, 0.05, seed=7)
    loose, tight = (TruncatedSVD(rank=5, tolerance=t).fit(ratings, QUICK) for t in (1e-2, 1e-9))
    assert tight.report.certificate.worst_residual < 1e-9
    assert loose.report.certificate.worst_residual > 1e-9


@pytest.mark.parametrize("config", [TruncatedSVD(rank=5), Bias()], ids=repr)
def test_seed_and_threads(config) -> None:
    ratings = planted(600, 400, 0.06, seed=8)
    user, item = np.nonzero(np.ones((20, 30)))

    def predicted(**options):
        return predict_at(config.fit(ratings, RunOptions(**options)), user, item)

    first = predicted(seed=3, threads=1)
    for other in (predicted(seed=3, threads=1), predicted(seed=3, threads=2), predicted(seed=3, threads=5)):
        for name in ("value", "source", "lower", "upper"):
            np.testing.assert_array_equal(getattr(first, name), getattr(other, name))


def test_no_ratings_are_refused() -> None:
    with pytest.raises(DataError, match="planted: no ratings to fit; give a file with at least one"):
        Bias().fit(ratings_from([], [], [], users=3, items=3), QUICK)


def test_rank_over_the_shorter_side_is_refused() -> None:
    says = "rank: found 20; allowed is 1 to 6, the number of users or items"
    with pytest.raises(ConfigError, match=says):
        TruncatedSVD(rank=20).fit(planted(30, 6, 0.9), QUICK)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("config", [TruncatedSVD(rank=3), Bias()], ids=lambda config: config.name)
def test_intervals_hold_nine_truths_in_ten(config, seed) -> None:
    """Over some 6,000 hidden ratings: three standard errors of a share of 0.9, and what rounding to stars adds.

    The mean alone is left out: all its limits fall together on a star, and one star is a tenth of the ratings.
    """
    split = hide(planted(500, 400, 0.15, noise=0.6, seed=seed), 0.2, seed)
    model = config.fit(split.training, RunOptions(seed=seed))
    found = predict_at(model, split.hidden.user, split.hidden.item)
    covered = np.mean((found.lower <= split.hidden.value) & (split.hidden.value <= found.upper))
    assert 0.885 <= covered <= 0.935
    assert np.all(found.lower <= found.upper)
    assert np.all(found.lower >= 0.5)
    assert np.all(found.upper <= 5.0)


def test_intervals_are_left_out_where_too_few_ratings_tell() -> None:
    model = Bias().fit(planted(20, 10, 0.3, seed=9), RunOptions())
    assert model.calibration is None
    assert predict_at(model, np.array([1]), np.array([1])).lower is None


def test_support_group_is_of_the_side_with_fewer_ratings() -> None:
    found = support_group(np.array([0, 1, 3, 500, 128, 127]), np.array([9, 500, 9, 2, 128, 999]))
    assert [SUPPORT_EDGES[group] for group in found] == [0, 1, 2, 2, 128, 64]


def test_progress_is_told_and_never_past_the_end(ratings) -> None:
    told: list[tuple[str, float]] = []
    big = planted(500, 400, 0.05, seed=10)
    TruncatedSVD(rank=5).fit(big, RunOptions(progress=lambda task, share: told.append((task, share))))
    assert told
    assert all(task and 0 <= share <= 1 for task, share in told)


def test_models_are_frozen(model) -> None:
    for part, name in ((model, "scorer"), (model.scorer, "mean"), (model.baseline, "mean")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, None)
