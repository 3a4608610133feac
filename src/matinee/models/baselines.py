"""The two baselines: the mean of all ratings, and the damped biases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.model import BASELINE_DAMPING, Learnt, LinearModel
from matinee.matrix.baseline import damped_baseline
from matinee.predicting.factors import LinearFactors
from matinee.predicting.fold_in import damped_bias
from matinee.predicting.report import FitReport

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows, Training
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed


def without_factors(mean: float, user: NDArray[np.float32], item: NDArray[np.float32]) -> Learnt:
    """Factors of rank 0: a mean and biases alone."""
    factors = (np.zeros((len(side), 0), np.float32) for side in (user, item))
    return Learnt(LinearFactors(mean, user, item, *factors), FitReport())


@dataclass(frozen=True)
class Mean(LinearModel):
    """Predicts the mean of the training ratings for everybody and everything."""

    name: ClassVar[str] = "mean"
    when: ClassVar[str] = "the floor that anything must beat"
    summary: ClassVar[str] = (
        "This model learns one number, the mean of all training ratings, and predicts it everywhere."
    )

    def learn(self, training: Training, options: RunOptions) -> Learnt:  # noqa: ARG002
        """The mean, and biases of zero."""
        users, items = training.matrix.shape
        return without_factors(training.matrix.mean, np.zeros(users, np.float32), np.zeros(items, np.float32))

    def fold_rows(self, factors: LinearFactors, rows: Compressed, threads: int) -> FoldedRows:  # noqa: ARG002
        """Biases of zero, and no factors."""
        people = rows.row_count
        return np.zeros(people, np.float32), np.zeros((people, 0), np.float32)


@dataclass(frozen=True)
class Bias(LinearModel):
    """Predicts mean + damped user bias + damped film bias."""

    name: ClassVar[str] = "bias"
    when: ClassVar[str] = "the honest baseline: who rates and what is rated, and nothing of taste"
    summary: ClassVar[str] = (
        "This model adds to the mean of all ratings how generous the user is and how well liked the film is."
    )

    damping: float = parameter(BASELINE_DAMPING, "ratings that pull a bias half-way back to zero", low=0.0, high=1e9)

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """The damped biases, by `damped_baseline`."""
        baseline = damped_baseline(training.matrix, self.damping, options.workers)
        return without_factors(baseline.mean, baseline.user, baseline.item)

    def fold_rows(self, factors: LinearFactors, rows: Compressed, threads: int) -> FoldedRows:
        """The damped bias of each row, the films' biases as they are."""
        bias = damped_bias(rows, factors.mean, factors.item_bias, self.damping, threads)
        return bias, np.zeros((len(bias), 0), np.float32)
