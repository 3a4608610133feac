"""NumPy twin of `matinee.kernels.spmm_at`: one pair at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def spmm_at(
    matrix: Compressed, panel: NDArray[np.float32], row: NDArray[np.integer], column: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Entries ``(row, column)`` of the product, shape ``(n,)``."""
    out = np.zeros(len(row))
    for place, (r, c) in enumerate(zip(row, column, strict=True)):
        here = slice(matrix.offsets[r], matrix.offsets[r + 1])
        for index, value in zip(matrix.indices[here], matrix.values[here], strict=True):
            out[place] += float(value) * float(panel[index, c])
    return out
