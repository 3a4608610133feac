from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import ConfigError, DataError
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import chosen, hide, set_aside
from tests.support.planted import ratings_from
from tests.support.sparse import from_dense


def of_length(count: int):
    """Ratings of which each can be told from the others: row r is of user r."""
    return ratings_from(np.arange(count), np.zeros(count, int), 1 + np.arange(count) % 5)


@given(count=st.integers(2, 300), fraction=st.floats(0.001, 0.999), seed=st.integers(0, 2**32))
@settings(max_examples=200)
def test_sides_are_disjoint_and_together_everything(count, fraction, seed) -> None:
    whole = of_length(count)
    split = hide(whole, fraction, seed)
    rows = np.concatenate([split.training.user, split.hidden.user])
    np.testing.assert_array_equal(np.sort(rows), np.arange(count))
    assert len(split.hidden) == min(max(1, round(fraction * count)), count - 1)
    assert len(split.training) >= 1


def test_sides_keep_rows_in_order_and_the_vocabularies_of_the_whole() -> None:
    whole = of_length(50)
    split = hide(whole, 0.3, 1)
    for side in (split.training, split.hidden):
        assert np.all(np.diff(side.user) > 0)
        assert side.users is whole.users
        assert side.items is whole.items
        np.testing.assert_array_equal(side.value, whole.value[side.user])


def test_seed_fixes_the_choice() -> None:
    whole = of_length(200)
    hidden = [hide(whole, 0.2, seed).hidden.user.tolist() for seed in (7, 7, 8)]
    assert hidden[0] == hidden[1] != hidden[2]


def test_every_rating_is_as_likely_as_any_other() -> None:
    whole = of_length(20)
    times = sum(np.bincount(hide(whole, 0.25, seed).hidden.user, minlength=20) for seed in range(2_000))
    np.testing.assert_allclose(times, 500, atol=5 * np.sqrt(2_000 * 0.25 * 0.75))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.5, float("nan"), float("inf")])
def test_impossible_fractions_are_refused(fraction) -> None:
    says = rf"fraction: found {fraction:g}; allowed is over 0 and under 1, like 0\.1 for a tenth"
    with pytest.raises(ConfigError, match=says):
        hide(of_length(10), fraction, 0)


def test_impossible_seed_is_refused() -> None:
    with pytest.raises(ConfigError, match="seed: found -1; allowed is"):
        hide(of_length(10), 0.5, -1)


def test_one_rating_cannot_be_split() -> None:
    with pytest.raises(DataError, match="planted: 1 rating; hiding some needs at least 2"):
        hide(of_length(1), 0.5, 0)


def test_a_whole_fraction_chooses_everything() -> None:
    assert chosen(7, 1.0, 0).tolist() == list(range(7))
    assert len(chosen(7, 0.999, 0)) == 6
    assert len(chosen(7, 0.001, 0)) == 1


@st.composite
def aside(draw):
    """A matrix, and how many of its entries to set aside."""
    users, items = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    dense = np.array(draw(st.lists(st.sampled_from([0, 0, 1, 2.5, 5]), min_size=users * items, max_size=users * items)))
    matrix = from_dense(dense.reshape(users, items))
    return matrix, draw(st.integers(0, len(matrix)))


def triplets(matrix) -> set[tuple[int, int, float]]:
    offsets, item, value = matrix.by_user
    user = np.repeat(np.arange(matrix.shape[0]), np.diff(offsets))
    return set(zip(user.tolist(), item.tolist(), value.tolist(), strict=True))


@given(case=aside(), seed=st.integers(0, 2**32))
@settings(max_examples=200)
def test_what_is_set_aside_and_the_rest_are_the_matrix(case, seed) -> None:
    """Rows and columns without entries, none and all set aside included; both compressions are the same matrix."""
    matrix, size = case
    rest, (user, item, value) = set_aside(matrix, size, seed, 2)
    taken = set(zip(user.tolist(), item.tolist(), value.tolist(), strict=True))
    assert len(taken) == len(user) == size
    assert triplets(rest) | taken == triplets(matrix)
    assert len(rest) == len(matrix) - size
    assert rest.shape == matrix.shape
    for found, kind in zip((user, item, value), (np.int32, np.int32, np.float32), strict=True):
        assert found.dtype == kind
    for found, kind in zip(rest.by_user, (np.int64, np.int32, np.float32), strict=True):
        assert found.dtype == kind
    again = RatingMatrix.from_triplets(*in_columns(rest), rest.shape)
    for one, other in zip((*rest.by_user, *rest.by_item), (*again.by_user, *again.by_item), strict=True):
        np.testing.assert_array_equal(one, other)


def in_columns(matrix):
    offsets, user, value = matrix.by_item
    return user, np.repeat(np.arange(matrix.shape[1], dtype=np.int32), np.diff(offsets)), value


def test_every_entry_is_as_likely_to_be_set_aside() -> None:
    matrix = from_dense(1 + np.arange(20.0).reshape(4, 5))
    times = np.zeros((4, 5))
    for seed in range(2_000):
        user, item, _ = set_aside(matrix, 5, seed, 1)[1]
        times[user, item] += 1
    np.testing.assert_allclose(times, 500, atol=5 * np.sqrt(2_000 * 0.25 * 0.75))
