"""Predicted ratings, with their intervals and distributions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.predicting.distribution import Predictive


@dataclass(frozen=True)
class Predictions:
    """Predicted ratings of n pairs.

    Attributes
    ----------
    value : stars, not clipped, or preferences, float64, shape ``(n,)``.
    source : index into `matinee.predicting.sources.SOURCES`, int8, shape ``(n,)``.
    deviation : the deviation that the model itself gives each, in a unit of its own, float64 over 0, shape ``(n,)``;
        for a model with thresholds between stars, of the stars that a pair may get.
    probabilities : of each star by the model's thresholds, float64, shape ``(n, stars)``; ``None`` without such.
    lower, upper : limits of the interval, clipped, float64, shape ``(n,)``; ``None`` where it was not calibrated.
    predictive : the distribution of each rating, beside the interval; ``None`` where it was not calibrated.

    """

    value: NDArray[np.float64]
    source: NDArray[np.int8]
    deviation: NDArray[np.float64]
    probabilities: NDArray[np.float64] | None = None
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None
    predictive: Predictive | None = None
