"""Effects of the time of a rating, whoever gave it: films that were liked more, or by others, in some period.

``+ b_t + c_t · q_i`` for a rating of film i in period t: the day of timeSVD++ (Koren 2009, section 3) as a feature of
the rating, with a bias and an interaction with the film (Rendle, Zhang and Koren 2019, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.row_products import row_products
from matinee.matrix.fields import array, freeze

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Periods:
    """Factors and biases of T periods, and the period that each user's own factors and bias already have in them.

    Attributes
    ----------
    edges : seconds since 1970, int64, ascending, shape ``(T - 1,)``: period t ends just before ``edges[t]``. The first
        and the last go on for ever: a time outside those of training has the nearest period.
    factors, bias : c and b, float32, shapes ``(T, k)`` and ``(T,)``; b in stars.
    home : int32 from 0 to T - 1, shape ``(m,)``: where a user has most training ratings, the last of several; the last
        of all where the user has none. Without a time, a rating is predicted as of there.

    """

    edges: NDArray[np.int64] = array("p-1", np.int64)
    factors: NDArray[np.float32] = array("pk")
    bias: NDArray[np.float32] = array("p")
    home: NDArray[np.int32] = array("m", np.int32)

    def __post_init__(self) -> None:
        freeze(self)

    def fault(self) -> str | None:
        """Fault of edges or homes; ``None`` where nothing is."""
        if (np.diff(self.edges) <= 0).any():
            return "edges do not ascend"
        if ((self.home < 0) | (self.home >= len(self.bias))).any():
            return f"home is not from 0 to {len(self.bias) - 1}"
        return None

    def of(self, time: NDArray[np.integer]) -> NDArray[np.int32]:
        """The period of each time, seconds since 1970, int32, shape ``(n,)``."""
        return np.searchsorted(self.edges, time, side="right").astype(np.int32)

    def moved(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        period: NDArray[np.integer],
        item_factors: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Stars that pairs get for being of ``period`` rather than of the user's home, shape ``(n,)``."""
        now, before = (
            row_products(self.factors, when, item_factors, item) + self.bias[when] for when in (period, self.home[user])
        )
        return np.asarray(now - before)

    def moved_rows(
        self, user: NDArray[np.integer], rows: NDArray[np.float32], time: NDArray[np.integer]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """``rows`` of users, and stars beside them, as of ``time`` rather than of their homes."""
        period, home = self.of(time), self.home[user]
        bias = self.bias[period].astype(np.float64) - self.bias[home]
        return rows + (self.factors[period] - self.factors[home]), bias


def period_edges(time: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Ends of periods (see `Periods.edges`): at most ``count`` of them, of about as many ratings each.

    Ratings of one second stay together: fewer periods where there are fewer times.
    """
    inner = np.arange(1, count) * len(time) // count
    edges = np.unique(np.sort(time)[inner])
    return np.asarray(edges[edges > time.min()])


def home_periods(owner: NDArray[np.integer], period: NDArray[np.integer], people: int, count: int) -> NDArray[np.int32]:
    """`Periods.home` of ``people`` users, of whom ``owner`` rated in ``period``, shape ``(n,)`` each."""
    pair, ratings = np.unique(owner.astype(np.int64) * count + period, return_counts=True)
    who, when = np.divmod(pair, count)
    home = np.full(people, count - 1, np.int32)
    rising = np.lexsort((when, ratings, who))
    home[who[rising]] = when[rising]  # of a user's periods, the one that comes last in this order stays
    return home
