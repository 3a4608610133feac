"""Thresholds between stars, drawn given what is predicted, with all latent numbers integrated out.

Drawn given the latent numbers, a threshold could move only between the nearest two of them (Albert and Chib 1993): with
a million ratings, hardly at all. Here their likelihood is that of the stars themselves, and a whole vector of them is
proposed from its normal approximation at the mode, and taken or not (Metropolis and Hastings; Cowles 1996 proposes
likewise, one after the other).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.ordered import threshold_slopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.ordered import Ordered, Slopes

_PLACE: Final = 2.0
_WIDTH: Final = 1.0
"""Prior standard deviations: of the lowest threshold, in units, and of the logarithm of each gap between two."""

_FREEDOM: Final = 8.0
"""Degrees of freedom of the proposal: heavier tails than the posterior's, so that a chain does not stay out there."""

_SETTLED: Final = 1e-6
"""Squared length, in standard deviations, of a Newton step that is the last."""

_MOST_STEPS: Final = 30
_FARTHEST: Final = 2.0
"""Newton steps, and how far one goes in a coordinate."""


@dataclass(frozen=True)
class _Point:
    """Coordinates, the log posterior there, its gradient, and its curvature made positive definite."""

    at: NDArray[np.float64]
    value: float
    gradient: NDArray[np.float64]
    curvature: NDArray[np.float64]

    @property
    def step(self) -> NDArray[np.float64]:
        return np.asarray(np.linalg.solve(self.curvature, self.gradient))


class Thresholds:
    """Thresholds c, in units about the mean: ``c_1 ~ N(middle_1, 2²)``, ``log(c_{k+1} - c_k) ~ N(log gap_k, 1)``.

    ``middle`` are the midpoints between the scale's stars, and gaps theirs: a proper prior under which also the
    threshold of a star that nobody gave has its place. ``value``: float64, ascending, shape ``(levels - 1,)``.
    """

    def __init__(self, middle: NDArray[np.float64], level: NDArray[np.uint8]) -> None:
        self._usual = coordinates(middle)
        self._precision = np.full(len(middle), _WIDTH**-2)
        self._precision[0] = _PLACE**-2
        self.value = _of_shares(level, len(middle) + 1)

    def draw(self, given: Ordered, rng: np.random.Generator, threads: int) -> None:
        """Given predictions and their precisions, whatever the latent numbers are. One proposal."""
        now = self._point(coordinates(self.value), given, threads)
        mode = self._mode(now, given, threads)
        root = np.linalg.cholesky(mode.curvature)
        wide = np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM))
        centre = mode.at + mode.step
        proposed = np.asarray(centre + wide * np.linalg.solve(root.T, rng.standard_normal(len(centre))))
        gain = self._point(proposed, given, threads).value - now.value
        gain += _log_density(now.at - centre, root) - _log_density(proposed - centre, root)
        if log(1.0 - rng.random()) < gain:
            self.value = thresholds_at(proposed)

    def _mode(self, start: _Point, given: Ordered, threads: int) -> _Point:
        """Newton's method, its steps halved until they climb."""
        here = start
        for _ in range(_MOST_STEPS):
            step = here.step
            if here.gradient @ step < _SETTLED:
                break
            step *= min(1.0, _FARTHEST / np.abs(step).max())
            there = self._point(here.at + step, given, threads)
            while there.value < here.value and np.abs(step).max() > 1e-9:
                step /= 2.0
                there = self._point(here.at + step, given, threads)
            here = there
        return here

    def _point(self, at: NDArray[np.float64], given: Ordered, threads: int) -> _Point:
        slopes = threshold_slopes(given, thresholds_at(at), threads)
        off = at - self._usual
        gradient, curvature = _in_coordinates(slopes, at)
        value = slopes.value - float(self._precision @ np.square(off)) / 2.0
        return _Point(at, value, gradient - self._precision * off, curvature + np.diag(self._precision))


def coordinates(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lowest threshold and the logarithms of the gaps: any numbers will do, and the order is kept."""
    return np.concatenate([thresholds[:1], np.log(np.diff(thresholds))])


def thresholds_at(at: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `coordinates`."""
    return np.cumsum(np.concatenate([at[:1], np.exp(at[1:])]))


def _in_coordinates(slopes: Slopes, at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gradient and curvature by the chain rule; what would make the curvature indefinite is left out of it."""
    turn = np.tril(np.ones((len(at), len(at)))) * np.concatenate([[1.0], np.exp(at[1:])])
    hessian = np.diag(slopes.diagonal) + np.diag(slopes.beside, 1) + np.diag(slopes.beside, -1)
    gradient = turn.T @ slopes.gradient
    bent = np.maximum(-gradient, 0.0)
    bent[0] = 0.0
    return gradient, turn.T @ hessian @ turn + np.diag(bent)


def _log_density(off: NDArray[np.floating], root: NDArray[np.floating]) -> float:
    """Of the proposal, a multivariate t, up to a constant; ``root``: the lower factor of its precision."""
    squares = float(np.square(root.T @ off).sum())
    return -(_FREEDOM + len(off)) / 2.0 * log(1.0 + squares / _FREEDOM)


def _of_shares(level: NDArray[np.uint8], levels: int) -> NDArray[np.float64]:
    """Where a standard normal number is cut into the shares of the levels, half a rating more of each."""
    shares = np.cumsum(np.bincount(level, minlength=levels) + 0.5) / (len(level) + levels / 2.0)
    return np.array([NormalDist().inv_cdf(float(share)) for share in shares[:-1]])
