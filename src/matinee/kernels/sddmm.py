"""Dense × dense at the known cells alone (SDDMM): a factorisation, or its residuals, where ratings are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def sddmm_residual(
    matrix: Compressed, shift: float, left: NDArray[np.float32], right: NDArray[np.float32], threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """``value - shift - left[row] · right[column]`` of every entry, and the sum of its squares over each row.

    ``left``: shape ``(rows, k)``; ``right``: shape ``(columns, k)``; both float32 and C order. Returns float32,
    shape ``(entries,)``, in the order of the entries, and float64, shape ``(rows,)``. Each number is summed in
    one order: the result does not depend on ``threads``.
    """
    offsets, indices, values = matrix
    out = np.empty(len(values), np.float32)
    squares = np.empty(len(left))
    _native.sddmm(offsets, indices, values, shift, left, right, out, squares, threads)
    return out, squares


def sddmm_squares(
    matrix: Compressed, left: NDArray[np.float32], right: NDArray[np.float32], threads: int
) -> NDArray[np.float64]:
    """``Σ (left[row] · right[column])²`` over the entries of each row, whose values are not read.

    Shapes as in `sddmm_residual`.
    """
    offsets, indices, _ = matrix
    squares = np.empty(len(left))
    _native.sddmm(offsets, indices, None, 0.0, left, right, None, squares, threads)
    return squares
