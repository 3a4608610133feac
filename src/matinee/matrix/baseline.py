"""Damped biases of users and items, solved together (Koren 2008, section 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.spmm import spmm
from matinee.matrix.biases import Baseline

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_MOST_STEPS: Final = 500
_PRECISION: Final = 1e-9
"""Of a step, in stars: small enough that biases have settled to 1e-7."""

_FLAT: Final = 1e-13
"""Directions in which nothing changes: without damping, users may go up and items down by as much."""


def damped_baseline(matrix: RatingMatrix, damping: float, threads: int) -> Baseline:
    """The biases that minimise ``Σ (r - mean - b_u - b_i)² + damping (Σ b_u² + Σ b_i²)``.

    Solved to 1e-7 stars: the items' biases follow from the users' (Koren 2008, section 2.1, equation 3), which
    conjugate gradients find. ``damping`` ≥ 0 counts in ratings: an item with that many has its mean deviation halved.
    Users and items without ratings have bias 0. The matrix keeps them, for a model starts from the biases that also
    answer where a side is unknown.
    """
    if damping not in matrix.baselines:
        matrix.baselines[damping] = _solved(matrix, damping, threads)
    return matrix.baselines[damping]


def _solved(matrix: RatingMatrix, damping: float, threads: int) -> Baseline:
    mean = matrix.mean
    user_weight, item_weight = (np.maximum(n + damping, 1e-12) for n in (matrix.user_counts, matrix.item_counts))
    ones = np.ones_like(matrix.by_user.values)
    by_user = matrix.by_user.with_values(ones)
    by_item = matrix.by_item.with_values(ones)
    user_sums = _gather(matrix.by_user, np.ones(matrix.shape[1]), threads) - mean * matrix.user_counts
    item_sums = _gather(matrix.by_item, np.ones(matrix.shape[0]), threads) - mean * matrix.item_counts

    def explained(item: NDArray[np.float64]) -> NDArray[np.float64]:
        return _gather(by_user, item / item_weight, threads)

    user = _conjugate_gradients(
        lambda user: user_weight * user - explained(_gather(by_item, user, threads)),
        user_sums - explained(item_sums),
        user_weight,
    )
    item = (item_sums - _gather(by_item, user, threads)) / item_weight
    return Baseline(mean, user.astype(np.float32), item.astype(np.float32))


def _conjugate_gradients(
    times: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    right: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """``x`` with ``times(x) = right``, preconditioned by ``weight`` (Hestenes and Stiefel 1952).

    Products are summed by NumPy and not by BLAS, whose order may depend on its threads.
    """
    x = np.zeros_like(right)
    residual = right.copy()
    direction = step = residual / weight
    size = np.sum(residual * step)
    for _ in range(_MOST_STEPS):
        if np.max(np.abs(step), initial=0.0) <= _PRECISION:
            break
        image = times(direction)
        curvature = np.sum(direction * image)
        if curvature <= _FLAT * np.sum(weight * direction**2):
            break
        along = size / curvature
        x += along * direction
        residual -= along * image
        step = residual / weight
        before = size
        size = np.sum(residual * step)
        direction = step + (size / before) * direction
    return x


def _gather(matrix: Compressed, numbers: NDArray[np.float64], threads: int) -> NDArray[np.float64]:
    """``Σ value · number`` over the entries of each row."""
    return spmm(matrix, numbers[:, None], threads)[:, 0]
