"""Single entries of a product of a sparse and a dense matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def spmm_at(
    matrix: Compressed, panel: NDArray[np.float32], row: NDArray[np.integer], column: NDArray[np.integer], threads: int
) -> NDArray[np.float64]:
    """Entries ``(row, column)`` of ``A @ panel`` for A in compressed rows, without the other entries of the product.

    ``panel``: float32, shape ``(columns of A, b)``, C order; ``row`` and ``column``: shape ``(n,)``. Returns float64,
    shape ``(n,)``: sums in float64 in the order of a row's entries, so that the result does not depend on ``threads``.
    """
    out = np.empty(len(row))
    _native.spmm_at(*matrix, panel, row.astype(np.int64), column.astype(np.int64), out, threads)
    return out
