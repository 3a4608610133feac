"""NumPy twin of `matinee.kernels.residuals`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

    Half = tuple[NDArray[np.float32], NDArray[np.float32]]


def residuals(rows: Compressed, own: Half, other: Half, shift: float) -> NDArray[np.float64]:
    """``value - shift - b_row - b_column - p · q`` at every entry, shape ``(entries,)``."""
    offsets, column, values = rows
    row = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    p, q = own[0][row].astype(np.float64), other[0][column].astype(np.float64)
    return np.asarray(values - shift - own[1][row] - other[1][column] - np.einsum("ek,ek->e", p, q))
