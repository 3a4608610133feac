"""Factors that also explain which cells are rated, and so are better known (Cortes 2018, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.biases import Baseline

RIDGE: Final = 10.0
"""Penalty of C: the best of 1 to 100 on hold-outs of the training ratings of ratings_small and MovieLens 1M."""

_PIECE: Final = 1 << 15
_USERS: Final = 1 << 10


@dataclass(frozen=True)
class Implicit:
    """The term ``weight Σ (1 or 0 - x·c)²`` over all cells, 1 where a cell is rated, of a side's factors x.

    Attributes
    ----------
    gram : ``weight CᵗC``, float32, shape ``(stride, stride)``.
    pull : ``weight C``, float32, shape ``(columns, stride)``.
    penalty : ``weight RIDGE |C|²``.

    """

    gram: NDArray[np.float32]
    pull: NDArray[np.float32]
    penalty: float

    @classmethod
    def learnt(
        cls, factors: NDArray[np.float32], rank: int, across: Compressed, weight: float, threads: int
    ) -> Implicit:
        """C as the best guess of the rated cells X from a side's ``factors``: ``C = Xᵗ F (FᵗF + RIDGE I)⁻¹``.

        ``across``: the rated cells, 1 each, in compressed rows of the *other* side; their columns are the rows of
        ``factors``. It takes ``8 stride`` bytes a row of ``across``, half of which it keeps.
        """
        matrix = gram(factors)[:rank, :rank] + RIDGE * np.eye(rank)
        c = spmm(across, factors, threads)
        with single_threaded_blas():
            for start in range(0, len(c), _PIECE):
                piece = c[start : start + _PIECE, :rank]
                piece[:] = np.linalg.solve(matrix, piece.T.astype(np.float64)).T
        squares = float(np.einsum("rk,rk->", c, c, dtype=np.float64))
        weighted_gram = (weight * gram(c)).astype(np.float32)
        c *= np.float32(weight)
        return cls(weighted_gram, c, weight * RIDGE * squares)

    def pulls(self, cells: Compressed, threads: int) -> NDArray[np.float32]:
        """``weight Σ c`` over each row's rated ``cells``, 1 each; float32, shape ``(rows, stride)``."""
        return spmm(cells, self.pull, threads)

    def value(self, factors: NDArray[np.float32], pulls: NDArray[np.float32]) -> float:
        """The penalised squared error of the guess, less ``weight × rated cells``, which nothing changes."""
        with single_threaded_blas():
            squares = float(np.sum(gram(factors) * self.gram))
        return squares - 2.0 * float(np.einsum("rk,rk->", factors, pulls, dtype=np.float64)) + self.penalty


def gram(factors: NDArray[np.float32]) -> NDArray[np.float64]:
    """``FᵗF`` in float64, shape ``(stride, stride)``, the same on any number of threads."""
    total = np.zeros((factors.shape[1], factors.shape[1]))
    with single_threaded_blas():
        for start in range(0, len(factors), _PIECE):
            piece = factors[start : start + _PIECE].astype(np.float64)
            total += piece.T @ piece
    return total


def variance_left(rows: Compressed, baseline: Baseline) -> float:
    """The mean squared residual of the biases over the ratings in ``rows``, by user; stars²."""
    total = 0.0
    for start in range(0, rows.row_count, _USERS):
        part = rows.part(start, start + _USERS)
        expected = np.repeat(baseline.user[start : start + _USERS], part.lengths) + baseline.item[part.indices]
        residuals = part.values - (expected + np.float32(baseline.mean))
        total += float(np.sum(np.square(residuals, dtype=np.float64)))
    return total / len(rows.values)
