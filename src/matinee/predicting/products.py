"""Row by row products of two tables, a chunk of pairs at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS: Final = 1 << 22
"""Factors gathered at once, 16 MB a side: what is gathered for one chunk of pairs."""


def products(
    left: NDArray[np.float32], row: NDArray[np.integer], right: NDArray[np.float32], column: NDArray[np.integer]
) -> NDArray[np.float64]:
    """``left[row] · right[column]``, summed in float64, shape ``(n,)``; the tables have k columns each."""
    out = np.empty(len(row))
    chunk = max(1, _CELLS // max(1, left.shape[1]))
    for start in range(0, len(row), chunk):
        part = slice(start, start + chunk)
        out[part] = np.einsum("nk,nk->n", left[row[part]], right[column[part]], dtype=np.float64)
    return out
