"""What proves a solution of the nuclear-norm problem: its subgradient, measured on the ratings themselves."""

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
    """How far ``M = U D Vᵀ`` and the biases are from the minimum of the nuclear-norm problem.

    With G what they leave of the ratings, 0 at unknown cells, they are the minimum where ``G V = λ U``,
    ``Gᵀ U = λ V``, no singular value of G is over λ, and each bias is its row's ``Σ G / damping`` (Mazumder, Hastie
    and Tibshirani 2010, section 3: G / λ is a subgradient of ``‖M‖_*``).

    Attributes
    ----------
    subgradient : the larger of ``‖(G V - λ U) D‖`` and ``‖(Gᵀ U - λ V) D‖``, relative to ``λ ‖D‖``; 0 at the minimum.
    largest : the largest singular value of G, relative to λ; at most 1 at the minimum, over 1 where the rank is too
        small for it or more sweeps are needed.
    bias : what the bias furthest off is off by, stars; 0 at the minimum.

    """

    subgradient: float
    largest: float
    bias: float

    @classmethod
    def measured(cls, matrix: RatingMatrix, factors: PathFactors, damping: float, threads: int) -> Optimality:
        """Of what was learnt."""
        own = (factors.user_factors, factors.item_factors, factors.user_bias, factors.item_bias)
        left = Panels.of(*own).residual(matrix, factors.mean, threads)
        regularization = factors.regularization
        with single_threaded_blas():
            sides = [
                _misaligned(left.by_user, own[0], own[1], regularization, threads),
                _misaligned(left.by_item, own[1], own[0], regularization, threads),
            ]
        largest = truncated_svd(left, 1, tolerance=_TOLERANCE, threads=threads).values[0]
        biases = _unsettled(left.by_user, own[2], damping, threads), _unsettled(left.by_item, own[3], damping, threads)
        return cls(max(sides), float(largest) / regularization, max(biases))

    def to_dict(self) -> dict[str, float]:
        """As plain values."""
        return asdict(self)


def _misaligned(
    rows: Compressed, own: NDArray[np.float32], other: NDArray[np.float32], regularization: float, threads: int
) -> float:
    """``‖(G V - λ U) D‖ / λ ‖D‖``, with ``own = U √D`` and ``other = V √D``."""
    values = np.sum(np.square(own, dtype=np.float64), axis=0)
    off = spmm(rows, np.ascontiguousarray(other), threads) - np.float32(regularization) * own
    size = np.sqrt(np.sum(np.square(off, dtype=np.float64) * values))
    return float(size / max(regularization * np.linalg.norm(values), np.finfo(np.float64).tiny))


def _unsettled(rows: Compressed, bias: NDArray[np.float32], damping: float, threads: int) -> float:
    sums = spmm(rows, np.ones((int(np.max(rows.indices, initial=0)) + 1, 1)), threads)[:, 0]
    off = (sums - damping * bias) / np.maximum(rows.lengths + damping, 1e-12)
    return float(np.max(np.abs(off), initial=0.0))
