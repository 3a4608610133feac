from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.vocabulary import Vocabulary
from matinee.errors import DataError, UnknownIdError

WIDTHS = {
    pl.Int8: (-128, 127), pl.Int16: (-(2**15), 2**15 - 1), pl.Int32: (-(2**31), 2**31 - 1),
    pl.Int64: (-(2**63), 2**63 - 1),
    pl.UInt8: (0, 255), pl.UInt16: (0, 2**16 - 1), pl.UInt32: (0, 2**32 - 1), pl.UInt64: (0, 2**63 - 1),
}  # fmt: skip


@st.composite
def integers(draw: st.DrawFn) -> pl.Series:
    """Ids of any width: close together (looked up in a table), or over the whole width (joined)."""
    dtype = draw(st.sampled_from(list(WIDTHS)))
    low, high = WIDTHS[dtype]
    near = draw(st.integers(low, high))
    close = st.integers(max(low, near - 300), min(high, near + 300))
    ids = draw(st.lists(draw(st.sampled_from([close, st.integers(low, high)])), min_size=1, max_size=60))
    return pl.Series(ids, dtype=dtype)


strings = st.lists(st.text(max_size=8), min_size=1, max_size=60).map(lambda ids: pl.Series(ids, dtype=pl.String))


@given(st.one_of(integers(), strings))
@settings(max_examples=300)
def test_ids_come_back_from_their_indices(raw) -> None:
    vocabulary, index = Vocabulary.index_all(raw, "user")
    assert vocabulary.ids.to_list() == sorted(set(raw.to_list()))
    assert index.dtype == np.int32
    assert vocabulary.decode(index).to_list() == raw.to_list()
    assert len(vocabulary) == len(set(raw.to_list()))


@given(st.one_of(st.tuples(integers(), integers()), st.tuples(strings, strings)))
@settings(max_examples=300)
def test_encode_finds_what_is_known_and_nothing_else(both) -> None:
    known, asked = both
    vocabulary = Vocabulary.build(known, "item")
    index, found = vocabulary.encode(asked)
    assert index.dtype == np.int32
    for raw, at, there in zip(asked.to_list(), index.tolist(), found.tolist(), strict=True):
        assert there == (raw in set(known.to_list()))
        assert vocabulary.ids[at] == raw if there else at == 0


def test_narrow_types_do_not_overflow() -> None:
    """The span of these ids is more than their type can hold."""
    raw = pl.Series([-100, 100, 5], dtype=pl.Int8)
    vocabulary, index = Vocabulary.index_all(raw, "user")
    assert vocabulary.ids.to_list() == [-100, 5, 100]
    assert index.tolist() == [0, 2, 1]


def test_integers_too_large_are_refused_where_built_and_unknown_where_asked() -> None:
    huge = pl.Series([2**63 + 5, 1], dtype=pl.UInt64)
    with pytest.raises(DataError, match="user ids: found 9223372036854775813; allowed are integers under 2⁶³"):
        Vocabulary.build(huge, "user")
    assert Vocabulary.build(pl.Series([1, 2]), "user").encode(huge)[1].tolist() == [False, True]


def test_missing_ids_are_unknown() -> None:
    for known in ([1, 2, 3], [1, 2, 2**40]):
        assert Vocabulary.build(pl.Series(known), "user").encode(pl.Series([None, 2]))[1].tolist() == [False, True]
    assert Vocabulary.build(pl.Series(["a"]), "user").encode(pl.Series([None, "a"]))[1].tolist() == [False, True]


def test_one_and_the_string_one_are_different_ids() -> None:
    by_number, by_string = Vocabulary.build(pl.Series([1, 2]), "user"), Vocabulary.build(pl.Series(["1", "2"]), "user")
    assert by_number != by_string
    assert (by_number.kind, by_string.kind) == ("integer", "string")
    says = "user ids: found string ids like '1', but the ratings have integer ids like 1; convert them to integers"
    with pytest.raises(UnknownIdError, match=says):
        by_number.encode(pl.Series(["1"]))
    with pytest.raises(UnknownIdError, match="found integer ids like 1, but the ratings have string ids like '1'"):
        by_string.index(1)


@pytest.mark.parametrize(
    "raw", [pl.Series([1.0, 2.0]), pl.Series([True]), pl.Series([b"x"])], ids=lambda s: str(s.dtype)
)
def test_ids_of_other_types_are_refused(raw) -> None:
    with pytest.raises(DataError, match=f"item ids: found type {raw.dtype}; allowed are integers or strings"):
        Vocabulary.build(raw, "item")


def test_one_id_is_looked_up_or_the_remedy_said() -> None:
    users = Vocabulary.build(pl.Series([7, 3, 5]), "user")
    assert users.index(5) == 1
    with pytest.raises(
        UnknownIdError, match="user 4: not among the 3 users with ratings; ids look like 3; check the id"
    ):
        users.index(4)


def test_equality_is_of_ids_and_kind() -> None:
    assert Vocabulary.build(pl.Series([2, 1]), "user") == Vocabulary.build(pl.Series([1, 2], dtype=pl.Int8), "user")
    assert Vocabulary.build(pl.Series([1]), "user") != Vocabulary.build(pl.Series([2]), "user")
    assert Vocabulary.build(pl.Series([1]), "user") != [1]


def test_many_ids_in_several_pieces() -> None:
    raw = np.random.default_rng(0).integers(-50_000, 50_000, 600_000)
    vocabulary, index = Vocabulary.index_all(pl.Series(raw), "user")
    expected, positions = np.unique(raw, return_inverse=True)
    np.testing.assert_array_equal(vocabulary.ids.to_numpy(), expected)
    np.testing.assert_array_equal(index, positions)


def test_repr_says_how_many_of_what() -> None:
    assert repr(Vocabulary.build(pl.Series(["a", "b"]), "item")) == "Vocabulary(2 string item ids)"
