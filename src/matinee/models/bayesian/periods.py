"""What the time of a rating says of it whoever gave it: films that were liked more, or by others, in some period.

``+ b_t + c_t · q_i`` for a rating of film i in period t: the day of timeSVD++ (Koren 2009, section 3) as a feature of
the rating, with a bias and an interaction with the film (Rendle, Zhang and Koren 2019, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from matinee.predicting.products import products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.predicting.factors import Factors


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

    edges: NDArray[np.int64]
    factors: NDArray[np.float32]
    bias: NDArray[np.float32]
    home: NDArray[np.int32]

    def __post_init__(self) -> None:
        for numbers in (self.edges, self.factors, self.bias, self.home):
            numbers.flags.writeable = False

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
        home = self.home[user]
        now, before = (products(self.factors, when, item_factors, item) + self.bias[when] for when in (period, home))
        return np.asarray(now - before)


def in_periods(
    factors: Factors, periods: Periods, rows: Compressed, time: NDArray[np.int64] | None, by_item: Iterable[str]
) -> tuple[Periods, Factors, Compressed]:
    """The homes of new people, and ``factors`` and their ``rows`` over films in a period each.

    What a period adds to a film is in the film's bias there, so that ratings stay the stars that were given.
    ``time``: of each entry of ``rows``; without, all are taken to be of the last period. ``by_item``: see
    `Factors.over_items`.
    """
    count = len(periods.bias)
    period = np.full(len(rows.indices), count - 1, np.int32) if time is None else periods.of(time)
    home = home_periods(rows.row_of_entries(), period, rows.row_count, count)
    pairs, column = np.unique(rows.indices.astype(np.int64) * count + period, return_inverse=True)
    film, when = np.divmod(pairs, count)
    seen = factors.over_items(film, by_item)
    added = products(periods.factors, when, factors.item_factors, film) + periods.bias[when]
    seen = replace(seen, item_bias=seen.item_bias + added.astype(np.float32))
    return replace(periods, home=home), seen, rows._replace(indices=column.astype(np.int32).ravel())


def at_home(factors: Factors, periods: Periods) -> Factors:
    """``factors``, whose users' have no period in them, with ``periods`` and each user's home in the user's own."""
    home = periods.home
    return replace(
        factors,
        user_bias=factors.user_bias + periods.bias[home],
        user_factors=factors.user_factors + periods.factors[home],
        periods=periods,
    )


def period_edges(time: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Where periods end (see `Periods.edges`): at most ``count`` of them, of about as many ratings each.

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
