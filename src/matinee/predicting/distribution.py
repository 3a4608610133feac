"""Predictions and their distributions: intervals, deviation, quantiles, and the probability of each star."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.predicting.normal import cumulative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.predicting.calibration import Calibration, Support

MOST_STARS: Final = 21
"""Scales with more distinct ratings than this, or without steps, have no probabilities of single stars."""

_LEAST: Final = 1e-9
"""Stars: a deviation is at least so large, so that it can be divided by."""


@dataclass(frozen=True)
class Predictive:
    """The predictive distributions of n ratings.

    Attributes
    ----------
    centre : predictions in stars, clipped to the scale, float64, shape ``(n,)``.
    model_deviation : the deviation that the model gives each, before calibration, float64 over 0, shape ``(n,)``.
    support : training ratings of both sides of each pair.
    calibration : distribution of held-out ratings about their predictions.
    scale : of the ratings.
    stars : the probability of each star where the model has thresholds between them, shape ``(n, stars)``.

    """

    centre: NDArray[np.float64]
    model_deviation: NDArray[np.float64]
    support: Support
    calibration: Calibration
    scale: Scale
    stars: NDArray[np.float64] | None = None

    @cached_property
    def deviation(self) -> NDArray[np.float64]:
        """Root mean square of truth minus prediction, stars, shape ``(n,)``: at most the width of the scale."""
        return np.clip(self._width * self.calibration.deviation[self._group], _LEAST, self.scale.width)

    def interval(self, coverage: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Limits that leave out ``(1 - coverage) / 2`` on each side, clipped to the scale, shape ``(n,)`` each.

        Raises `ConfigError` for a coverage that is not between 0 and 1, or beyond the levels that were measured.
        """
        if not 0.0 < coverage < 1.0:
            raise ConfigError(f"coverage: found {coverage:g}; allowed is over 0 and under 1, like 0.8")
        out = (1.0 - coverage) / 2.0
        most = 1.0 - 2.0 * float(self.calibration.levels[0])
        if coverage > most + 1e-9:
            raise ConfigError(
                f"coverage: found {coverage:g}; allowed is up to {most:g}: held-out ratings tell nothing beyond"
            )
        limits = self.quantiles((out, 1.0 - out))
        return limits[:, 0], limits[:, 1]

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Values that shares ``levels`` of the truths lie under, stars, clipped to the scale, shape ``(n, levels)``.

        Between the levels that were measured it is interpolated. Raises `ConfigError` for one outside them.
        """
        measured = self.calibration.levels
        for level in levels:
            if not measured[0] - 1e-9 <= level <= measured[-1] + 1e-9:
                raise ConfigError(
                    f"quantile: found {level:g}; allowed is {measured[0]:g} to {measured[-1]:g}: held-out ratings tell "
                    "nothing beyond"
                )
        by_group = np.array([np.interp(levels, measured, limits) for limits in self.calibration.limits])
        return np.asarray(self.scale.clip(self.centre[:, None] + self._width[:, None] * by_group[self._group]))

    def level_of(self, truth: NDArray[np.floating]) -> NDArray[np.float64]:
        """The share of ratings expected under each truth, 0 to 1, shape ``(n,)``: even, if the distributions hold.

        0 and 1 beyond the levels that were measured.
        """
        error = (truth - self.centre) / np.maximum(self._width, _LEAST)
        shares = np.empty(len(truth))
        for group in np.unique(self._group):
            rows = self._group == group
            limits = self.calibration.limits[group]
            shares[rows] = np.interp(error[rows], limits, self.calibration.levels, left=0.0, right=1.0)
        return shares

    def probabilities(self) -> NDArray[np.float64] | None:
        """Of each star of the scale, shape ``(n, stars)``, rows summing to 1: the model's own, or `normal_stars`."""
        return self.stars if self.stars is not None else normal_stars(self.centre, self.deviation, self.scale)

    @cached_property
    def _group(self) -> NDArray[np.intp]:
        return self.support.group

    @cached_property
    def _width(self) -> NDArray[np.float64]:
        return self.calibration.width(self.model_deviation, self.support)


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


def star_values(scale: Scale) -> list[float]:
    """The ratings of a scale of stars, lowest first; none for a scale without, or with too many."""
    count = scale.star_count
    return [] if count is None or count > MOST_STARS else np.linspace(scale.low, scale.high, count).tolist()


def normal_stars(
    centre: NDArray[np.float64], deviation: NDArray[np.float64], scale: Scale
) -> NDArray[np.float64] | None:
    """Probabilities of stars under normals cut half way between stars; ``None`` for a scale without, or with too many.

    The lowest and the highest star take all beyond. Shapes ``(n,)`` to ``(n, stars)``.
    """
    stars = np.array(star_values(scale))
    if not len(stars):
        return None
    cuts = (stars[1:] + stars[:-1]) / 2.0
    away = (cuts - centre[:, None]) / deviation[:, None]
    return between(cumulative(away), cumulative(-away))


def between(under: NDArray[np.float64], over: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares between neighbouring cuts, given those under and over each, shape ``(n, cuts)`` to ``(n, cuts + 1)``.

    The difference is taken on that side of a cut where numbers are small, so that tails keep their digits.
    """
    inner = np.where(over[:, :-1] < 0.5, over[:, :-1] - over[:, 1:], under[:, 1:] - under[:, :-1])
    return np.column_stack([under[:, 0], np.maximum(inner, 0.0), over[:, -1]])
