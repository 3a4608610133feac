"""Damped biases: what a rating is expected to be from who rates and what is rated, alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.spmm import spmm
from matinee.matrix.fields import array, freeze, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_MOST_STEPS: Final = 500
_PRECISION: Final = 1e-9
"""Of what is left to explain, in stars a rating: small enough that biases have settled to 1e-7."""

_FLAT: Final = 1e-13
"""Directions in which nothing changes: without damping, users may go up and items down by as much."""


@dataclass(frozen=True)
class Baseline:
    """``mean + user[u] + item[i]``: the mean (stars) and two float32 vectors of biases (stars)."""

    mean: float = number()
    user: NDArray[np.float32] = array("m")
    item: NDArray[np.float32] = array("n")

    def __post_init__(self) -> None:
        freeze(self)

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Expected ratings at index pairs, shape ``(n,)``, not clipped."""
        return np.asarray(self.mean + self.user[user].astype(np.float64) + self.item[item])


def damped_baseline(matrix: RatingMatrix, damping: float, threads: int) -> Baseline:
    """The biases that minimise ``Σ (r - mean - b_u - b_i)² + damping (Σ b_u² + Σ b_i²)``.

    Solved to 1e-7 stars: the items' biases follow from the users' (Koren 2008, section 2.1, equation 3), and
    what is left for the users goes to conjugate gradients. ``damping`` ≥ 0 counts in ratings: an item with that
    many has its mean deviation halved. Users and items without ratings have bias 0. The matrix remembers them:
    what a model starts from is also what answers where a side is unknown.
    """
    if damping not in matrix.baselines:
        matrix.baselines[damping] = _solved(matrix, damping, threads)
    return matrix.baselines[damping]


def _solved(matrix: RatingMatrix, damping: float, threads: int) -> Baseline:
    mean = matrix.mean
    user_weight, item_weight = (np.maximum(n + damping, 1e-12) for n in (matrix.user_counts, matrix.item_counts))
    ones = np.ones_like(matrix.by_user.values)
    by_user, by_item = matrix.by_user.with_values(ones), matrix.by_item.with_values(ones)
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
    x, rest = np.zeros_like(right), right.copy()
    direction = step = rest / weight
    size = np.sum(rest * step)
    for _ in range(_MOST_STEPS):
        if np.max(np.abs(step), initial=0.0) <= _PRECISION:
            break
        image = times(direction)
        curvature = np.sum(direction * image)
        if curvature <= _FLAT * np.sum(weight * direction**2):
            break
        along = size / curvature
        x += along * direction
        rest -= along * image
        step = rest / weight
        before, size = size, np.sum(rest * step)
        direction = step + (size / before) * direction
    return x


def _gather(matrix: Compressed, numbers: NDArray[np.float64], threads: int) -> NDArray[np.float64]:
    """``Σ value · number`` over the entries of each row."""
    return spmm(matrix, numbers[:, None], threads)[:, 0]
