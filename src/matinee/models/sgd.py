"""Biased matrix factorisation by stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.kernels.blocks import Blocks
from matinee.kernels.sgd import Pace, Rows, sgd_epoch
from matinee.kernels.solve_rows import Ridge
from matinee.kernels.streams import Stream, words
from matinee.models.common.new_rows import ridge_rows
from matinee.predicting.factors import LinearFactors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows
    from matinee.fitting.options import RunOptions
    from matinee.kernels.blocks import Groups
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_LENGTH: Final = 0.05
"""Length of the rows that a fit starts from: the shorter, the more the strongest patterns come before the noise."""

_FADING: Final = 0.3
"""Rate at which steps become smaller from epoch to epoch."""

_BUSY: Final = 1_000.0
"""Ratings of a row whose steps are √2 times smaller than those of a row with hardly any."""

_BIAS_PACE: Final = 0.3
"""Steps of biases, relative to those of factors."""

_BIAS_SHARE: Final = 0.1
"""Penalty of biases, relative to that of factors."""

_ROUNDING: Final = 1e-12
"""Share of the mean square that a variance must exceed to be more than rounding."""


@dataclass(frozen=True)
class SGD(IterativeModel):
    """Matrix factorisation with biases, learnt rating by rating from the known cells alone.

    Minimises ``Σ (r - mean - b_u - b_i - p·q)² + λ (|p|² + σ² |q|²) + λ/10 (b_u² + b_i²)`` over the known cells,
    σ² being the variance of the ratings: so it does not matter in what unit they are (Funk 2006; Koren, Bell and
    Volinsky 2009). A step of epoch t for a row with n ratings is ``η / (1 + 0.3 (t - 1)) / √(1 + n / 1000)`` long.
    The objective in the trace takes each error as it was before its step.

    Memory: 24 bytes a rating, and ``8 stride`` a user and a film, ``stride`` being the rank rounded up to 16.
    """

    name: ClassVar[str] = "sgd"
    when: ClassVar[str] = "good predictions of ratings in the shortest time, on any size of data"
    summary: ClassVar[str] = (
        "This model adds to the mean a bias and a few factors of taste of the user and of the film. It finds them "
        "rating by rating: each error moves the numbers of its user and its film a small step. Only the known cells "
        "count."
    )
    counts: ClassVar[str] = "epochs"

    rank: int = parameter(64, "factors of a user and of a film", low=1, high=2_000)
    regularization: float = parameter(0.04, "penalty of the factors, for each rating", low=0.0, high=1e3)
    learning_rate: float = parameter(0.08, "length of the first steps", low=1e-6, high=1.0)
    epochs: int = parameter(40, "epochs at most", low=1, high=100_000)
    patience: int = parameter(2, "epochs without gain before it stops; 0: never", low=0, high=1_000)

    def start(self, matrix: RatingMatrix, options: RunOptions) -> DescendingFit:
        """No biases, and short random factors."""
        return DescendingFit(self, matrix, options)

    def fold_rows(self, factors: LinearFactors, rows: Compressed, threads: int) -> FoldedRows:
        """The row that minimises the objective, which descent only comes near to."""
        ridge = Ridge(per_entry=self.regularization, bias_per_entry=_BIAS_SHARE * self.regularization)
        return ridge_rows(factors, rows, ridge, threads)

    def pace(self, epoch: int) -> Pace:
        """The lengths of steps and penalties of an epoch, counted from 0."""
        rate = self.learning_rate / (1 + _FADING * epoch)
        return Pace(rate, _BIAS_PACE, self.regularization, _BIAS_SHARE * self.regularization)


class DescendingFit:
    """A fit in progress, of ratings brought to mean 0 and variance 1."""

    def __init__(self, config: SGD, matrix: RatingMatrix, options: RunOptions) -> None:
        self._config = config
        self._threads = options.workers
        self._epoch = 0
        self._mean = matrix.mean
        self._spread = _spread(matrix.by_user.values, matrix.mean)
        scale = 1.0 / self._spread if self._spread else 0.0
        self._blocks = Blocks.cut(matrix.by_user, matrix.shape[1], self._mean, scale, options.workers)
        self._users = _scattered(self._blocks.users, config.rank, options.seed, Stream.SGD_USERS, options.workers)
        self._items = _scattered(self._blocks.items, config.rank, options.seed, Stream.SGD_ITEMS, options.workers)

    def sweep(self) -> float:
        """One epoch; the objective, in squared stars."""
        pace = self._config.pace(self._epoch)
        self._epoch += 1
        return self._spread**2 * sgd_epoch(self._blocks, self._users, self._items, pace, self._threads)

    def scorer(self) -> LinearFactors:
        """In stars, by the order of the matrix, without the padding."""
        bias, factors = self._in_order(self._blocks.users, self._users)
        item_bias, item_factors = self._in_order(self._blocks.items, self._items)
        factors *= np.float32(self._spread)
        return LinearFactors(self._mean, bias, item_bias, factors, item_factors)

    def _in_order(self, groups: Groups, rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        bias = np.empty(len(rows.sides), np.float32)
        factors = np.empty((len(bias), self._config.rank), np.float32)
        bias[groups.order] = rows.sides[:, 0] * np.float32(self._spread)
        factors[groups.order] = rows.factors[:, : self._config.rank]
        return bias, factors


def _spread(values: NDArray[np.float32], mean: float) -> float:
    """Standard deviation of the ratings; 0 where they differ by rounding alone."""
    square = float(np.einsum("n,n->", values, values, dtype=np.float64)) / len(values)
    variance = square - mean * mean
    return float(np.sqrt(variance)) if variance > _ROUNDING * square else 0.0


def _scattered(groups: Groups, rank: int, seed: int, stream: Stream, threads: int) -> Rows:
    """Short random factors and no biases; the more ratings a row has, the shorter its steps."""
    factors = groups.scattered(int(words(seed, stream)), rank, _LENGTH, threads)
    step = 1.0 / np.sqrt(1.0 + groups.counts / _BUSY)
    return Rows(factors, np.stack([np.zeros(len(step)), step], axis=1).astype(np.float32))
