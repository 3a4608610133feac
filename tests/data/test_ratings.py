from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from matinee.data import ratings as module
from matinee.data.ratings import Ratings
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary
from matinee.errors import DataError


def three(**other) -> Ratings:
    """User 20 gives item 5 four stars and item 9 two; user 30 gives item 9 five. Nobody rates item 7."""
    return Ratings(
        user=np.array([0, 0, 1], np.int32),
        item=np.array([0, 2, 2], np.int32),
        value=np.array([4.0, 2.0, 5.0], np.float32),
        users=Vocabulary(pl.Series([20, 30]), "user"),
        items=Vocabulary(pl.Series([5, 7, 9]), "item"),
        scale=Scale(1, 5, 1),
        **other,
    )


def test_columns_cannot_be_written() -> None:
    ratings = three(timestamp=np.array([1, 2, 3]))
    for column in (ratings.user, ratings.item, ratings.value, ratings.timestamp):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        ratings.value = np.zeros(3, np.float32)


def test_length_density_and_words() -> None:
    ratings = three(source="here.csv")
    assert len(ratings) == 3
    assert ratings.density == pytest.approx(3 / 6)
    assert repr(ratings) == "Ratings(3 ratings, 2 users × 3 items, scale 1 to 5 by 1, from here.csv)"


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_take_keeps_vocabularies(rows) -> None:
    whole = three(timestamp=np.array([10, 20, 30]))
    part = whole.take(rows)
    for name in ("user", "item", "value", "timestamp"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[rows])
    assert part.users is whole.users
    assert part.items is whole.items
    assert part.scale == whole.scale


def test_take_without_timestamps() -> None:
    assert three().take(np.array([1])).timestamp is None


def test_to_frame_has_raw_ids() -> None:
    frame = three(timestamp=np.array([10, 20, 30])).to_frame()
    assert frame.to_dict(as_series=False) == {
        "user": [20, 20, 30],
        "item": [5, 9, 9],
        "rating": [4.0, 2.0, 5.0],
        "timestamp": [10, 20, 30],
    }
    assert three().to_frame().columns == ["user", "item", "rating"]


def test_pivot_is_the_table_of_users_by_items() -> None:
    table = three().pivot()
    assert table.columns == ["user", "5", "7", "9"]
    assert table.rows() == [(20, 4.0, None, 2.0), (30, None, None, 5.0)]


def test_pivot_fills_what_is_empty() -> None:
    assert three().pivot(fill=0.0).rows() == [(20, 4.0, 0.0, 2.0), (30, 0.0, 0.0, 5.0)]


def test_pivot_is_never_made_dense_when_large(monkeypatch) -> None:
    monkeypatch.setattr(module, "_PIVOT_CELLS", 5)
    with pytest.raises(DataError, match=r"the table would have 2 × 3 cells; at most 5 are made dense; take fewer"):
        three().pivot()


def test_no_ratings_have_no_density_and_an_empty_pivot() -> None:
    none = three().take(np.zeros(3, dtype=bool))
    assert len(none) == 0
    assert none.density == 0
    assert none.pivot().rows() == [(20, None, None, None), (30, None, None, None)]


def test_a_pivot_of_items_named_user() -> None:
    """An item whose id is ``user`` must not collide with the column of users."""
    ratings = dataclasses.replace(three(), items=Vocabulary(pl.Series(["a", "b", "user"]), "item"))
    with pytest.raises(DataError, match="pivot: an item has the id 'user', the name of the column of users"):
        ratings.pivot()
