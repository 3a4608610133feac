"""Triplets (row, column, value) into compressed rows, and compressed rows into compressed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Compressed(NamedTuple):
    """A sparse matrix in compressed rows: row r holds entries ``offsets[r]`` to ``offsets[r + 1] - 1``.

    ``offsets``: int64, shape ``(rows + 1,)``, ascending from 0. ``indices``, the column of each entry: int32, shape
    ``(entries,)``, ascending within a row. ``values``: float32, shape ``(entries,)``.
    """

    offsets: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of entries of each row, shape ``(rows,)``."""
        return np.diff(self.offsets)

    def row_of_entries(self) -> NDArray[np.int64]:
        """Row of each entry, shape ``(entries,)``."""
        return np.repeat(np.arange(self.row_count), self.lengths)

    def columns_of(self, row: int) -> NDArray[np.int32]:
        """Columns of the entries of one row, ascending; a view."""
        return self.indices[self.offsets[row] : self.offsets[row + 1]]

    def part(self, start: int, stop: int) -> Compressed:
        """Rows ``start`` to ``stop - 1``; indices and values are views."""
        stop = min(stop, self.row_count)
        begin = self.offsets[start]
        end = self.offsets[stop]
        return Compressed(self.offsets[start : stop + 1] - begin, self.indices[begin:end], self.values[begin:end])

    def take(self, rows: NDArray[np.integer]) -> Compressed:
        """The given rows, in their order; a copy."""
        lengths = self.lengths[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        place = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], lengths)
        return Compressed(offsets, self.indices[place], self.values[place])

    def with_values(self, values: NDArray[np.float32]) -> Compressed:
        """The same cells with other values."""
        return Compressed(self.offsets, self.indices, values)

    def with_ones(self) -> Compressed:
        """The same cells, all of value 1."""
        return self.with_values(np.ones_like(self.values))


def compress(
    row: NDArray[np.int32], column: NDArray[np.int32], value: NDArray[np.float32], rows: int, threads: int
) -> Compressed:
    """Triplets sorted by row, then column.

    ``row``, ``column`` (int32) and ``value`` (float32) have shape ``(n,)``.
    """
    out = _empty(rows, len(value))
    _native.compress(row, column, value, *out, threads)
    return out


def transpose(matrix: Compressed, columns: int, threads: int) -> Compressed:
    """Compressed rows as compressed columns; within a column the rows ascend."""
    out = _empty(columns, len(matrix.values))
    _native.transpose(*matrix, *out, threads)
    return out


def duplicate_count(row: NDArray[np.int32], column: NDArray[np.int32], rows: int, columns: int) -> int:
    """Number of pairs that repeat an earlier one. O(n) time, O(n + rows + columns) memory."""
    return int(_native.duplicate_count(row, column, rows, columns))


def _empty(rows: int, entries: int) -> Compressed:
    return Compressed(
        np.empty(rows + 1, dtype=np.int64),
        np.empty(entries, dtype=np.int32),
        np.empty(entries, dtype=np.float32),
    )
