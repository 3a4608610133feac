"""Frozen vocabularies: raw id (integer or string) to dense index and back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from matinee.errors import DataError, UnknownIdError

if TYPE_CHECKING:
    from numpy.typing import NDArray

IdKind = Literal["integer", "string"]
RawId = int | str

_TABLE_LIMIT = 1 << 26
"""Widest span of integer ids (in ids) for which a direct look-up table is kept."""

_CHUNK = 1 << 18
"""Ids looked up at a time."""


class Vocabulary:
    """The distinct raw ids of one side, sorted, each with its dense index ``0 … len - 1``.

    A vocabulary holds integers or strings, never both: ``1`` and ``"1"`` are different ids, and
    looking one up among the other is an error, not a miss.
    """

    __slots__ = ("__dict__", "_ids", "name")

    def __init__(self, ids: pl.Series, name: str) -> None:
        """``ids``: distinct, sorted, of type Int64 or String; ``name``: ``"user"`` or ``"item"``."""
        self._ids = ids.alias(name)
        self.name = name

    @classmethod
    def build(cls, raw: pl.Series, name: str) -> Vocabulary:
        """The vocabulary of every distinct id in ``raw`` (integers of any width, or strings)."""
        if raw.dtype.is_integer():
            return cls(_distinct_integers(_signed(raw, name)), name)
        if raw.dtype == pl.String:
            return cls(raw.unique().sort(), name)
        raise DataError(f"{name} ids: found type {raw.dtype}; allowed are integers or strings")

    @classmethod
    def index_all(cls, raw: pl.Series, name: str) -> tuple[Vocabulary, NDArray[np.int32]]:
        """The vocabulary of ``raw`` and the dense index of each of its ids, shape ``(len(raw),)``."""
        vocabulary = cls.build(raw, name)
        table = vocabulary._table if vocabulary.kind == "integer" else None
        if table is None:
            return vocabulary, vocabulary.encode(raw)[0]
        return vocabulary, _look_up(table, _signed(raw, name).to_numpy(), int(vocabulary._ids[0]))

    @property
    def ids(self) -> pl.Series:
        """The raw ids in index order (Int64 or String)."""
        return self._ids

    @property
    def kind(self) -> IdKind:
        """``"integer"`` or ``"string"``."""
        return "string" if self._ids.dtype == pl.String else "integer"

    def like(self, raw: pl.Series) -> bool:
        """True if ``raw`` are ids of the same kind."""
        return (raw.dtype == pl.String) == (self.kind == "string")

    def __len__(self) -> int:
        return len(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self._ids.equals(other._ids, check_dtypes=True)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} {self.kind} {self.name} ids)"

    def encode(self, raw: pl.Series) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Dense indices of ``raw`` ids, and which of them are known.

        Returns ``(index, known)``, both of shape ``(len(raw),)``. Where ``known`` is false the index
        is 0 and means nothing. Ids of the other kind raise `UnknownIdError`.
        """
        self._check_kind(raw)
        ids = raw.cast(self._ids.dtype, strict=False)
        if self.kind == "integer" and self._table is not None and not ids.null_count():
            return self._encode_by_table(ids.to_numpy())
        index = self._join(ids)
        known = index.is_not_null().to_numpy()
        return index.fill_null(0).cast(pl.Int32).to_numpy(), known

    def index(self, raw: RawId) -> int:
        """The dense index of one raw id; `UnknownIdError` if it does not occur."""
        index, known = self.encode(pl.Series([raw]))
        if not known[0]:
            example = self._ids[0] if len(self) else "none"
            raise UnknownIdError(
                f"{self.name} {raw!r}: not among the {len(self):,} {self.name}s with ratings; "
                f"ids look like {example!r}; check the id, or rate a few films as a new person"
            )
        return int(index[0])

    def decode(self, index: NDArray[np.integer]) -> pl.Series:
        """The raw ids at dense indices ``index``."""
        return self._ids.gather(index)

    def _check_kind(self, raw: pl.Series) -> None:
        kind = _kind(raw)
        if kind != self.kind and len(raw):
            raise UnknownIdError(
                f"{self.name} ids: found {kind} ids like {raw[0]!r}, but the ratings have {self.kind} ids "
                f"like {self._ids[0]!r}; convert them to {self.kind}s first"
            )

    @cached_property
    def _table(self) -> NDArray[np.int32] | None:
        """Index by ``id - smallest id``, -1 where there is none; only for narrow integer spans."""
        ids = self._ids.to_numpy()
        if not len(ids) or int(ids[-1]) - int(ids[0]) >= _TABLE_LIMIT:
            return None
        table = np.full(int(ids[-1] - ids[0]) + 1, -1, dtype=np.int32)
        table[ids - ids[0]] = np.arange(len(ids), dtype=np.int32)
        return table

    def _encode_by_table(self, raw: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        table = self._table
        assert table is not None
        offset = raw - self._ids[0]
        inside = (offset >= 0) & (offset < len(table))
        index = table[np.where(inside, offset, 0)]
        known = inside & (index >= 0)
        return np.where(known, index, 0).astype(np.int32, copy=False), known

    def _join(self, ids: pl.Series) -> pl.Series:
        indices = pl.DataFrame({"id": self._ids}).with_row_index("index")
        return pl.DataFrame({"id": ids}).join(indices, on="id", how="left", maintain_order="left")["index"]


def _kind(raw: pl.Series) -> str:
    return "string" if raw.dtype == pl.String else "integer" if raw.dtype.is_integer() else str(raw.dtype)


def _signed(raw: pl.Series, name: str) -> pl.Series:
    """``raw`` in a type whose numbers fit Int64; `DataError` for one that does not."""
    if raw.dtype not in (pl.UInt64, pl.Int128, pl.UInt128):
        return raw
    ids = raw.cast(pl.Int64, strict=False)
    if ids.null_count() > raw.null_count():
        example = raw.filter(ids.is_null() & raw.is_not_null())[0]
        raise DataError(f"{name} ids: found {example}; allowed are integers under 2⁶³; turn larger ones into strings")
    return ids


def _look_up(table: NDArray[np.int32], ids: NDArray[np.integer], lowest: int) -> NDArray[np.int32]:
    """``table[ids - lowest]``, every id being there; in pieces that stay in the processor's cache."""
    index = np.empty(len(ids), dtype=np.int32)
    for start in range(0, len(ids), _CHUNK):
        piece = slice(start, start + _CHUNK)
        np.take(table, ids[piece].astype(np.int64, copy=False) - lowest, out=index[piece], mode="clip")
    return index


def _distinct_integers(raw: pl.Series) -> pl.Series:
    """Sorted distinct ids; by marking them in a table where their span is narrow (fast and small)."""
    ids = raw.to_numpy()
    low, high = (int(ids.min()), int(ids.max())) if len(ids) else (0, 0)
    if not len(ids) or high - low >= _TABLE_LIMIT:
        return raw.cast(pl.Int64).unique().sort()
    present = np.zeros(high - low + 1, dtype=bool)
    for start in range(0, len(ids), _CHUNK):
        present[ids[start : start + _CHUNK].astype(np.int64, copy=False) - low] = True
    return pl.Series(np.flatnonzero(present).astype(np.int64) + low)
