"""New people's ratings in periods, and factors at home in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.row_products import row_products
from matinee.models.bayesian.periods import home_periods

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.factors import PosteriorFactors
    from matinee.models.bayesian.periods import Periods


def in_periods(
    factors: PosteriorFactors, periods: Periods, rows: Compressed, time: NDArray[np.int64] | None
) -> tuple[Periods, PosteriorFactors, Compressed]:
    """The homes of new people, and ``factors`` and their ``rows`` over films in a period each.

    What a period adds to a film is in the film's bias there, so that ratings stay the stars that were given.
    ``time``: of each entry of ``rows``; without, all are taken to be of the last period.
    """
    count = len(periods.bias)
    period = np.full(len(rows.indices), count - 1, np.int32) if time is None else periods.of(time)
    home = home_periods(rows.row_of_entries(), period, rows.row_count, count)
    pairs, column = np.unique(rows.indices.astype(np.int64) * count + period, return_inverse=True)
    film, when = np.divmod(pairs, count)
    films = factors.over_items(film)
    added = row_products(periods.factors, when, factors.item_factors, film) + periods.bias[when]
    films = replace(films, item_bias=films.item_bias + added.astype(np.float32))
    return replace(periods, home=home), films, rows._replace(indices=column.astype(np.int32).ravel())


def at_home(factors: PosteriorFactors, periods: Periods) -> PosteriorFactors:
    """``factors``, whose users' have no period in them, with ``periods`` and each user's home in the user's own."""
    home = periods.home
    return replace(
        factors,
        user_bias=factors.user_bias + periods.bias[home],
        user_factors=factors.user_factors + periods.factors[home],
        periods=periods,
    )
