"""One side of a factorisation in a chain: its rows, and the prior that they are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import longest_first, padded
from matinee.kernels.streams import Stream, normals
from matinee.models.bayesian.chain.features import RATED, Weights, draw_precision

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.chain.features import Features

_START: Final = 0.1
"""Standard deviation of the factors that a chain starts from."""

_START_PRECISION: Final = 5.0

_RAREST: Final = 0.1


class SampledSide:
    """Users or items: ``(factors, bias) ~ N(features @ weights + (0, bias mean), 1 / precision)``.

    Attributes
    ----------
    factors : float32, padded, shape ``(rows, stride)``.
    bias : float32, shape ``(rows,)``.
    precision : of each factor and of the bias, float64, shape ``(rank + 1,)``.
    bias_mean : the mean of all biases.
    weights : of each block of features.
    rarest : the number of ratings that the tenth of rows with the fewest have at most.

    """

    STATE: ClassVar[tuple[str, ...]] = ("factors", "bias", "precision", "bias_mean", "weights")

    def __init__(self, rows: Compressed, rank: int, blocks: tuple[Features, ...], seed: int, stream: Stream) -> None:
        count = rows.row_count
        self._order, self._rank = longest_first(rows.offsets), rank
        self.factors = padded(_START * normals(seed, stream, count * rank).reshape(-1, rank))
        self.bias = np.zeros(count, np.float32)
        self.precision, self.bias_mean = np.full(rank + 1, _START_PRECISION), 0.0
        self.rarest = float(np.quantile(rows.lengths, _RAREST, method="nearest"))
        self.weights = tuple(Weights(features, rank + 1) for features in blocks)

    def draw_prior(self, rng: np.random.Generator) -> None:
        """Draw the features' weights, the biases' mean, and the precisions, given the rows."""
        rows = np.column_stack([self.factors[:, : self._rank].astype(np.float64), self.bias])
        rows[:, -1] -= self.bias_mean
        rows -= self._expected()
        for weights in self.weights:
            rows += weights.expected
            weights.draw(rows, self.precision, rng)
            rows -= weights.expected
        rows[:, -1] += self.bias_mean
        total = 1.0 + self.precision[-1] * len(rows)
        self.bias_mean = float(self.precision[-1] * rows[:, -1].sum() / total + rng.standard_normal() / np.sqrt(total))
        rows[:, -1] -= self.bias_mean
        self.precision = draw_precision(np.square(rows).sum(0), len(rows), rng)

    def draw_rows(self, likelihood: Likelihood, key: int, threads: int) -> None:
        """Draw factors and biases given everything else."""
        sample_rows(likelihood, self.prior(), key, self.factors, self.bias, threads, self._order)

    def prior(self) -> Prior:
        """The prior of rows, as the kernel takes it."""
        mean, bias_mean = np.zeros_like(self.factors), np.full(len(self.bias), self.bias_mean)
        expected = self._expected()
        mean[:, : self._rank] = expected[:, :-1]
        bias_mean += expected[:, -1]
        precision = np.zeros(self.factors.shape[1], np.float32)
        precision[: self._rank] = self.precision[:-1]
        return Prior(mean, precision, bias_mean.astype(np.float32), float(self.precision[-1]))

    def pull(self, features: int) -> NDArray[np.float32]:
        """The weight of each row of the other side in the prior of those rated by it: ``(features, rank + 1)``."""
        for weights in self.weights:
            if weights.features.name == RATED:
                return weights.of_features()
        return np.zeros((features, self._rank + 1), np.float32)

    def cold_start(self) -> NDArray[np.float32]:
        """Rows and biases without ratings, shape ``(2 + attributes, rank + 1)``.

        First the row of which nothing is known; then what the usual pattern of who rated what adds, and each attribute.
        """
        adds = sum((weights.features.unrated @ weights.values for weights in self.weights), start=self._nothing(1))
        first = self._nothing(1)
        first[0, -1] = self.bias_mean
        return np.concatenate([first, adds]).astype(np.float32)

    def gains(self, other: SampledSide, pull: NDArray[np.float32], usual: NDArray[np.float32]) -> NDArray[np.float64]:
        """The gain of a new row by a rating of each row of ``other``, in units, shape ``(other rows,)``.

        It is taken to have as many ratings as the ``rarest`` rows: this one, and others as they are usual. ``pull``:
        as `pull` gives it; ``usual``: the second of `cold_start`.
        """
        weights = pull / np.sqrt(self.rarest) + usual * (1.0 - 1.0 / self.rarest)
        return np.asarray(np.einsum("nk,nk->n", other.factors[:, : self._rank], weights[:, :-1]) + weights[:, -1])

    def _nothing(self, rows: int) -> NDArray[np.float64]:
        return np.zeros((rows, self._rank + 1))

    def _expected(self) -> NDArray[np.float64]:
        """The prior means that all blocks together give, shape ``(rows, rank + 1)``."""
        return sum((weights.expected for weights in self.weights), start=self._nothing(len(self.bias)))
