"""Damped biases: what a rating is expected to be from who rates and what is rated, alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_SWEEPS = 100
_PRECISION = 1e-7


@dataclass(frozen=True)
class Baseline:
    """``mean + user[u] + item[i]``: the mean (stars) and two float32 vectors of biases (stars)."""

    mean: float
    user: NDArray[np.float32]
    item: NDArray[np.float32]

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Expected ratings at index pairs, shape ``(n,)``, not clipped."""
        return np.asarray(self.mean + self.user[user].astype(np.float64) + self.item[item])


def damped_baseline(matrix: RatingMatrix, damping: float, threads: int) -> Baseline:
    """The biases that minimise ``Σ (r - mean - b_u - b_i)² + damping (Σ b_u² + Σ b_i²)``.

    Solved exactly, by alternating between the two sides until nothing moves by more than 1e-7 stars
    (Koren 2008, section 2.1, equation 3). ``damping`` ≥ 0 counts in ratings: an item with that many has
    its mean deviation halved. Users and items without ratings have bias 0.
    """
    mean = matrix.mean
    user_sums = _row_sums(matrix.by_user) - mean * matrix.user_counts
    item_sums = _row_sums(matrix.by_item) - mean * matrix.item_counts
    user_weight = np.maximum(matrix.user_counts + damping, 1e-12)
    item_weight = np.maximum(matrix.item_counts + damping, 1e-12)
    by_user, by_item = _pattern(matrix.by_user), _pattern(matrix.by_item)
    user, item = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1])
    for _ in range(_SWEEPS):
        item = (item_sums - _gather(by_item, user, threads)) / item_weight
        before, user = user, (user_sums - _gather(by_user, item, threads)) / user_weight
        if np.max(np.abs(user - before), initial=0.0) <= _PRECISION:
            break
    return Baseline(mean, user.astype(np.float32), item.astype(np.float32))


def _row_sums(matrix: Compressed) -> NDArray[np.float64]:
    offsets, _, values = matrix
    running = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.diff(running[offsets])


def _pattern(matrix: Compressed) -> Compressed:
    return matrix[0], matrix[1], np.ones_like(matrix[2])


def _gather(pattern: Compressed, biases: NDArray[np.float64], threads: int) -> NDArray[np.float64]:
    """Sum of ``biases`` over the entries of each row."""
    return spmm(pattern, biases[:, None], threads)[:, 0]
