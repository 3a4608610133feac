"""What a model learns, and what it predicts from that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matinee.errors import NumericalError
from matinee.fitting.stopping import INTERRUPTED
from matinee.predicting.products import products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matinee.data.vocabulary import Vocabulary
    from matinee.models.bayesian.cold_start import Newcomers
    from matinee.models.bayesian.cutpoints import Cutpoints
    from matinee.models.bayesian.periods import Periods
    from matinee.models.bayesian.session_drift import Moods
    from matinee.predicting.distribution import Predictive


@dataclass(frozen=True)
class Factors:
    """What a model learns: ``mean + user_bias + item_bias + P Qᵀ``, in stars, or a preference without unit.

    Attributes
    ----------
    mean : of the ratings; 0 for a preference.
    user_bias, item_bias : float32, shapes ``(m,)`` and ``(n,)``.
    user_factors, item_factors : P and Q, float32, shapes ``(m, k)`` and ``(n, k)``.
    folding : further float32 arrays that folding in a new person needs, by name (see `Model.folding_axes`).
    details : what is particular to the model (singular values, certificate, trace), as plain values.
    user_noise, item_noise : float32 over 0, shapes ``(m,)`` and ``(n,)``: how far ratings of each scatter, 1 being
        usual; ``None`` where the model takes all to be alike.
    user_doubt, item_doubt : float32, 0 or more, shapes ``(m,)`` and ``(n,)``: variance of what is predicted for
        each, in units of the usual noise's; ``None`` where the model does not know.
    moods : what users' ratings of one time have in common, where the model learnt from times.
    newcomers : what users and items without ratings are expected to be, where the model says; rows of those without
        ratings then are what is expected of them, given what is known of them.
    periods : what all ratings of a period have in common, film by film, where the model has such.
    link : thresholds at which predictions are cut into stars, where they are not stars themselves.

    """

    mean: float
    user_bias: NDArray[np.float32]
    item_bias: NDArray[np.float32]
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    folding: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    user_noise: NDArray[np.float32] | None = None
    item_noise: NDArray[np.float32] | None = None
    user_doubt: NDArray[np.float32] | None = None
    item_doubt: NDArray[np.float32] | None = None
    moods: Moods | None = None
    newcomers: Newcomers | None = None
    periods: Periods | None = None
    link: Cutpoints | None = None

    def __post_init__(self) -> None:
        own = (self.user_bias, self.item_bias, self.user_factors, self.item_factors, *self.folding.values())
        optional = (self.user_noise, self.item_noise, self.user_doubt, self.item_doubt)
        for numbers in (*own, *(side for side in optional if side is not None)):
            numbers.flags.writeable = False

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where there are none."""
        return int(self.user_factors.shape[1])

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the fit before its time."""
        return self.details.get("ended") == INTERRUPTED

    def deviation(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """How far ratings of these pairs lie from predictions, 1 being usual, float64 over 0, shape ``(n,)``.

        The root of ``(user noise × item noise)² + user doubt + item doubt``.
        """
        noise = _taken(self.user_noise, user, 1.0) * _taken(self.item_noise, item, 1.0)
        doubt = _taken(self.user_doubt, user, 0.0) + _taken(self.item_doubt, item, 0.0)
        return np.asarray(np.sqrt(np.square(noise) + doubt))

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Ratings (or preferences) at pairs of indices, shape ``(n,)`` each, not clipped."""
        value = self.mean + self.user_bias[user].astype(np.float64) + self.item_bias[item]
        return np.asarray(value + products(self.user_factors, user, self.item_factors, item))

    def over_items(self, items: NDArray[np.integer], by_item: Iterable[str]) -> Self:
        """What folding in needs with ``items`` in place of all, each as often as it is named.

        ``by_item``: those of `folding` that have a row an item.
        """
        few = {name: self.folding[name][items] for name in by_item}
        bias, factors = self.item_bias[items], self.item_factors[items]
        return replace(self, item_bias=bias, item_factors=factors, folding=self.folding | few)

    @property
    def timed(self) -> bool:
        """Whether the time of a rating says something of it."""
        return self.moods is not None or self.periods is not None

    def by_time(
        self, user: NDArray[np.integer], item: NDArray[np.integer], time: NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """What pairs get for being rated at ``time``, seconds since 1970, beside `predict`: shape ``(n,)``."""
        added = np.zeros(len(user)) if self.moods is None else self.moods.at(user, time)
        if self.periods is not None:
            added += self.periods.moved(user, item, self.periods.of(time), self.item_factors)
        return added

    def predict_rows(self, user: NDArray[np.integer]) -> NDArray[np.float32]:
        """What `predict` gives for b users and every item, in float32, shape ``(b, n)``: 4 b n bytes.

        Called within `single_threaded_blas` and for the same users at once, it gives the same bits.
        """
        value = self.user_factors[user] @ self.item_factors.T
        value += self.user_bias[user, None] + np.float32(self.mean)
        value += self.item_bias
        return np.asarray(value)


def _taken(side: NDArray[np.float32] | None, index: NDArray[np.integer], missing: float) -> NDArray[np.float64]:
    return np.full(len(index), missing) if side is None else side[index].astype(np.float64)


def check_finite(model: str, side: Vocabulary, bias: NDArray[np.float32], rows: NDArray[np.float32]) -> None:
    """Raise `NumericalError`, naming the first of ``side``, where a number learnt of it is NaN or infinite."""
    # the sum is as finite as its terms: float32 terms cannot overflow it
    with np.errstate(invalid="ignore"):
        total = np.sum(bias, dtype=np.float64) + np.sum(rows, dtype=np.float64)
    if np.isfinite(total):
        return
    first = int(np.argmin(np.isfinite(bias) & np.isfinite(rows).all(axis=1)))
    raise NumericalError(
        f"{model}: what was learnt of {side.name} {side.ids[first]!r} is not finite; allowed are finite numbers; "
        "try a larger regularization or a smaller learning_rate"
    )


@dataclass(frozen=True)
class Predictions:
    """Predicted ratings of n pairs.

    Attributes
    ----------
    value : stars, not clipped, or preferences, float64, shape ``(n,)``.
    source : index into `matinee.predicting.fitted.SOURCES`, int8, shape ``(n,)``.
    lower, upper : limits of the interval, clipped, float64, shape ``(n,)``; ``None`` without a measured spread.
    own : the deviation that the model itself gives each, in a unit of its own, float64 over 0, shape ``(n,)``; for a
        model with thresholds between stars, of the stars that a pair may get.
    stars : probability of each star by the model's thresholds, float64, shape ``(n, stars)``; ``None`` without such.
    predictive : what each rating may be, beside the interval; ``None`` without a measured spread.

    """

    value: NDArray[np.float64]
    source: NDArray[np.int8]
    lower: NDArray[np.float64] | None
    upper: NDArray[np.float64] | None
    own: NDArray[np.float64]
    stars: NDArray[np.float64] | None = None
    predictive: Predictive | None = None
