"""NumPy twin of `matinee.kernels.compress`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Compressed = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]


def compress(row: NDArray[np.int32], column: NDArray[np.int32], value: NDArray[np.float32], rows: int) -> Compressed:
    """Triplets sorted by row, then column."""
    order = np.lexsort((column, row))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
    return offsets.astype(np.int64), column[order], value[order]


def transpose(matrix: Compressed, columns: int) -> Compressed:
    """Compressed rows as compressed columns."""
    offsets, indices, values = matrix
    row = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), np.diff(offsets))
    return compress(indices, row, values, columns)


def duplicate_count(row: NDArray[np.int32], column: NDArray[np.int32], rows: int, columns: int) -> int:
    """How many of the pairs repeat one that came before."""
    seen = np.zeros((rows, columns), dtype=bool)
    seen[row, column] = True
    return len(row) - int(seen.sum())
