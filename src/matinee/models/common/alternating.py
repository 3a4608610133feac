"""Alternating least squares: each half of a sweep solves one side's rows with the other side frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.solve_rows import Regressions, Ridge, longest_first, padded, solve_rows
from matinee.kernels.streams import Stream, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

CG_STEPS: Final = 3
"""Conjugate gradient steps a row and half-sweep: warm starts make a few enough (Takács, Pilászy and Tikk 2011)."""

SOLVERS: Final = ("cholesky", "cg")

_START: Final = 0.1
"""Standard deviation of the factors that a fit starts from."""


@dataclass
class Side:
    """One side of a fit in progress, users or items.

    ``rows`` are its ratings in compressed rows; ``factors`` float32, padded, shape ``(rows, stride)``; ``bias``
    float32, shape ``(rows,)``; ``order`` the rows as threads take them.
    """

    rows: Compressed
    factors: NDArray[np.float32]
    bias: NDArray[np.float32]
    order: NDArray[np.int32]

    @classmethod
    def empty(cls, rows: Compressed, rank: int, bias: NDArray[np.float32]) -> Side:
        """All factors zero."""
        return cls(rows, padded(np.zeros((len(bias), rank), np.float32)), bias.copy(), longest_first(rows.offsets))

    @classmethod
    def scattered(cls, rows: Compressed, rank: int, bias: NDArray[np.float32], seed: int) -> Side:
        """Small random factors, fixed by ``seed``, where there are ratings; zero elsewhere."""
        drawn = normals(seed, Stream.ALTERNATING_START, len(bias) * rank).reshape(-1, rank)
        drawn[rows.lengths == 0] = 0.0
        return cls(rows, padded(_START * drawn), bias.copy(), longest_first(rows.offsets))

    def penalty(self, ridge: Ridge) -> float:
        """What ``ridge`` asks for the factors and biases."""
        counts = self.rows.lengths
        squares = np.einsum("rk,rk->r", self.factors, self.factors, dtype=np.float64)
        own, bias = ridge.constant + ridge.each * counts, ridge.bias + ridge.bias_each * counts
        return float(own @ squares + bias @ np.square(self.bias, dtype=np.float64))


@dataclass(frozen=True)
class Half:
    """How each half of a sweep is solved: exactly, or by ``steps`` of conjugate gradients."""

    rank: int
    ridge: Ridge
    mean: float
    steps: int
    threads: int

    def solve(
        self,
        own: Side,
        other: Side,
        base: NDArray[np.float32] | None = None,
        prior: NDArray[np.float32] | None = None,
    ) -> float:
        """Solve ``own`` with ``other`` frozen; the sum of the rows' minima. ``base``, ``prior``: see `Regressions`."""
        problem = Regressions(
            own.rows, other.factors, self.rank, self.ridge, self.mean, other.bias, base=base, prior=prior
        )
        return float(solve_rows(problem, own.factors, own.bias, self.threads, own.order, self.steps).sum())
