"""Triplets (row, column, value) into compressed rows, and compressed rows into compressed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Compressed = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]


def compress(
    row: NDArray[np.int32], column: NDArray[np.int32], value: NDArray[np.float32], rows: int, threads: int
) -> Compressed:
    """Triplets sorted by row, then column.

    ``row``, ``column`` (int32) and ``value`` (float32) have shape ``(n,)``. Returns ``offsets`` (int64,
    ``rows + 1``), ``indices`` (int32, ``n``) and ``values`` (float32, ``n``): row r holds entries
    ``offsets[r]`` to ``offsets[r + 1] - 1``, its columns ascending.
    """
    out = _empty(rows, len(value))
    _native.compress(row, column, value, *out, threads)
    return out


def transpose(matrix: Compressed, columns: int, threads: int) -> Compressed:
    """Compressed rows as compressed columns; within a column the rows ascend."""
    out = _empty(columns, len(matrix[2]))
    _native.transpose(*matrix, *out, threads)
    return out


def duplicate_count(row: NDArray[np.int32], column: NDArray[np.int32], rows: int, columns: int) -> int:
    """How many of the pairs repeat one that came before. O(n) time, O(n + rows + columns) memory."""
    return int(_native.duplicate_count(row, column, rows, columns))


def _empty(rows: int, entries: int) -> Compressed:
    return (
        np.empty(rows + 1, dtype=np.int64),
        np.empty(entries, dtype=np.int32),
        np.empty(entries, dtype=np.float32),
    )
