"""The inverse of a large symmetric positive definite matrix, in place, the same on any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_STEP: Final = 256
_ROWS: Final = 256
"""Rows a task updates: fixed, for the order of sums inside BLAS may depend on the shape of its panels."""


def invert(matrix: NDArray[np.float64], threads: int, progress: Callable[[float], None] = lambda _: None) -> None:
    """Replace ``matrix``, float64, symmetric positive definite, shape ``(n, n)``, by its inverse.

    Gauss-Jordan elimination by blocks, which needs no pivots on such a matrix (Higham 2002, section 14.4): 2 n³
    operations, nearly all of them in matrix products, and a few panels of memory beside the matrix.
    """
    size = len(matrix)
    rows = [slice(start, start + _ROWS) for start in range(0, size, _ROWS)]
    with single_threaded_blas(), ThreadPoolExecutor(threads) as pool:
        for start in range(0, size, _STEP):
            _eliminate(matrix, slice(start, start + _STEP), rows, pool)
            progress(min(1.0, (start + _STEP) / size))


def _eliminate(matrix: NDArray[np.float64], block: slice, rows: list[slice], pool: ThreadPoolExecutor) -> None:
    pivot = np.linalg.inv(matrix[block, block])
    column, across = matrix[:, block].copy(), pivot @ matrix[block]

    def update(part: slice) -> None:
        matrix[part] -= column[part] @ across
        matrix[part, block] = -column[part] @ pivot

    list(pool.map(update, rows))
    matrix[block] = across
    matrix[block, block] = pivot
