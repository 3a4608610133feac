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
    """At most 20,000 ratings, drawn by ``seed``, on which the error of the mean and of compression are measured.

    Predictions are given about the mean and in units, as chains have them.
    """

    def __init__(self, matrix: RatingMatrix, seed: int) -> None:
        size = min(_PROBES, len(matrix))
        offsets, items, values = matrix.by_user
        self._places = np.sort(
            generator(seed, GeneratorStream.BAYESIAN_PROBES).choice(len(matrix), size, replace=False, shuffle=False)
        )
        self._user = np.searchsorted(offsets, self._places, side="right") - 1
        self._item, self._value = items[self._places], values[self._places]

    def of(self, chain: Chain) -> NDArray[np.float64]:
        """Predictions by the present draw of ``chain``."""
        predicted, periods = chain.predict(self._user, self._item), chain.periods
        if periods is not None:
            predicted += periods.moved(self._user, self._item, periods.period[self._places], chain.items)
        return predicted if chain.session_drift is None else predicted + chain.session_drift.of_ratings()[self._places]

    def error(self, chain: Chain, predicted: NDArray[np.float64], link: Cutpoints | None) -> float:
        """RMSE of ``predicted``, in the units of ``chain``, in stars."""
        stars = _in_stars(chain.mean + chain.unit * predicted, link)
        return float(np.sqrt(np.mean(np.square(stars - self._value))))

    def lost(
        self, chain: Chain, predicted: NDArray[np.float64], made: PosteriorFactors, level: NDArray[np.float64] | None
    ) -> float:
        """RMSE of ``made``, with the ``level`` of session drift, from the exact mean ``predicted``, in stars."""
        kept = made.at(self._user, self._item)
        if level is not None and chain.session_drift is not None:
            kept += chain.unit * level.sum(1)[chain.session_drift.places(self._places)]
        if made.periods is not None and chain.periods is not None:
            period = chain.periods.period[self._places]
            kept += made.periods.moved(self._user, self._item, period, made.item_factors)
        exact = chain.mean + chain.unit * predicted
        return float(np.sqrt(np.mean(np.square(_in_stars(kept, made.cutpoints) - _in_stars(exact, made.cutpoints)))))


def _in_stars(predicted: NDArray[np.float64], link: Cutpoints | None) -> NDArray[np.float64]:
    """With thresholds the expected star, at the usual noise."""
    return predicted if link is None else link.expected(predicted, np.ones(len(predicted)))
