"""Orthogonalising a panel against a basis stored as panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK: Final = 16
"""Columns in a panel: one float32 register of the widest instruction set."""


def project_out(basis: NDArray[np.floating], panel: NDArray[np.floating], threads: int) -> NDArray[np.float64]:
    """Take the part in the span of ``basis`` out of ``panel``, in place; the coefficients taken out.

    ``basis``: shape ``(blocks, n, 16)``; ``panel``: shape ``(n, 16)``, written; both C order and of one type,
    float32 or float64. Returns ``basisᵀ @ panel``, float64, shape ``(blocks * 16, 16)``. Sums run over
    fixed pieces of 512 rows: the result does not depend on ``threads``.
    """
    parts = np.empty((basis.shape[0] * BLOCK, BLOCK))
    kernel = _native.project_out_float if panel.dtype == np.float32 else _native.project_out_double
    kernel(basis, panel, parts, threads)
    return parts
