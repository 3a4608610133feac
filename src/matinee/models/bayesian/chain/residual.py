"""What biases and factors leave of known ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.sddmm import sddmm_residual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

    Half = tuple[NDArray[np.float32], NDArray[np.float32]]


def unexplained(
    rows: Compressed, mean: float, own: Half, other: Half, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """``rating - mean - b_row - b_column - p · q`` of every entry, and the sum of its squares over each row.

    ``own`` and ``other``: factors, shapes ``(rows, k)`` and ``(columns, k)``, and biases of each side.
    """
    left = np.column_stack([own[0], own[1], np.ones_like(own[1])])
    right = np.column_stack([other[0], np.ones_like(other[1]), other[1]])
    return sddmm_residual(rows, mean, left, right, threads)
