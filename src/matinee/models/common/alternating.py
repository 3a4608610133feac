"""The sides of alternating least squares: a sweep solves the rows of each with the other side frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from matinee.kernels.solve_rows import longest_first, padded
from matinee.kernels.streams import Stream, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.kernels.solve_rows import Ridge

    F32 = NDArray[np.float32]

CG_STEPS: Final = 3
"""Conjugate gradient steps a row and half-sweep: warm starts make a few enough (Takács, Pilászy and Tikk 2011)."""

SOLVERS: Final = ("cholesky", "cg")

_START: Final = 0.1
"""Standard deviation of the factors that a fit starts from."""


@dataclass
class AlternatingSide:
    """One side of a fit in progress, users or items.

    ``rows`` are its ratings in compressed rows; ``factors`` float32, padded, shape ``(rows, stride)``; ``bias``
    float32, shape ``(rows,)``; ``order`` the rows as threads take them.
    """

    rows: Compressed
    factors: NDArray[np.float32]
    bias: NDArray[np.float32]
    order: NDArray[np.int32]

    @classmethod
    def empty(cls, rows: Compressed, rank: int, bias: NDArray[np.float32]) -> AlternatingSide:
        """All factors zero."""
        return cls(rows, padded(np.zeros((len(bias), rank), np.float32)), bias.copy(), longest_first(rows.offsets))

    @classmethod
    def scattered(cls, rows: Compressed, rank: int, bias: NDArray[np.float32], seed: int) -> AlternatingSide:
        """Small random factors, fixed by ``seed``, where there are ratings; zero elsewhere."""
        drawn = normals(seed, Stream.ALTERNATING_START, len(bias) * rank).reshape(-1, rank)
        drawn[rows.lengths == 0] = 0.0
        return cls(rows, padded(_START * drawn), bias.copy(), longest_first(rows.offsets))

    def penalty(self, ridge: Ridge) -> float:
        """The penalty of the factors and biases."""
        counts = self.rows.lengths
        squares = np.einsum("rk,rk->r", self.factors, self.factors, dtype=np.float64)
        weights = ridge.constant + ridge.per_entry * counts
        bias_weights = ridge.bias + ridge.bias_per_entry * counts
        return float(weights @ squares + bias_weights @ np.square(self.bias, dtype=np.float64))


class PaddedSide(Protocol):
    """Factors, padded, and biases of one side."""

    factors: F32
    bias: F32


def without_padding(mean: float, users: PaddedSide, items: PaddedSide, rank: int) -> tuple[float, F32, F32, F32, F32]:
    """The fields of `LinearFactors` in their order, copied from both sides."""
    return mean, users.bias.copy(), items.bias.copy(), users.factors[:, :rank].copy(), items.factors[:, :rank].copy()
