"""Sparse matrix × dense panel (SpMM), which every decomposition here needs most."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

Float = TypeVar("Float", np.float32, np.float64)


def spmm(matrix: Compressed, panel: NDArray[Float], threads: int, out: NDArray[Float] | None = None) -> NDArray[Float]:
    """``A @ panel`` for A in compressed rows.

    ``panel``: shape ``(columns of A, b)``, C order, float32 or float64; the result, shape
    ``(rows of A, b)``, has its type and is written to ``out`` if there is one. Sums run in the type of the panel,
    in runs of 128 entries, each row on one thread: the result does not depend on ``threads``.
    """
    if out is None:
        out = np.empty((matrix.row_count, panel.shape[1]), dtype=panel.dtype)
    kernel = _native.spmm_float if panel.dtype == np.float32 else _native.spmm_double
    kernel(*matrix, panel, out, threads)
    return out
