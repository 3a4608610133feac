"""Gram matrix of a sparse binary matrix: in how many rows two columns occur together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def gram(columns: Compressed, rows: Compressed, size: int, threads: int) -> NDArray[np.float32]:
    """Rows of ``XᵀX`` for X binary: the number of rows of X that each of ``columns`` shares with every column.

    ``columns``: compressed columns of X, all or a `Compressed.part` of them; ``rows``: its compressed rows, whose
    indices are under ``size``, the number of columns of X. Values are not read. With the two exchanged: ``XXᵀ``.

    Returns float32, shape ``(columns.row_count, size)``, C order; counts are exact up to 2²⁴, so that the result does
    not depend on ``threads``. Time: the entries of ``rows`` met by ``columns``; memory: the result.
    """
    out = np.empty((columns.row_count, size), np.float32)
    _native.gram(columns.offsets, columns.indices, rows.offsets, rows.indices, out, threads)
    return out
