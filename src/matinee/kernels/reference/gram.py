"""NumPy twin of `matinee.kernels.gram`: the dense product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def gram(columns: Compressed, rows: Compressed, size: int) -> NDArray[np.float64]:
    """Rows of ``XᵀX``, shape ``(columns.row_count, size)``."""
    return _dense(columns, rows.row_count) @ _dense(rows, size)


def _dense(rows: Compressed, width: int) -> NDArray[np.float64]:
    out = np.zeros((rows.row_count, width))
    out[rows.row_of_entries(), rows.indices] = 1.0
    return out
