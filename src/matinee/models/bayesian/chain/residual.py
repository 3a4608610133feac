"""Residuals of known ratings after biases and factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.sddmm import sddmm_residual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

    Half = tuple[NDArray[np.float32], NDArray[np.float32]]


def unexplained(
    rows: Compressed, mean: float, row: Half, column: Half, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """``rating - mean - b_row - b_column - p · q`` of every entry, and the sum of its squares over each row.

    ``row`` and ``column``: factors, shapes ``(rows, k)`` and ``(columns, k)``, and biases of each side.
    """
    left = np.column_stack([row[0], row[1], np.ones_like(row[1])])
    right = np.column_stack([column[0], np.ones_like(column[1]), column[1]])
    return sddmm_residual(rows, mean, left, right, threads)
