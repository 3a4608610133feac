"""NumPy twin of `matinee.kernels.spmm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def spmm(matrix: Compressed, panel: NDArray[np.floating]) -> NDArray[np.floating]:
    """``A @ panel``, one row of A at a time."""
    offsets, indices, values = matrix
    out = np.zeros((len(offsets) - 1, panel.shape[1]), dtype=panel.dtype)
    for row in range(len(out)):
        here = slice(offsets[row], offsets[row + 1])
        out[row] = values[here].astype(panel.dtype) @ panel[indices[here]]
    return out
