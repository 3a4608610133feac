"""What every model must do, whatever it is: a new one is tested here as soon as it is in the registry."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from matinee.errors import ConfigError
from matinee.fitting.options import RunOptions
from matinee.matrix.fields import arrays_of
from matinee.matrix.split import hide
from matinee.models.baselines import Mean
from matinee.models.registry import MODELS
from matinee.predicting.sources import SOURCES
from tests.support.contract import (
    BANDS,
    NAMES,
    QUICK,
    USUAL_BAND,
    config_of,
    every_model,
    kind_of,
    rmse,
    star_model,
)
from tests.support.pairs import every_pair, raw_ids
from tests.support.planted import HALF_STARS, planted, ratings_from


@pytest.fixture(scope="module")
def split():
    return hide(planted(400, 250, 0.25), 0.1, 0)


@pytest.fixture(scope="module")
def fitted(split):
    return {name: config_of(name).fit(split.training, QUICK) for name in NAMES}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_a_summary_of_its_own(name: str) -> None:
    summary = vars(MODELS[name])["summary"]
    assert summary.startswith("This model ")
    assert summary.endswith(".")
    assert len(summary) < 400
    assert [model.name for model in MODELS.values() if model.summary == summary] == [name]


@star_model
def test_planted_answer_is_found(name, fitted, split) -> None:
    low, high = BANDS.get(name, USUAL_BAND)
    assert low <= rmse(fitted[name], split.hidden) <= high


@star_model
def test_beats_the_mean_or_is_it(name, fitted, split) -> None:
    floor = rmse(Mean().fit(split.training, QUICK), split.hidden)
    assert rmse(fitted[name], split.hidden) <= floor
    assert name == "mean" or rmse(fitted[name], split.hidden) < 0.9 * floor


@every_model
def test_shapes_and_types(name, fitted, split) -> None:
    model, scorer = fitted[name], fitted[name].scorer
    sizes = {"m": len(split.training.users), "n": len(split.training.items), "k": model.rank}
    assert scorer.shape == (sizes["m"], sizes["n"])
    assert (type(scorer), type(model.report)) == (kind_of(name).scorer, kind_of(name).report)
    for array, stored, content in arrays_of(scorer):
        assert content.dtype == stored.dtype, array
        assert np.isfinite(content).all(), array
        assert not content.flags.writeable, array
        for axis, length in zip(stored.axes, content.shape, strict=True):
            assert length == sizes.get(axis, length), array
    assert isinstance(getattr(scorer, "mean", 0.0), float)
    json.dumps(model.report.to_dict(), allow_nan=False)
    assert (model.config, model.scale, model.report.seed) == (config_of(name), HALF_STARS, 0)
    assert model.report.seconds > 0


@every_model
def test_predictions_are_finite_everywhere(name, fitted) -> None:
    pairs = every_pair(fitted[name])
    predictions = fitted[name].predict_pairs(pairs)
    assert predictions.value.dtype == predictions.deviation.dtype == np.float64
    assert predictions.source.dtype == np.int8
    assert predictions.value.shape == predictions.source.shape == (len(pairs),)
    assert np.isfinite(predictions.value).all()
    assert (predictions.deviation > 0).all()


@every_model
def test_model_and_configuration_are_frozen(name, fitted) -> None:
    model = fitted[name]
    for part, field in ((model, "scale"), (model.scorer, "mean"), (model.config, "name"), (model.report, "seed")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, field, None)


@every_model
def test_same_seed_same_model_on_any_number_of_threads(name, split) -> None:
    config = config_of(name)
    models = [config.fit(split.training, RunOptions(seed=5, threads=n)) for n in (1, 1, 2, 5)]
    pairs = every_pair(models[0])
    first, *others = (model.predict_pairs(pairs) for model in models)
    for other in others:
        for part in ("value", "source", "lower", "upper"):
            np.testing.assert_array_equal(getattr(first, part), getattr(other, part))


@every_model
def test_the_ratings_are_left_as_they_were(name) -> None:
    ratings = planted(60, 40, 0.3, seed=1)
    before = [column.copy() for column in (ratings.user, ratings.item, ratings.value)]
    config_of(name).fit(ratings, RunOptions())
    for column, kept in zip((ratings.user, ratings.item, ratings.value), before, strict=True):
        np.testing.assert_array_equal(column, kept)


@every_model
def test_order_of_ratings_does_not_matter(name) -> None:
    ratings = planted(60, 40, 0.3, seed=2)
    shuffled = ratings.take(np.random.default_rng(0).permutation(len(ratings)))
    one, other = (config_of(name).fit(given, QUICK) for given in (ratings, shuffled))
    pairs = every_pair(one)
    np.testing.assert_allclose(one.predict_pairs(pairs).value, other.predict_pairs(pairs).value, atol=1e-5)


@every_model
def test_the_unseen_are_answered_and_said_to_be(name) -> None:
    """Nobody rated item 0, and user 0 rated nothing; user 1 and item 1 are not in the vocabularies at all."""
    whole = planted(60, 40, 0.4, seed=3)
    model = config_of(name).fit(whole.take((whole.user > 0) & (whole.item > 0)), QUICK)
    user, item = np.array([0, 5, 0, 1, 5, 1]), np.array([5, 0, 0, 5, 1, 1])
    knows_user = np.array([True, True, True, False, True, False])
    knows_item = np.array([True, True, True, True, False, False])
    found = model.predict(raw_ids(model.users, user, knows_user), raw_ids(model.items, item, knows_item))
    assert [SOURCES[index] for index in found.source] == ["movie", "user", "mean", "movie", "user", "mean"]
    assert np.isfinite(found.value).all()
    assert len(np.unique(found.value[:4])) > 1
    if kind_of(name).predicts == "stars":
        usual = 0.2 if model.scorer.covers_unrated else 1e-5  # one that says what new ones are like, goes by that
        assert found.value[2] == pytest.approx(np.mean(whole.value[(whole.user > 0) & (whole.item > 0)]), abs=usual)


@star_model
@pytest.mark.parametrize("intervals", [False, True])
def test_single_rating(name, intervals) -> None:
    """Of rank 1 at most; it is given back, and whoever else asks hears the same."""
    ratings = ratings_from([1], [2], [4.0], users=3, items=4)
    model = config_of(name, rank=1).fit(ratings, RunOptions(intervals=intervals))
    found = model.predict_pairs(every_pair(model))
    np.testing.assert_allclose(found.value, 4.0, atol=1e-5)
    assert found.lower is None


@star_model
@pytest.mark.parametrize("size", [(12, 9), (400, 300)])
def test_equal_ratings_are_predicted_as_they_are(name, size) -> None:
    """With and without a dense solver: nothing is left to decompose."""
    whole = planted(*size, 0.3, seed=4)
    ratings = ratings_from(whole.user, whole.item, np.full(len(whole), 3.5), users=size[0], items=size[1])
    model = config_of(name).fit(ratings, RunOptions())
    np.testing.assert_allclose(model.predict_pairs(every_pair(model)).value, 3.5, atol=1e-5)


@every_model
@pytest.mark.parametrize(("users", "items"), [(1, 30), (30, 1), (1, 1)])
def test_one_user_or_one_film(name, users, items) -> None:
    value = 0.5 + np.arange(users * items) % 10 / 2
    user, item = (index.ravel() for index in np.indices((users, items)))
    model = config_of(name, rank=1).fit(ratings_from(user, item, value), RunOptions())
    found = model.predict_pairs(every_pair(model))
    assert np.isfinite(found.value).all()
    if kind_of(name).predicts == "stars":
        assert np.all((found.value > 0) & (found.value < 5.5))


@every_model
def test_ids_may_be_strings(name) -> None:
    by_number = planted(60, 40, 0.3, seed=5)
    by_string = ratings_from(by_number.user, by_number.item, by_number.value, users=60, items=40, strings=True)
    models = [config_of(name).fit(given, QUICK) for given in (by_number, by_string)]
    assert models[1].users.kind == "string"
    assert models[0].predict(17, 13).value == models[1].predict("u000007", "i000003").value


@star_model
def test_intervals_are_within_the_scale_and_around_the_prediction(name, split) -> None:
    model = config_of(name).fit(split.training, RunOptions())
    found = model.predict_pairs(model.pairs_of(split.hidden))
    shown = model.scale.clip(found.value)
    assert np.all((found.lower >= 0.5) & (found.lower <= shown))
    assert np.all((found.upper <= 5.0) & (found.upper >= shown))
    covered = np.mean((found.lower <= split.hidden.value) & (split.hidden.value <= found.upper))
    assert 0.87 <= covered <= 0.97


@every_model
def test_configuration_can_be_written_down_and_read_back(name) -> None:
    config = config_of(name)
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert type(config).from_strings({key: str(value) for key, value in config.to_dict().items()}) == config


@every_model
def test_model_says_what_it_is_when_to_use_it_and_what_can_be_set(name) -> None:
    model = kind_of(name)
    assert MODELS[model.name] is model
    assert len(model.when) > 20
    assert "\n" not in model.when
    assert model.__doc__
    for parameter in model.parameters():
        assert parameter.kind
        assert len(parameter.help) > 10, f"say what {parameter.name} does"
        assert config_of(name).to_dict().keys() >= {parameter.name}


@every_model
def test_unknown_settings_are_refused(name) -> None:
    with pytest.raises(ConfigError, match=f"{kind_of(name).name}: found parameter 'nonsense'; allowed:"):
        kind_of(name).from_strings({"nonsense": "1"})
