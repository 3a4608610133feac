"""NumPy twin of `matinee.kernels.sddmm`."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def sddmm_residual(
    matrix: Compressed, shift: float, left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """``value - shift - left[row] · right[column]``, and the sum of its squares over each row."""
    offsets, _, values = matrix
    out = (values - np.float32(shift)) - sddmm(matrix, left, right)
    squares = [np.sum(np.square(out[start:stop], dtype=np.float64)) for start, stop in pairwise(offsets)]
    return out, np.array(squares, np.float64)


def sddmm_squares(matrix: Compressed, left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float64]:
    """``Σ (left[row] · right[column])²`` over the entries of each row."""
    return sddmm_residual(matrix.with_values(np.zeros_like(matrix.values)), 0.0, left, right)[1]


def sddmm(matrix: Compressed, left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """``left[row] · right[column]`` of every entry, one row at a time."""
    offsets, indices, _ = matrix
    out = np.empty(len(indices), np.float32)
    for row in range(len(offsets) - 1):
        here = slice(offsets[row], offsets[row + 1])
        out[here] = right[indices[here]] @ left[row]
    return out
