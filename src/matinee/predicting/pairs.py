"""User–item pairs in a model's indices: the only place where raw ids become indices of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from matinee.errors import DataError, UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.data.vocabulary import Vocabulary

    Rows = slice | NDArray[np.integer] | NDArray[np.bool_]


@dataclass(frozen=True)
class Side:
    """The users, or the items, of n pairs.

    Attributes
    ----------
    index : in the model's vocabulary, int32, shape ``(n,)``; 0, which means nothing, where the id is not in it.
    in_vocabulary : bool, shape ``(n,)``. A user or film with a description but no ratings may be in it too.
    ratings : training ratings of each, int64, shape ``(n,)``; 0 where it is not in the vocabulary.

    """

    index: NDArray[np.integer]
    in_vocabulary: NDArray[np.bool_]
    ratings: NDArray[np.int64]

    @classmethod
    def of(cls, index: NDArray[np.integer], in_vocabulary: NDArray[np.bool_], counts: NDArray[np.int64]) -> Self:
        """The side of ``index``; ``counts``: training ratings of the whole vocabulary."""
        return cls(index, in_vocabulary, np.where(in_vocabulary, counts[index], 0))

    @classmethod
    def known(cls, index: NDArray[np.integer]) -> Self:
        """The side of ``index``, all of which have training ratings, taken to be one each."""
        return cls(index, np.ones(len(index), np.bool_), np.ones(len(index), np.int64))

    @classmethod
    def everyone(cls, counts: NDArray[np.int64]) -> Self:
        """The whole vocabulary, in order."""
        return cls(np.arange(len(counts), dtype=np.int32), np.ones(len(counts), np.bool_), counts)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Which have training ratings, shape ``(n,)``."""
        return self.ratings > 0

    def repeated(self, count: int) -> Side:
        """The same side if its length is ``count``; else its only entry, ``count`` times."""
        return self if len(self) == count else self.take(np.zeros(count, np.intp))

    def take(self, rows: Rows) -> Side:
        """Those in ``rows``."""
        return Side(self.index[rows], self.in_vocabulary[rows], self.ratings[rows])


@dataclass(frozen=True)
class Pairs:
    """n user–item pairs; ``time``: seconds since 1970 at which each is rated, int64, shape ``(n,)``, or ``None``."""

    user: Side
    item: Side
    time: NDArray[np.integer] | None = None

    @classmethod
    def aligned(cls, user: Side, item: Side, time: Callable[[int], NDArray[np.int64] | None]) -> Self:
        """Pairs of both sides, a single entry of one being repeated; ``time``: makes the times of so many pairs.

        Raises `DataError` for sides of different lengths.
        """
        count = max(len(user), len(item)) if min(len(user), len(item)) else 0
        if {len(user), len(item)} - {1, count}:
            raise DataError(
                f"pairs: found {len(user):,} users and {len(item):,} items; allowed are as many of both, or one of a "
                "side; give a user and an item for each pair"
            )
        return cls(user.repeated(count), item.repeated(count), time(count))

    def __len__(self) -> int:
        return len(self.user)

    @property
    def rated(self) -> NDArray[np.bool_]:
        """Which pairs have training ratings on both sides, shape ``(n,)``."""
        return self.user.rated & self.item.rated

    def take(self, rows: Rows) -> Pairs:
        """Those in ``rows``."""
        return Pairs(self.user.take(rows), self.item.take(rows), None if self.time is None else self.time[rows])


@dataclass(frozen=True)
class Grid:
    """b users beside every item of a vocabulary, in order; ``time`` of each user's ratings, shape ``(b,)``."""

    user: Side
    item: Side
    time: NDArray[np.integer] | None = None

    def pairs(self, users: NDArray[np.integer], items: NDArray[np.integer]) -> Pairs:
        """All pairs of ``users`` and ``items`` (places in the grid), user by user."""
        rows = np.repeat(users, len(items))
        time = None if self.time is None else self.time[rows]
        return Pairs(self.user.take(rows), self.item.take(np.tile(items, len(users))), time)


def encoded(ids: Any, vocabulary: Vocabulary, counts: NDArray[np.int64]) -> Side:
    """The side of raw ``ids``: one id, or a list, array or series of ids (any dataframe library's).

    Digits in words are integers where the vocabulary is of integers. Raises `DataError` for missing ids or ids that
    are neither integers nor words, `UnknownIdError` where they are of the other kind.
    """
    raw = _series(ids, vocabulary.name)
    index, known = vocabulary.encode(_like(raw, vocabulary))
    return Side.of(index, known, counts)


def seconds(time: Any, count: int) -> NDArray[np.int64] | None:
    """Times of ``count`` pairs, int64, shape ``(count,)``; one time is that of all. Raises `DataError` otherwise."""
    if time is None:
        return None
    times = np.atleast_1d(np.asarray(time))
    if not np.issubdtype(times.dtype, np.integer) or len(times) not in (1, count):
        raise DataError(
            f"time: found {len(times):,} of type {times.dtype}; allowed are whole seconds since 1970, one for all "
            f"{count:,} pairs or one each"
        )
    return np.broadcast_to(times.astype(np.int64), (count,))


def _series(ids: Any, name: str) -> pl.Series:
    if isinstance(ids, str | int | np.integer):
        return pl.Series(name, [ids.item() if isinstance(ids, np.integer) else ids])
    if isinstance(ids, pl.Series):
        raw = ids
    else:
        foreign = nw.from_native(ids, series_only=True, pass_through=True)
        raw = foreign.to_polars() if isinstance(foreign, nw.Series) else _listed(ids, name)
    raw = raw.cast(pl.String) if raw.dtype in (pl.Categorical, pl.Enum) else raw
    if raw.dtype.is_nested():
        raise DataError(
            f"{name} ids: found {raw.dtype} in place of each; allowed is an id for every pair; give a flat list"
        )
    if raw.null_count() or (raw.dtype.is_float() and raw.is_nan().any()):
        place = int(np.argmax((raw.is_null() if raw.null_count() else raw.is_nan()).to_numpy()))
        raise DataError(f"{name} ids: found none at place {place}; allowed is an id for every pair; leave the pair out")
    return raw


def _listed(ids: Any, name: str) -> pl.Series:
    try:
        return pl.Series(name, list(ids) if not isinstance(ids, np.ndarray) else ids, strict=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f"{name} ids: found {type(ids).__name__} that is not all integers or all words; allowed is an "
            "id, or a list, array or series of ids of one kind"
        ) from error


def _like(raw: pl.Series, vocabulary: Vocabulary) -> pl.Series:
    """``raw`` as integers where the vocabulary has integers and all ``raw`` are digits; null for too large ones."""
    if raw.dtype != pl.String or vocabulary.kind == "string":
        return raw
    digits = raw.str.strip_chars()
    words = raw.filter(~digits.str.contains(r"^[+-]?\d+$"))
    if len(words):
        raise UnknownIdError(
            f"{vocabulary.name} ids: found {words[0]!r}; the model's are integers like {vocabulary.ids[0]!r}; give ids "
            "of the ratings it was fitted to"
        )
    return digits.cast(pl.Int64, strict=False)
