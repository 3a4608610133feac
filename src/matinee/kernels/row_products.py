"""Products of rows of two tables, pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray


def row_products(
    left: NDArray[np.float32],
    row: NDArray[np.integer],
    right: NDArray[np.float32],
    column: NDArray[np.integer],
    threads: int = 1,
) -> NDArray[np.float64]:
    """``left[row] · right[column]``, float64, shape ``(n,)``.

    ``left`` and ``right``: float32, with as many columns; ``row`` and ``column``: shape ``(n,)``. Float64 sums in one
    order: the result does not depend on ``threads``.
    """
    out = np.empty(len(row))
    _native.row_products(left, row.astype(np.int64), right, column.astype(np.int64), out, threads)
    return out
