"""NumPy twin of `matinee.kernels.row_products`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def row_products(
    left: NDArray[np.float32], row: NDArray[np.integer], right: NDArray[np.float32], column: NDArray[np.integer]
) -> NDArray[np.float64]:
    """``left[row] · right[column]``, summed in float64, shape ``(n,)``."""
    return np.asarray(np.einsum("nk,nk->n", left[row], right[column], dtype=np.float64))
