"""What folding in new people must do, whatever the model. That it is exact, each model's own tests prove."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matinee.errors import ConfigError, DataError, UnknownIdError
from matinee.fitting.options import RunOptions
from matinee.matrix.fields import arrays_of, declared
from matinee.predicting.calibration import Support
from matinee.predicting.sources import SOURCES
from matinee.store.load import load
from matinee.store.save import save
from tests.support.contract import NAMES, QUICK, config_of, every_model, kind_of
from tests.support.pairs import every_pair, raw_ids
from tests.support.planted import planted, ratings_from

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.ratings import Ratings
    from matinee.predicting.fitted import FittedModel
    from matinee.predicting.scorer import Scorer

ITEMS = 250
TRAINED = 248
"""The last two films are in the vocabulary without a training rating."""

CLOSE = 0.2
"""RMSE between folded and fitted predictions, as a share of the spread of the fitted ones."""

STARS = 1e-5
"""Stars by which float32 predictions may differ where the arithmetic is the same."""


@pytest.fixture(scope="module")
def training() -> Ratings:
    whole = planted(400, ITEMS, 0.25)
    return whole.take(whole.item < TRAINED)


@pytest.fixture(scope="module")
def fitted(training) -> dict[str, FittedModel]:
    return {name: config_of(name).fit(training, QUICK) for name in NAMES}


@pytest.fixture(scope="module")
def people() -> Ratings:
    """Thirty new people; the last one rated nothing, and the one before a single film."""
    whole = planted(30, TRAINED, 0.1, seed=11)
    first = np.unique(whole.user, return_index=True)[1]
    single = (whole.user == 28) & (np.arange(len(whole)) > first[28])
    return whole.take(~single & (whole.user < 29))


def values(model: FittedModel) -> np.ndarray:
    return model.predict_pairs(every_pair(model)).value


def arrays(scorer: Scorer) -> dict[str, np.ndarray]:
    return {name: content for name, _, content in arrays_of(scorer)}


def fields_of_items(scorer: Scorer) -> list[str]:
    """Declared fields that are not of users, and have no row of users in them."""
    of_users = ("offsets", "chosen", "weight", "session_drift", "cold_start", "periods")
    return [
        name
        for name, stored in declared(type(scorer)).items()
        if name not in of_users and getattr(stored, "axes", ("",))[0] != "m"
    ]


def with_ratings(ratings: Ratings, user, item, value) -> Ratings:
    """``ratings`` and further ones of the same people; films get ids as in `planted`."""
    columns = [
        np.concatenate([own, more])
        for own, more in ((ratings.user, user), (ratings.item, item), (ratings.value, value))
    ]
    return ratings_from(*columns, users=len(ratings.users), items=len(ratings.items))


@every_model
def test_shapes_and_types(name, fitted, people) -> None:
    model = fitted[name]
    folded = model.fold_in(people)
    assert type(folded.scorer) is type(model.scorer)
    assert folded.scorer.shape == (30, ITEMS)
    assert folded.rank == model.rank
    for part in (*arrays(folded.scorer).values(), folded.baseline.user):
        assert np.isfinite(part).all()
        assert not part.flags.writeable
    for array, stored, content in arrays_of(folded.scorer):
        assert content.dtype == stored.dtype, array
        assert len(content) == {"m": 30, "m+1": 31}.get(stored.axes[0], len(content)), array
    assert folded.baseline.user.dtype == np.float32
    assert folded.users == people.users
    assert folded.user_counts.dtype == np.int64
    np.testing.assert_array_equal(folded.user_counts, np.bincount(people.user, minlength=30))
    found = folded.predict_pairs(every_pair(folded))
    assert found.value.shape == (30 * ITEMS,)
    assert np.isfinite(found.value).all()


@every_model
def test_everything_but_the_people_stays(name, fitted, people) -> None:
    model = fitted[name]
    before = values(model)
    folded = model.fold_in(people)
    for part in fields_of_items(model.scorer):
        assert getattr(folded.scorer, part) is getattr(model.scorer, part), part
    for part in ("config", "items", "item_counts", "scale", "catalogue", "report", "calibration"):
        assert getattr(folded, part) is getattr(model, part)
    np.testing.assert_array_equal(values(model), before)


@every_model
def test_a_batch_equals_one_at_a_time(name, fitted, people) -> None:
    model = fitted[name]
    together = values(model.fold_in(people)).reshape(30, ITEMS)
    for user in (0, 1, 7, 28):
        mine = people.user == user
        alone = ratings_from(np.zeros(mine.sum()), people.item[mine], people.value[mine], items=TRAINED)
        np.testing.assert_allclose(values(model.fold_in(alone)), together[user], rtol=0, atol=STARS)


@every_model
def test_the_order_of_ratings_does_not_matter(name, fitted, people) -> None:
    shuffled = people.take(np.random.default_rng(0).permutation(len(people)))
    one, other = (values(fitted[name].fold_in(given)) for given in (people, shuffled))
    np.testing.assert_array_equal(one, other)


@every_model
def test_threads_change_not_one_bit(name, fitted, people) -> None:
    one, *others = (fitted[name].fold_in(people, threads) for threads in (1, 2, 5))
    for other in others:
        for part, content in arrays(one.scorer).items():
            np.testing.assert_array_equal(content, arrays(other.scorer)[part], err_msg=part)
        np.testing.assert_array_equal(one.baseline.user, other.baseline.user)
    with pytest.raises(ConfigError, match="threads: found 0"):
        fitted[name].fold_in(people, 0)


@every_model
def test_unknown_films_are_left_out(name, fitted, people) -> None:
    """One that is not in the vocabulary, and one that is there without a training rating."""
    model = fitted[name]
    more = with_ratings(people, np.array([0, 1, 29]), np.array([ITEMS + 5, ITEMS + 5, TRAINED + 1]), [5.0, 0.5, 5.0])
    one, other = model.fold_in(people), model.fold_in(more)
    np.testing.assert_array_equal(values(one), values(other))
    np.testing.assert_array_equal(one.user_counts, other.user_counts)


@every_model
def test_films_that_are_all_unknown_are_refused(name, fitted) -> None:
    strangers = ratings_from([0, 1], [ITEMS + 1, ITEMS + 2], [4.0, 5.0])
    says = "planted: none of its 2 ratings is of a film that the model was fitted to; give ratings of films it knows"
    with pytest.raises(DataError, match=says):
        fitted[name].fold_in(strangers)


@every_model
def test_a_new_person_without_ratings_gets_the_mean_user(name, fitted, people) -> None:
    """The film's mean, as whoever is not known to the model at all."""
    model = fitted[name]
    films = raw_ids(model.items, range(ITEMS))
    unknown = model.predict(-1, films)
    for ratings in (people, people.take(slice(0, 0))):
        found = model.fold_in(ratings).predict(people.users.ids[29], films)
        np.testing.assert_array_equal(found.value, unknown.value)
        np.testing.assert_array_equal(found.source, unknown.source)


@every_model
def test_folding_in_a_user_s_own_ratings_comes_close_to_what_was_fitted(name, fitted, training) -> None:
    """Not equal: where both sides were learnt in turns, the other side has moved since."""
    model = fitted[name]
    pairs = model.pairs_of(training)
    learnt = model.predict_pairs(pairs).value
    again = model.fold_in(training).predict_pairs(pairs).value
    apart = float(np.sqrt(np.mean((again - learnt) ** 2)))
    assert apart <= CLOSE * np.std(learnt) + STARS


@every_model
def test_sources_and_intervals_go_by_the_new_people_s_own_counts(name, training, people) -> None:
    model = config_of(name).fit(training, RunOptions())
    folded = model.fold_in(people)
    pairs = every_pair(folded)
    found = folded.predict_pairs(pairs)
    known = model.predict_pairs(model.pairs_at(0, 0)).source[0]
    counts = folded.user_counts[pairs.user.index], folded.item_counts[pairs.item.index]
    expected = np.where(counts[0] > 0, np.where(counts[1] > 0, known, 3), np.where(counts[1] > 0, 2, 4))
    np.testing.assert_array_equal(found.source, expected)
    assert {SOURCES[index] for index in np.unique(found.source)} >= {"movie", SOURCES[known]}
    assert (model.calibration is None) == (kind_of(name).predicts == "preference")
    if model.calibration is None:
        return
    shown, support, calibration = model.scale.clip(found.value), Support(*counts), model.calibration
    width = calibration.width(found.deviation, support)
    for limit, level in ((found.lower, 0.05), (found.upper, 0.95)):
        known = calibration.limits[:, np.flatnonzero(np.isclose(calibration.levels, level))[0]]
        expected = model.scale.clip(shown + width * known[support.group])
        np.testing.assert_allclose(limit, expected, rtol=0, atol=1e-12)


@every_model
def test_a_folded_model_can_be_folded_into_again(name, fitted, people, training) -> None:
    model = fitted[name]
    again = model.fold_in(people).fold_in(training)
    np.testing.assert_array_equal(values(again), values(model.fold_in(training)))


@every_model
def test_a_folded_model_is_saved_and_loaded(name, fitted, people, tmp_path: Path) -> None:
    folded = fitted[name].fold_in(people)
    save(folded, tmp_path)
    loaded = load(tmp_path)
    np.testing.assert_array_equal(values(loaded), values(folded))
    assert loaded.users == people.users
    np.testing.assert_array_equal(values(loaded.fold_in(people)), values(folded))


@every_model
def test_ratings_off_the_scale_are_refused(name, fitted, people) -> None:
    """A percentage is not a number of stars."""
    wrong = replace(people, value=np.where(people.user == 3, np.float32(80), people.value))
    says = r"planted: user 13 rated item \d+ 80; the model was fitted to ratings of 0\.5 to 5 by 0\.5; bring"
    with pytest.raises(DataError, match=says):
        fitted[name].fold_in(wrong)


@every_model
def test_film_ids_of_the_other_kind_are_refused(name, fitted) -> None:
    words = ratings_from([0], [3], [4.0], strings=True)
    with pytest.raises(UnknownIdError, match="item ids: found 'i000000'; the model's are integers like 10; give ids"):
        fitted[name].fold_in(words)
