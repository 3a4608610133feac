"""Certificate of a solution of the nuclear-norm problem: its subgradient, measured on the ratings themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.spmm import spmm
from matinee.models.soft_impute.problem import Panels
from matinee.models.svd.solve import truncated_svd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.soft_impute.factors import PathFactors

_TOLERANCE: Final = 1e-3


@dataclass(frozen=True)
class Optimality:
    """Distance of ``M = U D Vᵀ`` and the biases from the minimum of the nuclear-norm problem.

    With G the residuals of the ratings, 0 at unknown cells, they are the minimum where ``G V = λ U``,
    ``Gᵀ U = λ V``, no singular value of G is over λ, and each bias is its row's ``Σ G / damping`` (Mazumder, Hastie
    and Tibshirani 2010, section 3: G / λ is a subgradient of ``‖M‖_*``).

    Attributes
    ----------
    subgradient : the larger of ``‖(G V - λ U) D‖`` and ``‖(Gᵀ U - λ V) D‖``, relative to ``λ ‖D‖``; 0 at the minimum.
    largest : the largest singular value of G, relative to λ; at most 1 at the minimum, over 1 where the rank is too
        small for it or more sweeps are needed.
    bias : the largest error of a bias, stars; 0 at the minimum.

    """

    subgradient: float
    largest: float
    bias: float

    @classmethod
    def measured(cls, matrix: RatingMatrix, factors: PathFactors, damping: float, threads: int) -> Optimality:
        """Of ``factors`` that were fitted to ``matrix``."""
        p = factors.user_factors
        q = factors.item_factors
        panels = Panels.of(p, q, factors.user_bias, factors.item_bias)
        residual = panels.residual(matrix, factors.mean, threads)
        regularization = factors.regularization
        with single_threaded_blas():
            user_side = _misaligned(residual.by_user, p, q, regularization, threads)
            item_side = _misaligned(residual.by_item, q, p, regularization, threads)
        largest = truncated_svd(residual, 1, tolerance=_TOLERANCE, threads=threads).values[0]
        user_bias = _unsettled(residual.by_user, factors.user_bias, damping, threads)
        item_bias = _unsettled(residual.by_item, factors.item_bias, damping, threads)
        return cls(max(user_side, item_side), float(largest) / regularization, max(user_bias, item_bias))

    def to_dict(self) -> dict[str, float]:
        """As plain values."""
        return asdict(self)


def _misaligned(
    rows: Compressed, p: NDArray[np.float32], q: NDArray[np.float32], regularization: float, threads: int
) -> float:
    """``‖(G V - λ U) D‖ / λ ‖D‖``, with ``p = U √D`` and ``q = V √D``; of the other side with the two exchanged."""
    values = np.sum(np.square(p, dtype=np.float64), axis=0)
    off = spmm(rows, np.ascontiguousarray(q), threads) - np.float32(regularization) * p
    size = np.sqrt(np.sum(np.square(off, dtype=np.float64) * values))
    return float(size / max(regularization * np.linalg.norm(values), np.finfo(np.float64).tiny))


def _unsettled(rows: Compressed, bias: NDArray[np.float32], damping: float, threads: int) -> float:
    sums = spmm(rows, np.ones((int(np.max(rows.indices, initial=0)) + 1, 1)), threads)[:, 0]
    off = (sums - damping * bias) / np.maximum(rows.lengths + damping, 1e-12)
    return float(np.max(np.abs(off), initial=0.0))
