"""Users and films without training ratings: predicted from what is known of them, and from what new ones are like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.evaluation.protocols import evaluate_test
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hide
from matinee.models.bayesian.cold_start import ColdStart, widths
from matinee.models.bayesian.model import Bayesian
from matinee.predicting.factors import LinearFactors
from matinee.predicting.pairs import Side
from matinee.predicting.sources import SOURCES
from matinee.store.load import load
from matinee.store.save import save
from tests.support.described import described
from tests.support.pairs import raw_ids
from tests.support.planted import planted
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)
SHORT = Bayesian(rank=4, draws=60, burn_in=30, user_features=8, item_features=8)
BLIND = replace(SHORT, genres="ignored", years="ignored", people="ignored")


def without(ratings, users: int, items: int):
    """The ratings without those of the first so many users and items, and those."""
    new = (ratings.user < users) | (ratings.item < items)
    return ratings.take(~new), ratings.take(new)


def of_an_unknown_film(model, users):
    """Predictions for users, by index, of a film that is in no vocabulary."""
    return model.predict(raw_ids(model.users, users), raw_ids(model.items, [0], known=False))


def rmse(model, asked) -> float:
    return float(np.sqrt(np.mean((predict_at(model, asked.user, asked.item).value - asked.value) ** 2)))


@pytest.fixture(scope="module")
def cut():
    return without(described(), 30, 25)


@pytest.fixture(scope="module")
def fitted(cut):
    return SHORT.fit(cut[0], QUICK)


@pytest.mark.parametrize("which", ["movie", "user", "mean"])
def test_attributes_predict_better_than_biases_where_nobody_rated(which: str, cut, fitted) -> None:
    source = predict_at(fitted, cut[1].user, cut[1].item).source
    asked = cut[1].take(source == SOURCES.index(which))
    biases = replace(fitted, scorer=replace(fitted.scorer, cold_start=None))
    assert rmse(fitted, asked) < 0.9 * rmse(biases, asked)


def test_the_wholly_unknown_are_like_new_ones_are(cut, fitted) -> None:
    """A film of which nothing is known is no other than one without ratings that nothing describes."""
    training = cut[0]
    bare = SHORT.fit(replace(training, catalogue=type(training.catalogue).empty()), QUICK)
    users = np.arange(40, 60)
    for model in (bare, fitted):
        predictions = of_an_unknown_film(model, users)
        assert {SOURCES[index] for index in predictions.source} == {"user"}
        assert np.ptp(predictions.value) > 0.3
    np.testing.assert_array_equal(of_an_unknown_film(bare, users).value, predict_at(bare, users, 0).value)
    assert np.ptp(predict_at(fitted, users, 0).value - of_an_unknown_film(fitted, users).value) > 0


def test_nobody_without_ratings_is_sampled() -> None:
    """Empty rows change nothing: not the draws of the others, not one bit."""
    ratings = planted(60, 40, 0.4)
    wide = planted(60, 40, 0.4)
    room = replace(wide, user=wide.user, users=type(wide.users)(wide.users.ids.append(wide.users.ids + 100), "user"))
    one, other = SHORT.fit(ratings, QUICK), SHORT.fit(room, QUICK)
    np.testing.assert_array_equal(one.scorer.user_factors, other.scorer.user_factors[:60])
    np.testing.assert_array_equal(one.scorer.item_factors, other.scorer.item_factors)


def test_the_described_get_a_place_and_keep_their_ids(cut) -> None:
    """The catalogue and the table of people know more ids than the ratings: predictions go by raw ids as before."""
    whole, (training, new) = described(), cut
    kept = training.users.ids.slice(30)
    narrow = replace(training, user=(training.user - 30).astype(np.int32), users=type(training.users)(kept, "user"))
    model = SHORT.fit(narrow, RunOptions())
    assert model.users == whole.users
    assert model.user_counts[:30].sum() == 0
    assert evaluate_test(narrow, new, SHORT, QUICK).rows["source"].n_unique() == 3
    assert replace(SHORT, people="ignored").fit(narrow, QUICK).users == narrow.users


@pytest.mark.parametrize("name", ["genres", "years", "people"])
def test_each_switch_changes_the_result(name: str, cut, fitted) -> None:
    other = replace(SHORT, **{name: "ignored"}).fit(cut[0], QUICK)
    asked = cut[1]
    assert (
        np.abs(predict_at(other, asked.user, asked.item).value - predict_at(fitted, asked.user, asked.item).value).max()
        > 0.02
    )


def test_genres_and_years_help_films_with_few_ratings() -> None:
    split = hide(described(share=0.06), 0.2, 0)
    told, untold = (rmse(config.fit(split.training, QUICK), split.hidden) for config in (SHORT, BLIND))
    assert told < 0.95 * untold


def test_hidden_cells_cannot_leak_through_attributes() -> None:
    """Neither what is asked nor the answers change a model, nor do ids that only the hidden ratings have."""
    training, new = without(described(), 30, 25)
    changed = replace(new, value=np.full(len(new), 0.5, np.float32))
    half = np.arange(len(new)) % 2 == 0
    whole, other, part = (evaluate_test(training, asked, SHORT, QUICK) for asked in (new, changed, new.take(half)))
    predicted = whole.rows["prediction"].to_numpy()
    np.testing.assert_array_equal(other.rows["prediction"].to_numpy(), predicted)
    np.testing.assert_array_equal(part.rows["prediction"].to_numpy(), predicted[half])


def test_new_ones_have_wide_intervals() -> None:
    training, new = without(described(), 30, 25)
    model = SHORT.fit(training, RunOptions())
    found, known = (
        predict_at(model, new.user, new.item),
        predict_at(model, training.user, training.item),
    )
    assert np.mean(found.upper - found.lower) > 1.2 * np.mean(known.upper - known.lower)


def test_people_folded_in_come_near_themselves_and_new_films_near_their_biases(cut, fitted) -> None:
    folded = fitted.fold_in(cut[0])
    asked = cut[0].user, cut[0].item
    apart = predict_at(folded, *asked).value - predict_at(fitted, *asked).value
    assert np.sqrt(np.mean(apart**2)) < 0.1
    users = np.arange(40, 60)
    unknown = of_an_unknown_film(folded, users).value
    np.testing.assert_allclose(unknown, folded.baseline.mean + folded.baseline.user[users], rtol=1e-5)
    assert np.std(predict_at(folded, users, 0).value - unknown) > 0.01  # what is known of the film is added


def test_people_folded_in_are_those_of_the_ratings_whoever_files_describe(fitted) -> None:
    ratings = described(20, 120, seed=3)
    few = ratings.take(ratings.user < 5)
    narrow = replace(few, users=type(few.users)(few.users.ids.head(5), "user"))
    folded = fitted.fold_in(narrow)
    assert folded.users == narrow.users
    assert len(folded.user_counts) == len(folded.scorer.user_bias) == 5


def test_each_case_adds_up() -> None:
    """Known and unknown places, with ratings or without, in two factors, by hand."""
    own = LinearFactors(3.0, *(np.array(numbers, np.float32) for numbers in (
        [0.1, 0.2], [0.3, 0.4], [[1.0, 0.0], [0.0, 1.0]], [[2.0, 1.0], [1.0, 3.0]])))  # fmt: skip
    new = ColdStart(*(np.array(numbers, np.float32) for numbers in (
        [0.01, 0.02], [[0.0, 0.0], [0.5, 0.0]], [0.03, 0.04], [[0.0, 0.0], [0.0, 0.6]],
        [0.07, 0.0], [0.0, 0.08], [2.0, 3.0])))  # fmt: skip
    yes, no = True, False
    cases = {  # user's index, in the vocabulary, rated; item's
        (0, yes, yes, 1, yes, no): 3.0 + 0.1 + 0.4 + 0.07 + 1.0,
        (0, yes, yes, 0, no, no): 3.0 + 0.1 + 0.03 + 0.07,
        (0, yes, no, 1, yes, yes): 3.0 + 0.1 + 0.4 + 0.08 + 1.0,
        (0, no, no, 1, yes, yes): 3.0 + 0.01 + 0.4 + 0.08,
        (0, yes, no, 1, yes, no): 3.0 + 0.1 + 0.02 + 0.4 + 0.04 + 1.5 * 1.0,
        (0, no, no, 0, no, no): 3.0 + 0.01 + 0.02 + 0.03 + 0.04,
    }
    columns = [np.array(column) for column in zip(*cases, strict=True)]
    user, item = Side(*columns[:3]), Side(*columns[3:])
    np.testing.assert_allclose(new.predict(own, user, item), list(cases.values()), rtol=1e-6)
    wide = new.deviation(np.array([yes, yes, no, no]), np.array([yes, no, yes, no]))
    np.testing.assert_allclose(wide, [3.0, 3.0, 2.0, 12**0.5])


def test_how_wide_is_how_much_rows_differ() -> None:
    """The variance over users of ``b + p · q`` with q a film, all films alike."""
    rng = np.random.default_rng(0)
    users, items = ((rng.standard_normal((n, 3)), rng.standard_normal(n)) for n in (40, 30))
    varies = (users[1].var() + ((users[0] - users[0].mean(0)) @ items[0].T).var(0)).mean()
    assert widths(users, items, 0.5)[0] == pytest.approx(np.sqrt(1 + varies / 0.25), rel=1e-6)


def test_saved_and_loaded_they_say_the_same(tmp_path, cut, fitted) -> None:
    save(fitted, tmp_path)
    loaded, asked = load(tmp_path), cut[1]
    known = np.arange(len(asked)) % 3 > 0
    for known_users, known_items in ((True, True), (known, True), (True, known), (~known, known)):
        users = raw_ids(fitted.users, asked.user, known_users)
        items = raw_ids(fitted.items, asked.item, known_items)
        one, other = (model.predict(users, items) for model in (fitted, loaded))
        np.testing.assert_array_equal(one.value, other.value)
        np.testing.assert_array_equal(one.source, other.source)
