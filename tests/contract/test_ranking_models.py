"""What every model that ranks films must do; what all models must do is in `test_every_model`."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.errors import DataError
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.registry import MODELS
from tests.support.contract import QUICK, config_of
from tests.support.pairs import every_pair, raw_ids
from tests.support.planted import planted, ratings_from

ranking_model = pytest.mark.parametrize("name", [name for name in MODELS if MODELS[name].predicts == "preference"])


def checkerboard(size: int = 50):
    """Users like films of their own colour: all of them but the one with their own number."""
    user, item = np.indices((size, size))
    liked = ((user + item) % 2 == 0) & (user != item)
    return ratings_from(*np.nonzero(liked), np.full(liked.sum(), 4.0), users=size, items=size)


@ranking_model
def test_planted_answer_is_found(name) -> None:
    """The film left out is of the user's colour: it comes before every film of the other colour."""
    ratings = checkerboard()
    model = config_of(name).fit(ratings, QUICK)
    score = model.predict_pairs(every_pair(model)).value.reshape(50, 50)
    user, item = np.indices((50, 50))
    other = np.where((user + item) % 2 == 1, score, -np.inf).max(axis=1)
    assert np.all(score.diagonal() > other)


@ranking_model
def test_scores_are_shown_as_they_are_and_have_no_intervals(name) -> None:
    model = config_of(name).fit(checkerboard(), RunOptions())
    found = model.predict_pairs(every_pair(model))
    assert model.calibration is found.lower is found.upper is None
    assert getattr(model.scorer, "mean", 0) == 0
    np.testing.assert_array_equal(model.shown(found.value), found.value)
    np.testing.assert_array_equal(model.shown(np.array([-7.0, 70.0])), [-7.0, 70.0])


@ranking_model
def test_popularity_answers_where_a_side_is_unknown(name) -> None:
    ratings = ratings_from([0, 1, 2, 0, 1], [0, 0, 0, 1, 2], [4.0, 1.0, 5.0, 2.0, 3.0], users=5, items=4)
    model = config_of(name, rank=1).fit(ratings, QUICK)
    films = raw_ids(model.items, range(4))
    found = model.predict(-1, films)
    np.testing.assert_allclose(found.value, [1, 1 / 3, 1 / 3, 0], rtol=1e-6)
    np.testing.assert_allclose(model.predict(model.users.ids[4], films).value, found.value)


@ranking_model
def test_a_rating_counts_from_liked_up(name) -> None:
    whole = planted(60, 40, 0.4, seed=3)
    lowest = 3.5
    by_threshold = config_of(name, liked=lowest).fit(whole, QUICK)
    by_hand = config_of(name).fit(whole.take(whole.value >= lowest), QUICK)
    pairs = every_pair(by_hand)
    np.testing.assert_array_equal(by_threshold.predict_pairs(pairs).value, by_hand.predict_pairs(pairs).value)
    assert by_threshold.user_counts.sum() == np.count_nonzero(whole.value >= lowest)
    everything = config_of(name).fit(whole, QUICK)
    assert not np.array_equal(everything.predict_pairs(pairs).value, by_hand.predict_pairs(pairs).value)


@ranking_model
def test_nothing_liked_is_said(name) -> None:
    with pytest.raises(DataError, match=r"none of its 1,200 ratings counts as liked; found at most 4 stars.*set liked"):
        config_of(name, liked=4.5).fit(checkerboard(), QUICK)


@ranking_model
def test_known_people_folded_in_are_who_they_were(name) -> None:
    ratings = planted(60, 40, 0.4, seed=3)
    model = config_of(name, liked=2.5).fit(ratings, QUICK)
    again = model.fold_in(ratings)
    values = (fitted.predict_pairs(every_pair(fitted)).value for fitted in (again, model))
    np.testing.assert_allclose(*values, atol=1e-4)
    np.testing.assert_array_equal(again.user_counts, model.user_counts)
    assert not again.baseline.user.any()


@ranking_model
def test_popularity_is_the_share_of_users(name) -> None:
    matrix = RatingMatrix.from_ratings(checkerboard(), 1)
    baseline = config_of(name).fallback(matrix, 1)
    assert baseline.mean == 0
    np.testing.assert_allclose(baseline.item, 24 / 50)
