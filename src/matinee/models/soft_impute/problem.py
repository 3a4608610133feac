"""The path of λ, and factors and biases side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.sddmm import sddmm_residual
from matinee.matrix.sparse import RatingMatrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

_REGISTER: Final = 16
"""Panels are this many columns wide, or a multiple: one float32 register of the widest instruction set."""


@dataclass(frozen=True)
class Path:
    """Values of λ, falling by equal shares from ``start`` (left out) to ``end``, and then no more.

    ``length``: how many there are, at least 1. With ``open`` they fall on beyond the end.
    """

    start: float
    end: float
    length: int
    open: bool = False

    def at(self, number: int) -> float:
        """The value of number ``number``, from 1."""
        share = number / self.length if self.open else min(1.0, number / self.length)
        return float(self.start ** (1.0 - share) * self.end**share)


@dataclass(frozen=True)
class Panels:
    """Factors and biases side by side, so that one product predicts a rating without the mean.

    Attributes
    ----------
    user : ``[P, user bias, 1, 0…]``, float32, shape ``(m, width)``.
    item : ``[Q, 1, item bias, 0…]``, float32, shape ``(n, width)``; the width is a multiple of 16.
    rank : columns of P and of Q.

    """

    user: NDArray[np.float32]
    item: NDArray[np.float32]
    rank: int

    @classmethod
    def of(
        cls,
        user_factors: NDArray[np.floating],
        item_factors: NDArray[np.floating],
        user_bias: NDArray[np.float32],
        item_bias: NDArray[np.float32],
    ) -> Panels:
        """Copies of the four, put together."""
        rank = user_factors.shape[1]
        width = -(-(rank + 2) // _REGISTER) * _REGISTER
        user, item = (np.zeros((len(side), width), np.float32) for side in (user_factors, item_factors))
        user[:, :rank] = user_factors
        user[:, rank] = user_bias
        user[:, rank + 1] = item[:, rank] = 1.0
        item[:, :rank] = item_factors
        item[:, rank + 1] = item_bias
        return cls(user, item, rank)

    @property
    def factors(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """P and Q: views."""
        return self.user[:, : self.rank], self.item[:, : self.rank]

    @property
    def biases(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of users and of items: views."""
        return self.user[:, self.rank], self.item[:, self.rank + 1]

    def residual(self, matrix: RatingMatrix, mean: float, threads: int) -> RatingMatrix:
        """The matrix of ``rating - mean - biases - P Qᵀ`` at the known cells, nothing elsewhere."""
        by_user, _ = sddmm_residual(matrix.by_user, mean, self.user, self.item, threads)
        by_item, _ = sddmm_residual(matrix.by_item, mean, self.item, self.user, threads)
        return RatingMatrix(matrix.by_user.with_values(by_user), matrix.by_item.with_values(by_item))
