"""Training ratings on which predictions are summed exactly, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.streams import GeneratorStream, generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.chain import Chain
    from matinee.models.bayesian.cutpoints import Cutpoints
    from matinee.models.bayesian.factors import PosteriorFactors

_PROBES: Final = 20_000


class Probes:
    """At most 20,000 ratings, drawn by ``seed``: there the error of the mean is followed, and what compression changes.

    Predictions are given about the mean and in units, as chains have them.
    """

    def __init__(self, matrix: RatingMatrix, seed: int) -> None:
        size = min(_PROBES, len(matrix))
        offsets, items, values = matrix.by_user
        self._taken = np.sort(
            generator(seed, GeneratorStream.BAYESIAN_PROBES).choice(len(matrix), size, replace=False, shuffle=False)
        )
        self._user = np.searchsorted(offsets, self._taken, side="right") - 1
        self._item, self._value = items[self._taken], values[self._taken]

    def of(self, chain: Chain) -> NDArray[np.float64]:
        """What the present draw of ``chain`` gives them."""
        predicted, periods = chain.predict(self._user, self._item), chain.periods
        if periods is not None:
            predicted += periods.moved(self._user, self._item, periods.period[self._taken], chain.items)
        return predicted if chain.moods is None else predicted + chain.moods.of_ratings()[self._taken]

    def error(self, chain: Chain, predicted: NDArray[np.float64], link: Cutpoints | None) -> float:
        """RMSE of what is ``predicted`` in the units of ``chain``, in stars."""
        stars = _in_stars(chain.mean + chain.unit * predicted, link)
        return float(np.sqrt(np.mean(np.square(stars - self._value))))

    def lost(
        self, chain: Chain, predicted: NDArray[np.float64], made: PosteriorFactors, level: NDArray[np.float64] | None
    ) -> float:
        """How far ``made``, with the moods' ``level``, lies from the exact mean, ``predicted``: RMSE in stars."""
        kept = made.at(self._user, self._item)
        if level is not None and chain.moods is not None:
            kept += chain.unit * level.sum(1)[chain.moods.places(self._taken)]
        if made.periods is not None and chain.periods is not None:
            period = chain.periods.period[self._taken]
            kept += made.periods.moved(self._user, self._item, period, made.item_factors)
        exact = chain.mean + chain.unit * predicted
        return float(np.sqrt(np.mean(np.square(_in_stars(kept, made.cutpoints) - _in_stars(exact, made.cutpoints)))))


def _in_stars(predicted: NDArray[np.float64], link: Cutpoints | None) -> NDArray[np.float64]:
    """Behind thresholds the mean star, at the usual noise."""
    return predicted if link is None else link.expected(predicted, np.ones(len(predicted)))
