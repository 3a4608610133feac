"""Raw ids become indices in one place: ids of any shape and library, unknown ones, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from matinee.errors import DataError, UnknownIdError
from matinee.fitting.options import RunOptions
from matinee.models.baselines import Bias
from matinee.predicting.sources import Source
from tests.support.planted import planted, ratings_from

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel

FORMS = {
    "list": list,
    "tuple": tuple,
    "numpy": np.array,
    "polars": pl.Series,
    "pandas": pd.Series,
    "pandas index that is no range": lambda ids: pd.Series(ids, index=range(7, 7 + len(ids))),
    "pyarrow": lambda ids: pa.chunked_array([ids]),
    "generator": iter,
}

ENCODED = {
    "a narrow integer": lambda ids: np.array(ids, np.uint8),
    "an unsigned integer": lambda ids: pl.Series(ids, dtype=pl.UInt64),
    "numpy integers in a list": lambda ids: [np.int32(one) for one in ids],
    "digits": lambda ids: [str(one) for one in ids],
    "digits with spaces and signs": lambda ids: [f" +{one} " for one in ids],
    "digits in an array": lambda ids: np.array([str(one) for one in ids]),
    "categories": lambda ids: pl.Series([str(one) for one in ids], dtype=pl.Categorical),
    "categories of pandas": lambda ids: pd.Series([str(one) for one in ids], dtype="category"),
}


@pytest.fixture(scope="module")
def model() -> FittedModel:
    """Users 10 to 49, films 10 to 39."""
    return Bias().fit(planted(40, 30, 0.4), RunOptions(intervals=False))


@pytest.fixture(scope="module")
def of_words() -> FittedModel:
    """Users ``u000000`` and on, films ``i000000`` and on."""
    whole = planted(40, 30, 0.4)
    ratings = ratings_from(whole.user, whole.item, whole.value, users=40, items=30, strings=True)
    return Bias().fit(ratings, RunOptions(intervals=False))


def indices(model: FittedModel, users: Any, items: Any) -> tuple[list[int], list[int]]:
    pairs = model.pairs(users, items)
    assert pairs.user.in_vocabulary.all()
    assert pairs.item.in_vocabulary.all()
    np.testing.assert_array_equal(pairs.user.ratings, model.user_counts[pairs.user.index])
    np.testing.assert_array_equal(pairs.item.ratings, model.item_counts[pairs.item.index])
    return pairs.user.index.tolist(), pairs.item.index.tolist()


@pytest.mark.parametrize("form", FORMS)
def test_ids_of_any_shape(form: str, model: FittedModel, of_words: FittedModel) -> None:
    shaped = FORMS[form]
    assert indices(model, shaped([12, 10, 12]), shaped([30, 31, 10])) == ([2, 0, 2], [20, 21, 0])
    words = shaped(["u000002", "u000000"]), shaped(["i000020", "i000021"])
    assert indices(of_words, *words) == ([2, 0], [20, 21])


@pytest.mark.parametrize("kind", ENCODED)
def test_integers_of_any_kind(kind: str, model: FittedModel) -> None:
    of_kind = ENCODED[kind]
    assert indices(model, of_kind([12, 10]), of_kind([30, 31])) == ([2, 0], [20, 21])


@pytest.mark.parametrize("one", [12, "12", np.int64(12), np.uint8(12)])
def test_one_id_alone_and_beside_many(one: Any, model: FittedModel) -> None:
    assert indices(model, one, one) == ([2], [2])
    assert indices(model, one, [30, 31, 10]) == ([2, 2, 2], [20, 21, 0])
    assert indices(model, [10, 11], one) == ([0, 1], [2, 2])
    assert indices(model, [10, 11], [one]) == ([0, 1], [2, 2])


def test_one_id_beside_none_is_no_pair(model: FittedModel) -> None:
    assert indices(model, 12, []) == indices(model, [], 12) == indices(model, [], []) == ([], [])


@pytest.mark.parametrize("unknown", [9, -1, 50, 2**40, 2**63, 10**30, "9" * 30])
def test_unknown_ids_are_no_error_however_large(unknown: int | str, model: FittedModel) -> None:
    pairs = model.pairs([unknown, unknown], 10)
    assert pairs.user.in_vocabulary.tolist() == [False, False]
    assert pairs.user.ratings.tolist() == [0, 0]
    assert model.predict(unknown, 10).source.tolist() == [Source.MOVIE]
    assert model.predict(10, unknown).source.tolist() == [Source.USER]
    assert model.predict(unknown, unknown).source.tolist() == [Source.MEAN]


def test_unknown_words(of_words: FittedModel) -> None:
    pairs = of_words.pairs(["u000002", "nobody"], "i000020")
    assert pairs.user.in_vocabulary.tolist() == [True, False]


def test_pairs_may_be_a_list_of_two_ids_each(model: FittedModel) -> None:
    pairs = model.predict([(12, 30), (10, 31)]).value
    np.testing.assert_array_equal(pairs, model.predict([12, 10], [30, 31]).value)


NONE = r"user ids: found none at place 1; allowed is an id for every pair; leave the pair out"


@pytest.mark.parametrize(
    "missing",
    [
        [10, None],
        [10.0, float("nan")],
        np.array([10.0, np.nan]),
        pl.Series([10, None]),
        pd.Series([10, None]),
        pd.Series(["10", None]),
        pl.Series(["10", None], dtype=pl.Categorical),
    ],
)
def test_missing_ids_are_refused(missing: Any, model: FittedModel) -> None:
    with pytest.raises(DataError, match=NONE):
        model.pairs(missing, 10)


@pytest.mark.parametrize(("users", "items"), [([10, 11], [10, 11, 12]), ([10, 11, 12], [10, 11]), ([10, 11], [])])
def test_sides_of_different_lengths_are_refused(users: list[int], items: list[int], model: FittedModel) -> None:
    says = f"pairs: found {len(users)} users and {len(items)} items; allowed are as many of both, or one of a side"
    if not items:
        says = "pairs: found 2 users and 0 items"
    with pytest.raises(DataError, match=says):
        model.pairs(users, items)


def test_ids_of_the_other_kind_are_refused(model: FittedModel, of_words: FittedModel) -> None:
    with pytest.raises(UnknownIdError, match="user ids: found 'ann'; the model's are integers like 10"):
        model.pairs(["10", "ann"], 10)
    with pytest.raises(UnknownIdError, match=r"item ids: found '1\.0'; the model's are integers like 10"):
        model.pairs(10, "1.0")
    with pytest.raises(UnknownIdError, match="user ids: found integer ids like 10, but the ratings have string ids"):
        of_words.pairs(10, "i000020")


@pytest.mark.parametrize(
    "ids",
    [[10, "ann"], [[10], [11]], {"user": 10}, 1.5, [10.5], np.array([[10, 11]]), True, object(), [b"10"], None],
)
def test_what_is_no_id_is_refused(ids: Any, model: FittedModel) -> None:
    with pytest.raises((DataError, UnknownIdError), match="user ids: found ") as raised:
        model.pairs(ids, 10)
    assert "\n" not in str(raised.value)


def test_times(model: FittedModel) -> None:
    assert model.pairs([10, 11], 10).time is None
    assert model.pairs([10, 11], 10, 7).time.tolist() == [7, 7]
    assert model.pairs(10, [10, 11], [7, 8]).time.tolist() == [7, 8]
    for wrong in ([7, 8, 9], 7.5, "2001-01-01", [7, None]):
        with pytest.raises(DataError, match="allowed are whole seconds since 1970, one for all 2 pairs or one each"):
            model.pairs([10, 11], 10, wrong)


def test_indices_that_are_none_are_refused(model: FittedModel) -> None:
    assert model.pairs_at([2, 0], 29).item.index.tolist() == [29, 29]
    assert model.pairs_at([], []).user.index.tolist() == []
    with pytest.raises(DataError, match="user: found index -1; allowed is 0 to 39; give raw ids to predict"):
        model.pairs_at(-1, 0)
    with pytest.raises(DataError, match="item: found index 30; allowed is 0 to 29"):
        model.pairs_at([0, 1], [0, 30])
    with pytest.raises(DataError, match="pairs: found 2 users and 3 items"):
        model.pairs_at([0, 1], [0, 1, 2])


def test_pairs_of_ratings_have_their_times_and_the_model_s_own_indices(model: FittedModel) -> None:
    """Film 3 of these ratings has the id 13, whatever its index among them."""
    other = ratings_from([0, 1, 1], [3, 3, 35], [4.0, 3.0, 2.0])
    few = other.take(other.item == 3)
    pairs = model.pairs_of(other)
    assert pairs.time is None
    assert pairs.item.index[:2].tolist() == [3, 3]
    assert pairs.item.in_vocabulary.tolist() == [True, True, False]
    assert model.pairs_of(few).item.index.tolist() == [3, 3]
