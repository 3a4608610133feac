"""Alternating least squares that knows how uncertain its factors are, and expects them to follow who rated what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.improve_implicit import Pattern, improve_implicit
from matinee.kernels.solve_rows import Regressions, Ridge, longest_first, solve_rows, stride_of
from matinee.kernels.spmm import spmm
from matinee.kernels.streams import Stream, normals
from matinee.matrix.fields import array
from matinee.models.common.alternating import without_padding
from matinee.predicting.factors import LinearFactors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_START: Final = 0.3
"""Standard deviation of the users' factors that a fit starts from, in standard deviations of the ratings."""


_STEPS: Final = 2
"""Conjugate gradient steps of the implicit factors a half-sweep: they start where the one before left off."""

_LEAST: Final = 1e-6
"""The noise stays over this share of the variance of the ratings, which stays over this: equal ratings have none."""


class VariationalSide:
    """One side of a fit in progress: factors known up to a variance, around what is expected of them.

    Attributes
    ----------
    factors, variances : float32, padded, shape ``(rows, stride)``.
    bias : float32, shape ``(rows,)``.
    implicit : y, float32, padded, shape ``(columns, stride)``.
    expected : z, what the factors are expected to be from which columns the row has ratings in, as ``factors``.

    """

    def __init__(self, rows: Compressed, columns: Compressed, rank: int, ridge: Ridge, threads: int) -> None:
        """All zeros. ``columns``: the same ratings in compressed columns."""
        stride = stride_of(rank)
        self.rows = rows
        self.rank = rank
        self.ridge = ridge
        self.threads = threads
        self.order = longest_first(rows.offsets)
        self.pattern = Pattern.of(rows, columns, threads)
        self.bias = np.zeros(len(self.order), np.float32)
        self.factors, self.variances, self.expected = (
            np.zeros((len(self.order), stride), np.float32) for _ in range(3)
        )
        self.implicit = np.zeros((columns.row_count, stride), np.float32)

    def learn(self, other: VariationalSide, mean: float, noise: float) -> float:
        """Solve this side with the other frozen; returns the expected squared residuals and this side's penalty."""
        improve_implicit(self.pattern, self.factors, self.implicit, self.expected, _STEPS, self.threads)
        prior = np.float32(self.ridge.constant) * self.expected
        problem = Regressions(self.rows, other.factors, self.rank, self.ridge, mean, other.bias, prior=prior)
        curvature = spmm(self.pattern.rows, other.variances, self.threads)
        loss = solve_rows(problem, self.factors, self.bias, self.threads, self.order, diagonal=curvature)
        np.divide(np.float32(noise), curvature[:, : self.rank], out=self.variances[:, : self.rank])
        constant = self.ridge.constant * (_squares(self.expected) + _squares(self.implicit))
        return float(np.sum(loss)) + constant + noise * self.unknowns

    def penalty(self) -> float:
        """The penalty of factors away from their expectation, and of biases and implicit factors away from 0."""
        away = _squares(self.factors - self.expected) + float(np.sum(self.variances, dtype=np.float64))
        return self.ridge.constant * (away + _squares(self.implicit)) + self.ridge.bias * _squares(self.bias)

    def narrowness(self, noise: float) -> float:
        """``-Σ (1 + log(variance / prior variance))`` over all factors."""
        shares = self.variances[:, : self.rank] * np.float32(self.ridge.constant / noise)
        return -float(np.sum(np.log(shares), dtype=np.float64)) - self.unknowns

    @property
    def unknowns(self) -> int:
        """The number of factors."""
        return len(self.order) * self.rank


@dataclass(frozen=True)
class VariationalFactors(LinearFactors):
    """Factors with the items' implicit factors y_j and variances, ``(n, k)`` each, which folding in needs."""

    implicit_factors: NDArray[np.float32] = array("nk")
    item_variances: NDArray[np.float32] = array("nk")


class VariationalFit:
    """A fit in progress: a sweep solves the items, then the users, who are so at their best when it ends.

    The posterior is approximated by independent normals for all factors (Lim and Teh 2007), biases and implicit
    factors by points, and the noise, ``noise`` in squared stars, by the best point.
    """

    def __init__(self, matrix: RatingMatrix, rank: int, ridge: Ridge, seed: int, threads: int) -> None:
        """``ridge``: of the users; that of the items' factors is as strong in units of the ratings' variance."""
        self._mean = matrix.mean
        self._size = len(matrix)
        self._rank = rank
        self.noise = max(float(np.var(matrix.by_user.values, dtype=np.float64)), _LEAST)
        self._least = _LEAST * self.noise
        of_items = Ridge(ridge.constant * self.noise, bias=ridge.bias)
        self.users = VariationalSide(matrix.by_user, matrix.by_item, rank, ridge, threads)
        self.items = VariationalSide(matrix.by_item, matrix.by_user, rank, of_items, threads)
        drawn = normals(seed, Stream.VARIATIONAL_START, matrix.shape[0] * rank).reshape(-1, rank)
        self.users.factors[:, :rank] = _START * math.sqrt(self.noise) * drawn

    def sweep(self) -> float:
        """Items, users, noise; the free energy a rating, in nats: the bound on minus the log evidence."""
        before = self.noise
        self.items.learn(self.users, self._mean, before)
        squares = self.users.learn(self.items, self._mean, before) + self.items.penalty()
        narrow = self.users.narrowness(before) + self.items.narrowness(before)
        unknowns = self.users.unknowns + self.items.unknowns
        self.noise = max(squares / (self._size + unknowns), self._least)
        narrow += unknowns * math.log(self.noise / before)
        energy = self._size * math.log(2 * math.pi * self.noise) + squares / self.noise + narrow
        return energy / (2 * self._size)

    def scorer(self) -> VariationalFactors:
        """A copy without the padding."""
        k = self._rank
        linear = without_padding(self._mean, self.users, self.items, k)
        return VariationalFactors(*linear, self.users.implicit[:, :k].copy(), self.items.variances[:, :k].copy())


def _squares(numbers: NDArray[np.float32]) -> float:
    return float(np.sum(numbers * numbers, dtype=np.float64))
