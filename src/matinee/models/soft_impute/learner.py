"""SoftImpute by alternating ridge regressions, one value of λ after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.sddmm import sddmm_residual, sddmm_squares
from matinee.kernels.spmm import spmm
from matinee.matrix.baseline import damped_baseline
from matinee.models.soft_impute.balance import balance
from matinee.models.soft_impute.factors import PathFactors
from matinee.models.soft_impute.problem import Panels, Path
from matinee.models.svd.solve import truncated_svd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_START_TOLERANCE: Final = 1e-3
_SMALLEST: Final = 1e-6
"""Of λ, where the biases leave nothing: far under any rating."""

_REVIVED: Final = 0.1
"""Share of a new λ that every singular value is lifted to, so that directions it lets in need not grow from nothing."""


class SoftImputation:
    """A fit in progress: ``mean + biases + U D Vᵀ``, along ``path(λ_max)``.

    λ_max is the largest singular value of what the damped biases leave: from there on M = 0 is the solution.
    """

    def __init__(
        self, matrix: RatingMatrix, rank: int, damping: float, path: Callable[[float], Path], options: RunOptions
    ) -> None:
        self._matrix = matrix
        self._damping = damping
        self._threads = options.workers
        start = damped_baseline(matrix, damping, self._threads)
        self.mean = start.mean
        svd = truncated_svd(
            matrix.residual(start.mean, start.user, start.item),
            min(rank, *matrix.shape),
            tolerance=_START_TOLERANCE,
            seed=options.seed,
            threads=self._threads,
            time_limit=options.time_limit,
        )
        self.path = path(max(float(svd.values[0]), _SMALLEST))
        self.regularization = self.path.at(1)
        self.sweeps = 0
        self.values = np.maximum(svd.values - self.regularization, _REVIVED * self.regularization)
        root = np.sqrt(self.values)
        self.panels = Panels.of(svd.left * root, svd.right * root, start.user, start.item)
        self._rated_users = _rated(matrix.user_counts)
        self._rated_items = _rated(matrix.item_counts)

    def sweep(self) -> float:
        """One regression of every item and of every user, at the next λ; the objective after it."""
        self.sweeps += 1
        self._go_to(self.path.at(self.sweeps))
        panels = self.panels
        with single_threaded_blas():
            self._regress(self._matrix.by_item, panels.item, panels.user, panels.rank + 1, self._rated_users)
            self.values = balance(*panels.factors)
            squares = self._regress(self._matrix.by_user, panels.user, panels.item, panels.rank, self._rated_items)
            self.values = balance(*panels.factors)
        biases = sum(float(np.sum(np.square(bias, dtype=np.float64))) for bias in self.panels.biases)
        return 0.5 * squares + self.regularization * float(self.values.sum()) + 0.5 * self._damping * biases

    def scorer(self) -> PathFactors:
        """``P = U √D`` and ``Q = V √D``, the biases, λ and D."""
        user, item = self.panels.factors
        user_bias, item_bias = self.panels.biases
        return PathFactors(
            self.mean,
            user_bias.copy(),
            item_bias.copy(),
            user.copy(),
            item.copy(),
            singular_values=np.array(self.values, np.float64),
            regularization=self.regularization,
            largest_regularization=self.path.start,
        )

    def _go_to(self, regularization: float) -> None:
        if regularization == self.regularization:
            return
        self.regularization = regularization
        lifted = np.maximum(self.values, _REVIVED * regularization)
        grown = np.sqrt(lifted / np.maximum(self.values, np.finfo(np.float32).tiny)).astype(np.float32)
        for panel in self.panels.factors:
            panel *= grown
        self.values = lifted

    def _regress(
        self, rows: Compressed, panel: NDArray[np.float32], other: NDArray[np.float32], bias: int, others: int
    ) -> float:
        """Improve each row of ``panel``, whose bias is column ``bias``; the sum of squared residuals after that.

        Each row goes along its ridge regression's gradient, divided by the curvature that it would have with
        ratings spread evenly over the ``others``, and exactly as far as is best: the product at the known cells
        is linear in the step, so the best length costs one such product.
        """
        rank = self.panels.rank
        residuals, squares = sddmm_residual(rows, self.mean, panel, other, self._threads)
        pull = spmm(rows.with_values(residuals), other, self._threads)
        ridge = np.zeros(panel.shape[1], np.float32)
        ridge[:rank] = self.regularization
        ridge[bias] = self._damping
        gradient = pull - ridge * panel
        counts = rows.lengths.astype(np.float32)[:, None]
        step = np.zeros_like(panel)
        curvature = counts * (self.values / others).astype(np.float32) + np.float32(self.regularization)
        np.divide(gradient[:, :rank], curvature, out=step[:, :rank])
        step[:, bias] = gradient[:, bias] / np.maximum(counts[:, 0] + self._damping, 1e-12)
        bent = sddmm_squares(rows, step, other, self._threads)
        whole = bent + _dots(step * ridge, step)
        length = np.divide(_dots(step, gradient), whole, out=np.zeros(len(panel)), where=whole > 0)
        after = squares - 2 * length * _dots(step, pull) + length**2 * bent
        panel += length[:, None].astype(np.float32) * step
        return float(np.sum(np.maximum(after, 0.0)))


def _rated(counts: NDArray[np.int64]) -> int:
    return max(1, int(np.count_nonzero(counts)))


def _dots(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("nk,nk->n", a, b, dtype=np.float64))
