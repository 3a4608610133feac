"""One side of a factorisation that is being sampled: its rows, and what they are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import longest_first, padded
from matinee.kernels.streams import normals
from matinee.models.gibbs.features import Weights, draw_precision

if TYPE_CHECKING:
    from matinee.kernels.compress import Compressed
    from matinee.models.gibbs.features import Features

_START: Final = 0.1
"""Standard deviation of the factors that a chain starts from."""

_START_PRECISION: Final = 5.0


class Side:
    """Users or items: ``(factors, bias) ~ N(features @ weights + (0, bias mean), 1 / precision)``.

    Attributes
    ----------
    factors : float32, padded, shape ``(rows, stride)``.
    bias : float32, shape ``(rows,)``.
    precision : of each factor and of the bias, float64, shape ``(rank + 1,)``.
    bias_mean : what all biases share.
    weights : of the features, or ``None``.

    """

    STATE: ClassVar[tuple[str, ...]] = ("factors", "bias", "precision", "bias_mean", "weights")

    def __init__(self, rows: Compressed, rank: int, features: Features | None, seed: int, stream: int) -> None:
        count = len(rows[0]) - 1
        self._order, self._rank = longest_first(rows[0]), rank
        self.factors = padded(_START * normals(seed, stream, count * rank).reshape(-1, rank))
        self.bias = np.zeros(count, np.float32)
        self.precision, self.bias_mean = np.full(rank + 1, _START_PRECISION), 0.0
        self.weights = None if features is None else Weights(features, rank + 1)

    def draw_prior(self, rng: np.random.Generator) -> None:
        """Draw the features' weights, the biases' mean, and the precisions, given the rows."""
        rows = np.column_stack([self.factors[:, : self._rank].astype(np.float64), self.bias])
        rows[:, -1] -= self.bias_mean
        if self.weights is not None:
            self.weights.draw(rows, self.precision, rng)
            rows -= self.weights.expected
        rows[:, -1] += self.bias_mean
        known = 1.0 + self.precision[-1] * len(rows)
        self.bias_mean = float(self.precision[-1] * rows[:, -1].sum() / known + rng.standard_normal() / np.sqrt(known))
        rows[:, -1] -= self.bias_mean
        self.precision = draw_precision(np.square(rows).sum(0), len(rows), rng)

    def draw_rows(self, likelihood: Likelihood, key: int, threads: int) -> None:
        """Draw factors and biases given everything else."""
        sample_rows(likelihood, self.prior(), key, self.factors, self.bias, threads, self._order)

    def prior(self) -> Prior:
        """What rows are expected to be, as the kernel takes it."""
        mean, bias_mean = np.zeros_like(self.factors), np.full(len(self.bias), self.bias_mean)
        if self.weights is not None:
            mean[:, : self._rank] = self.weights.expected[:, :-1]
            bias_mean += self.weights.expected[:, -1]
        precision = np.zeros(self.factors.shape[1], np.float32)
        precision[: self._rank] = self.precision[:-1]
        return Prior(mean, precision, bias_mean.astype(np.float32), float(self.precision[-1]))
