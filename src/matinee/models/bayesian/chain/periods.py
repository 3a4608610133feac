"""Periods in a chain: ``+ b_t + c_t · q_i`` for a rating of film i in period t.

timeSVD++ (Koren 2009) as a feature block with a bias and an interaction (Rendle, Zhang and Koren 2019, section 3). The
films' draw has then one column a user and period, p_u + c_t, instead of one a user. The rows c_t are drawn from their
own normal equations here: a rating's precision depends on its user, who is neither row nor column of them, so that the
row kernel, whose precisions are products of row and column, cannot take them. Ratings of one film in one period are
added up first, and there are few periods.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.compress import Compressed
from matinee.kernels.row_products import row_products
from matinee.models.bayesian.chain.columns import Columns
from matinee.models.bayesian.chain.residual import unexplained
from matinee.models.bayesian.periods import home_periods, period_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.side import SampledSide

_START: Final = 100.0
PRIOR_RATE: Final = 0.01
"""Precisions, in units, that a chain starts from, and the rate of their Gamma prior."""


class PeriodDraws:
    """Periods being drawn, in units.

    Attributes
    ----------
    edges, home : as `Periods` has them.
    period : of each rating, in the order of users, int64, shape ``(ratings,)``.
    factors, bias : c and b, float32, shapes ``(T, rank)`` and ``(T,)``.
    precision : of each factor and of the bias, float64, shape ``(rank + 1,)``.

    """

    STATE: ClassVar[tuple[str, ...]] = ("factors", "bias", "precision")

    def __init__(self, matrix: RatingMatrix, time: NDArray[np.int64], count: int, rank: int) -> None:
        """At most ``count`` periods. ``time``: of the ratings, in the order of ``matrix.by_user``."""
        self.edges = period_edges(time, count)
        count = len(self.edges) + 1
        self.period = np.searchsorted(self.edges, time, side="right")
        owner = matrix.users_of_ratings()
        self.home = home_periods(owner, self.period, matrix.shape[0], count)
        pair, column = np.unique(owner * count + self.period, return_inverse=True)
        self._pair_user, self._pair_period = np.divmod(pair, count)
        self._column = column.astype(np.int32)[matrix.across()]
        self._order = np.argsort(self.period, kind="stable")
        starts = np.searchsorted(self.period[self._order], np.arange(count + 1))
        self._starts, self._item = starts.astype(np.int64), matrix.by_user.indices[self._order]
        self.factors, self.bias = np.zeros((count, rank), np.float32), np.zeros(count, np.float32)
        self.precision = np.full(rank + 1, _START)

    def of_ratings(self, items: SampledSide, threads: int) -> NDArray[np.float32]:
        """The effect of periods on each rating, in the order of users, shape ``(ratings,)``."""
        rows = Compressed(self._starts, self._item, np.zeros(len(self._item), np.float32))
        films = items.factors[:, : self.factors.shape[1]], np.zeros_like(items.bias)
        out = np.empty(len(self._item), np.float32)
        out[self._order] = -unexplained(rows, 0.0, (self.factors, self.bias), films, threads)[0]
        return out

    def at(self, item: NDArray[np.integer], period: NDArray[np.integer], items: SampledSide) -> NDArray[np.float64]:
        """The effect of ``period`` on ratings of ``item``, shape ``(n,)`` each."""
        rows = row_products(self.factors, period, items.factors[:, : self.factors.shape[1]], item)
        return np.asarray(rows + self.bias[period])

    def moved(
        self, user: NDArray[np.integer], item: NDArray[np.integer], period: NDArray[np.integer], items: SampledSide
    ) -> NDArray[np.float64]:
        """The difference between the effects of ``period`` and of their users' home, shape ``(n,)``."""
        return self.at(item, period, items) - self.at(item, self.home[user], items)

    def beside(self, users: Columns) -> Columns:
        """Columns that films are drawn from: one for each user and period in which the user rated."""
        factors = users.factors[self._pair_user]
        factors[:, : self.factors.shape[1]] += self.factors[self._pair_period]
        rows = users.rows._replace(indices=self._column)
        bias = users.bias[self._pair_user] + self.bias[self._pair_period]
        return Columns(rows, factors, bias, users.scale[self._pair_user])

    def draw(
        self,
        residual: NDArray[np.float32],
        precision: NDArray[np.float64],
        items: SampledSide,
        rng: np.random.Generator,
    ) -> None:
        """Draw c and b, then their precisions. ``residual``: ratings less all else, in the order of users.

        ``precision``: of each rating, in that order.
        """
        matrix, side = self.equations(residual, precision, items)
        root = np.linalg.cholesky(matrix)
        half = np.linalg.solve(root, side[:, :, None]) + rng.standard_normal((*side.shape, 1))
        drawn = np.linalg.solve(root.transpose(0, 2, 1), half)[:, :, 0]
        self.factors, self.bias = drawn[:, :-1].astype(np.float32), drawn[:, -1].astype(np.float32)
        shape, rate = 1.0 + len(drawn) / 2.0, PRIOR_RATE + np.square(drawn).sum(0) / 2.0
        self.precision = rng.gamma(shape, 1.0, len(rate)) / rate

    def equations(
        self, residual: NDArray[np.float32], precision: NDArray[np.float64], items: SampledSide
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The posterior precision of each row (c_t, b_t), shape ``(T, k + 1, k + 1)``, and its right-hand side."""
        weight = precision[self._order]
        moment, count = weight * residual[self._order], len(items.bias)
        columns = np.column_stack([items.factors[:, : self.factors.shape[1]].astype(np.float64), np.ones(count)])
        matrix = np.empty((len(self.bias), columns.shape[1], columns.shape[1]))
        side = np.empty((len(self.bias), columns.shape[1]))
        for row, (first, last) in enumerate(pairwise(self._starts)):
            item = self._item[first:last]
            total = np.bincount(item, weight[first:last], count)
            rated = np.flatnonzero(total)
            films = columns[rated]
            matrix[row] = (films * total[rated, None]).T @ films + np.diag(self.precision)
            side[row] = films.T @ np.bincount(item, moment[first:last], count)[rated]
        return matrix, side
