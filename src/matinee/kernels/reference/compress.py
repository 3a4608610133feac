"""NumPy twin of `matinee.kernels.compress`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.compress import Compressed

if TYPE_CHECKING:
    from numpy.typing import NDArray


def compress(row: NDArray[np.int32], column: NDArray[np.int32], value: NDArray[np.float32], rows: int) -> Compressed:
    """Triplets sorted by row, then column."""
    order = np.lexsort((column, row))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
    return Compressed(offsets.astype(np.int64), column[order], value[order])


def transpose(matrix: Compressed, columns: int) -> Compressed:
    """Compressed rows as compressed columns."""
    return compress(matrix.indices, matrix.row_of_entries().astype(np.int32), matrix.values, columns)


def duplicate_count(row: NDArray[np.int32], column: NDArray[np.int32], rows: int, columns: int) -> int:
    """Number of pairs that repeat an earlier one."""
    occupied = np.zeros((rows, columns), dtype=bool)
    occupied[row, column] = True
    return len(row) - int(occupied.sum())
