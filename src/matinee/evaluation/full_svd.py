"""The complete decomposition along the shorter side, which reading entries back without refitting needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.spmm import spmm
from matinee.models.svd.operator import TallOperator, gram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix

LONGEST_SIDE: Final = 12_000
"""The longest shorter side that is decomposed completely: its square is held in memory (1.2 GB a copy)."""


@dataclass(frozen=True)
class FullSVD:
    """A seen with its shorter side as rows: ``A = U Σ Vᵀ``, U complete.

    Attributes
    ----------
    squares : σ², descending, shape ``(m,)``.
    basis : U, shape ``(m, m)``, C order.
    turned : whether rows are items.
    length : the longer side, n.

    """

    squares: NDArray[np.float64]
    basis: NDArray[np.float64]
    turned: bool
    length: int
    _operator: TallOperator

    def columns(self, first: int, last: int) -> NDArray[np.float64]:
        """``Uᵀ A[:, first:last]``, one row a column of A, shape ``(last - first, m)``."""
        return spmm(self._operator.forward.part(first, last), self.basis, self._operator.threads)

    def column_sums(self, first: int, last: int) -> NDArray[np.float64]:
        """``Uᵀ 1`` over the known cells of each column ``first`` to ``last - 1``."""
        known = self._operator.forward.part(first, last).with_ones()
        return spmm(known, self.basis, self._operator.threads)

    def row_sums(self) -> NDArray[np.float64]:
        """``Uᵀ A 1`` over the known cells of each row, shape ``(m, m)``."""
        known = self._operator.backward.with_ones()
        m = len(self.squares)
        out = np.empty((m, m))
        for begin in range(0, m, 256):
            panel = np.ascontiguousarray(self.basis[:, begin : begin + 256])
            out[:, begin : begin + 256] = spmm(known, self._operator.times(panel), self._operator.threads)
        return out


def full_svd(matrix: RatingMatrix, threads: int) -> FullSVD:
    """Decompose completely, by LAPACK, from the Gram matrix of the shorter side.

    Values under about 1e-8 σ₁ are rounding. `ConfigError` where the shorter side is over `LONGEST_SIDE`.
    """
    short = min(matrix.shape)
    if short > LONGEST_SIDE:
        raise ConfigError(
            f"corrupt: found {matrix.shape[0]:,} users × {matrix.shape[1]:,} items; the shorter side may have at most "
            f"{LONGEST_SIDE:,}, since it is decomposed completely; use --protocol hide, or fewer films"
        )
    operator = TallOperator(matrix, threads)
    with single_threaded_blas():
        squares, vectors = np.linalg.eigh(gram(operator))
    basis = np.ascontiguousarray(vectors[:, ::-1])
    return FullSVD(np.maximum(squares[::-1], 0.0), basis, not operator.turned, operator.shape[0], operator)
