"""Which cells are rated, besides how: factors that explain both are better known (Cortes 2018, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.solve_rows import padded
from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

RIDGE: Final = 10.0
"""Penalty of C: the best of 1 to 100 on hold-outs of the training ratings of ratings_small and MovieLens 1M."""

_PIECE: Final = 1 << 15


@dataclass(frozen=True)
class Implicit:
    """What a side's factors x explain besides ratings: ``weight Σ (1 or 0 - x·c)²``, 1 where a cell is rated.

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

        ``across``: the ratings in compressed rows of the *other* side, whose columns are the rows of ``factors``.
        """
        matrix = gram(factors)[:rank, :rank] + RIDGE * np.eye(rank)
        sums = spmm(_ones(across), factors, threads)[:, :rank]
        with single_threaded_blas():
            found = padded(np.linalg.solve(matrix, sums.T.astype(np.float64)).T)
        pull = np.float32(weight) * found
        return cls(
            (weight * gram(found)).astype(np.float32),
            pull,
            weight * RIDGE * float(np.sum(np.square(found, dtype=float))),
        )

    def pulls(self, rows: Compressed, threads: int) -> NDArray[np.float32]:
        """``weight Σ c`` over the entries of each row, float32, shape ``(rows, stride)``."""
        return spmm(_ones(rows), self.pull, threads)

    def value(self, factors: NDArray[np.float32], pulls: NDArray[np.float32]) -> float:
        """The penalised squared error of the guess, less ``weight × rated cells``, which nothing changes."""
        with single_threaded_blas():
            spread = float(np.sum(gram(factors) * self.gram))
        return spread - 2.0 * float(np.einsum("rk,rk->", factors, pulls, dtype=np.float64)) + self.penalty


def gram(factors: NDArray[np.float32]) -> NDArray[np.float64]:
    """``FᵗF`` in float64, shape ``(stride, stride)``, the same on any number of threads."""
    total = np.zeros((factors.shape[1], factors.shape[1]))
    with single_threaded_blas():
        for start in range(0, len(factors), _PIECE):
            piece = factors[start : start + _PIECE].astype(np.float64)
            total += piece.T @ piece
    return total


def _ones(rows: Compressed) -> Compressed:
    """The same cells, each 1."""
    return rows[0], rows[1], np.ones_like(rows[2])
