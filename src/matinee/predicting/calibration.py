"""Calibration of how far truths lie from predictions: measured on held-out training ratings, by how much is known.

Split conformal prediction (Vovk, Gammerman and Shafer 2005, section 4.2; Lei et al. 2018): the limits are
quantiles of the errors on ratings that the fit did not see, taken within groups of equal support. Before that errors
are divided by what the model says of each pair (`Scores.deviation`) and by a trend in how much is known of its user
and of its film: few ratings are of rare films, and a trend learns of them from the less rare ones.

A deviation below `Calibration.least` counts as that, and the trend is no steeper than errors are apart: few pairs must
not decide over all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.matrix.fields import array, number

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUPPORT_EDGES: Final = (0, 1, 2, 4, 8, 16, 32, 64, 128)
"""Lowest support of each group: ratings of the user or of the item, whichever has fewer."""

LEVELS: Final = (0.005, 0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99, 0.995)
"""Shares of truths under the limits that are measured."""

_FEWEST: Final = 200
"""A group with fewer held-out ratings takes in its neighbours until there are so many."""

_LEAST_SHARE: Final = 0.2
"""Of the usual error: what the smallest deviation that counts says at least."""

_ROUNDS: Final = 25
_PULL: Final = 4.0
"""Rounds of Fisher scoring for the trend, and the precision of its prior about 0."""


def support_group(user_count: NDArray[np.integer], item_count: NDArray[np.integer]) -> NDArray[np.intp]:
    """The group of each pair, 0 to ``len(SUPPORT_EDGES) - 1``, from the training ratings of both."""
    fewer = np.minimum(user_count, item_count)
    return np.asarray(np.searchsorted(SUPPORT_EDGES, fewer, side="right") - 1)


@dataclass(frozen=True)
class Support:
    """Numbers of training ratings of the user and of the item of n pairs, int64, shape ``(n,)`` each."""

    user: NDArray[np.integer]
    item: NDArray[np.integer]

    @property
    def group(self) -> NDArray[np.intp]:
        """See `support_group`."""
        return support_group(self.user, self.item)

    @property
    def lack(self) -> NDArray[np.float64]:
        """``1 / (1 + ratings)`` of the user and of the item, shape ``(n, 2)``: 1 where nothing is known."""
        return np.asarray(1.0 / (1.0 + np.column_stack([self.user, self.item]).astype(np.float64)))


@dataclass(frozen=True)
class Calibration:
    """The distribution of truths about predictions, in units of a pair's own deviation, by support group.

    Attributes
    ----------
    coverage : share of truths that the interval shown is made to hold, 0 to 1.
    levels : shares of truths, ascending, float64, shape ``(l,)``.
    limits : values that those shares lie under, float64, shape ``(len(SUPPORT_EDGES), l)``.
    deviation : root mean square, float64, shape ``(len(SUPPORT_EDGES),)``.
    trend : how the logarithm of the deviation grows with `Support.lack`, float64, shape ``(2,)``.
    least : the smallest deviation that counts, 0 or more: a smaller one is taken for it.

    """

    coverage: float = number()
    levels: NDArray[np.float64] = array("l", np.float64)
    limits: NDArray[np.float64] = array("s l", np.float64)
    deviation: NDArray[np.float64] = array("s", np.float64)
    trend: NDArray[np.float64] = array("z", np.float64)
    least: float = number(default=0.0)

    def fault(self) -> str | None:
        """The fault in levels, limits or deviations, in words; ``None`` where there is none."""
        levels = self.levels
        inside = len(levels) > 1 and levels[0] > 0 and levels[-1] < 1 and (np.diff(levels) > 0).all()
        if not 0 < self.coverage < 1:
            return f"the coverage of its intervals is {self.coverage}, not between 0 and 1"
        if len(self.deviation) != len(SUPPORT_EDGES) or len(self.trend) != len(("user", "item")):
            return f"it has {len(self.deviation)} groups of support and a trend of {len(self.trend)} sides"
        if not inside or (np.diff(self.limits) < 0).any() or (self.deviation < 0).any() or self.least < 0:
            return "levels or limits do not ascend, or a deviation is negative"
        return None

    @classmethod
    def measured(
        cls, error: NDArray[np.float64], width: NDArray[np.float64], support: Support, coverage: float
    ) -> Calibration:
        """From held-out errors (truth minus prediction, stars) and the deviation that the model gives each."""
        least = _least(error, width)
        width = np.maximum(width, least)
        trend = np.minimum(_trend(error / width, support.lack), _steepest(error))
        group = support.group
        scaled = error / (width * np.exp(support.lack @ trend))
        counts = np.bincount(group, minlength=len(SUPPORT_EDGES))
        spans = [_span(index, counts) for index in range(len(SUPPORT_EDGES))]
        parts = [scaled[(group >= low) & (group <= high)] for low, high in spans]
        deviation = np.array([np.sqrt(np.mean(np.square(part))) for part in parts])
        return cls(coverage, np.array(LEVELS), np.array([_limits(part) for part in parts]), deviation, trend, least)

    def width(self, deviation: NDArray[np.float64], support: Support) -> NDArray[np.float64]:
        """``deviation`` of pairs with the trend, in which ``limits`` and ``deviation`` of groups are measured."""
        return np.asarray(np.maximum(deviation, self.least) * np.exp(support.lack @ self.trend))


def _least(error: NDArray[np.float64], width: NDArray[np.float64]) -> float:
    """The f at which the root mean square of ``error · min(f / width, 1)`` is a fifth of that of ``error``.

    Calibrated, a deviation of f then says a fifth of the usual error. A model may be far surer of somebody who gives
    one star only; a single slip of such people, over their deviation, would outweigh all other errors.
    """
    order = np.argsort(width, kind="stable")
    width = width[order]
    squares = np.square(error[order])
    up_to = np.cumsum(squares)
    over = np.cumsum((squares / np.square(width))[::-1])[::-1]
    under = up_to - squares
    target = _LEAST_SHARE**2 * up_to[-1]
    if not target:
        return 0.0
    first = int(np.argmax(np.square(width) * over + under >= target))
    return float(np.sqrt(max(target - under[first], 0.0) / over[first]))


def _steepest(error: NDArray[np.float64]) -> float:
    """Upper bound of the trend: a pair without ratings gets at most the largest error as its deviation."""
    usual = float(np.sqrt(np.mean(np.square(error))))
    return log(float(np.abs(error).max()) / usual) if usual else 0.0


def _trend(error: NDArray[np.float64], lack: NDArray[np.float64]) -> NDArray[np.float64]:
    """The trend that maximises the normal likelihood of errors with log deviation ``a + lack · trend``.

    By Fisher scoring, with a prior about 0: the information of the logarithm of a normal deviation is 2 an error. It
    is 0 or more: fewer ratings than any held-out pair has must not make an interval narrower.
    """
    usual = np.mean(np.square(error))
    if not usual:
        return np.zeros(lack.shape[1])
    design = np.column_stack([np.ones(len(error)), lack])
    prior = np.diag([0.0, _PULL, _PULL])
    information = 2.0 * design.T @ design + prior
    coefficients = np.array([0.5 * np.log(usual), 0.0, 0.0])
    for _ in range(_ROUNDS):
        excess = np.square(error * np.exp(-design @ coefficients)) - 1.0
        step = np.linalg.solve(information, design.T @ excess - prior @ coefficients)
        coefficients += step / max(1.0, float(np.abs(step).max()))
        coefficients[1:] = np.maximum(coefficients[1:], 0.0)
    return coefficients[1:]


def _span(index: int, counts: NDArray[np.intp]) -> tuple[int, int]:
    """The first and last group around ``index`` that together have enough, or all: widened on both sides in turn."""
    low = high = index
    last = len(counts) - 1
    while counts[low : high + 1].sum() < _FEWEST and (low, high) != (0, last):
        low, high = (low, high + 1) if high < last and (high - index <= index - low or low == 0) else (low - 1, high)
    return low, high


def _limits(error: NDArray[np.float64]) -> NDArray[np.float64]:
    """Order statistics that leave out each of `LEVELS`, with the finite-sample correction away from the middle."""
    n = len(error)
    levels = np.array(LEVELS)
    under = np.floor((n + 1) * np.minimum(levels, 1.0 - levels) + 1e-9).astype(np.int64)
    place = np.where(levels <= 0.5, under - 1, n - under)
    return np.asarray(np.sort(error)[np.clip(place, 0, n - 1)])
