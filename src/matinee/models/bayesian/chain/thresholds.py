"""Thresholds between stars, and how much noise is about, drawn given predictions, all latent numbers integrated out.

Drawn given the latent numbers, a threshold could move only between the nearest two of them (Albert and Chib 1993), and
the noise hardly at all: with a million ratings a chain would stand still. Here their likelihood is that of the stars
themselves, and all of them at once are proposed from its normal approximation at the mode, and taken or not (Metropolis
and Hastings; Cowles 1996 proposes thresholds likewise, one after the other).

Ratings determine thresholds, predictions and noise only in proportion to each other, so something has to stay fixed. It
is the width of a star, as the scale has it, where enough ratings lie in that star, below it and above it. With two
stars, or hardly any ratings but of two, no width is determined: noise and biases would grow without end beside it.
There a single threshold stays, in the middle of the ratings, and the noise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from statistics import NormalDist
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.ordered import threshold_slopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.ordered import Ordered

_FREEDOM: Final = 8.0
"""Degrees of freedom of the proposal: heavier tails than the posterior's, so that a chain does not stay out there."""

_SETTLED: Final = 1e-6
"""Squared length, in standard deviations, of a Newton step that is the last."""

_MOST_STEPS: Final = 30
_FARTHEST: Final = 2.0
"""Newton steps, and how far one goes in a coordinate."""

_FLATTEST: Final = 0.1
"""Least curvature in any direction; the prior's is 1."""

_ENOUGH: Final = 0.25
"""Share of an even share of the ratings that a star, those below and those above it need to determine its width."""


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
    """Thresholds c, in units about the mean, with ``log(c_{k+1} - c_k) ~ N(log gap_k, 1)``, gaps of ``middle``.

    ``middle`` are the midpoints between the scale's stars: a proper prior under which also the threshold of a star that
    no rating has is determined. The precision of all noise has the prior Gamma(1, 1), as where ratings are normal, or
    stays fixed.

    Attributes
    ----------
    value : float64, ascending, shape ``(levels - 1,)``.
    noise_drawn : True if the noise is drawn too.
    centre, spread : of the normal distribution that ``value`` cuts into the shares of the stars, at the start.

    """

    STATE: ClassVar[tuple[str, ...]] = ("value",)

    def __init__(self, middle: NDArray[np.float64], level: NDArray[np.uint8]) -> None:
        self._middle, counts = middle, np.bincount(level, minlength=len(middle) + 1)
        fixed, cuts = _widest_known_star(counts), _of_shares(counts)
        self._free = np.array([gap for gap in range(len(middle) - 1) if gap != fixed], dtype=np.intp)
        self.noise_drawn = fixed is not None
        self._stays = int(np.argmin(np.abs(cuts))) if fixed is None else fixed
        self.spread = 1.0 if fixed is None else float(np.diff(middle)[fixed] / np.diff(cuts)[fixed])
        self._place = float(cuts[self._stays] if fixed is None else middle[fixed])
        self.centre = float(self._place - self.spread * cuts[self._stays])
        self.value = self.centre + self.spread * cuts

    def draw(self, ordered: Ordered, rng: np.random.Generator, threads: int) -> Ordered:
        """Draw given predictions and relative precisions, with latent numbers integrated out: one proposal.

        ``ordered.scale`` is the noise so far, which is drawn too unless it stays: returns ``ordered`` with it.
        """
        at = np.log(np.append(np.diff(self.value)[self._free], [ordered.scale] * self.noise_drawn))
        if not len(at):
            return ordered
        now = self._point(at, ordered, threads)
        mode = self._mode(now, ordered, threads)
        root = np.linalg.cholesky(mode.curvature)
        wide = np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM))
        centre = mode.at + mode.step
        proposed = np.asarray(centre + wide * np.linalg.solve(root.T, rng.standard_normal(len(centre))))
        gain = self._point(proposed, ordered, threads).value - now.value
        gain += _log_density(now.at - centre, root) - _log_density(proposed - centre, root)
        if log(1.0 - rng.random()) >= gain:
            return ordered
        gaps, scale = self._split(proposed, ordered)
        self.value = self.at(gaps)
        return replace(ordered, scale=scale)

    def at(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Thresholds with these logarithms of the gaps that are free, shape as `usual`."""
        sums = np.concatenate([[0.0], np.cumsum(self._gaps(gaps))])
        return np.asarray(self._place + sums - sums[self._stays])

    @property
    def usual(self) -> NDArray[np.float64]:
        """The logarithms of the gaps that are free, as they are expected to be before any rating is looked at."""
        return np.asarray(np.log(np.diff(self._middle))[self._free])

    def _gaps(self, free: NDArray[np.float64]) -> NDArray[np.float64]:
        gaps = np.diff(self._middle)
        gaps[self._free] = np.exp(free)
        return gaps

    def _mode(self, start: _Point, ordered: Ordered, threads: int) -> _Point:
        """Newton's method, its steps halved until they climb."""
        here = start
        for _ in range(_MOST_STEPS):
            step = here.step
            if here.gradient @ step < _SETTLED:
                break
            step *= min(1.0, _FARTHEST / np.abs(step).max())
            there = self._point(here.at + step, ordered, threads)
            while there.value < here.value and np.abs(step).max() > 1e-9:
                step /= 2.0
                there = self._point(here.at + step, ordered, threads)
            here = there
        return here

    def _split(self, at: NDArray[np.float64], ordered: Ordered) -> tuple[NDArray[np.float64], float]:
        """The logarithms of the gaps, and the scale: the last coordinate's, or the one that stays."""
        count = len(self._free)
        return at[:count], float(np.exp(at[count])) if self.noise_drawn else ordered.scale

    def _point(self, at: NDArray[np.float64], ordered: Ordered, threads: int) -> _Point:
        gaps, scale = self._split(at, ordered)
        slopes = threshold_slopes(replace(ordered, scale=scale), self.at(gaps), threads)
        turn = self._turn(gaps)
        gradient, curvature = turn.T @ slopes.gradient, turn.T @ slopes.curvature @ turn
        count, off = len(gaps), gaps - self.usual
        curvature[np.diag_indices(count)] += 1.0 - gradient[:count]  # exp is its own second derivative
        gradient[:count] -= off
        value = slopes.value - float(off @ off) / 2.0
        if self.noise_drawn:
            gradient[count] -= 2.0 * scale**2 - 2.0
            curvature[count, count] += 4.0 * scale**2
            value += 2.0 * log(scale) - scale**2
        return _Point(at, value, gradient, _definite(curvature))

    def _turn(self, gaps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivatives of thresholds and log scale, rows, in the coordinates, columns."""
        count, number = len(self._middle), np.arange(len(self._middle) - 1)
        under = (number < np.arange(count)[:, None]).astype(np.float64) - (number < self._stays)
        turn = np.zeros((count + 1, len(gaps) + self.noise_drawn))
        turn[:-1, : len(gaps)] = (under * self._gaps(gaps))[:, self._free]
        turn[-1, len(gaps) :] = 1.0
        return turn


def _definite(curvature: NDArray[np.float64]) -> NDArray[np.float64]:
    """``curvature`` with its eigenvalues made positive, and at least `_FLATTEST`."""
    values, axes = np.linalg.eigh(curvature)
    return np.asarray((axes * np.maximum(np.abs(values), _FLATTEST)) @ axes.T)


def _log_density(off: NDArray[np.floating], root: NDArray[np.floating]) -> float:
    """The log density of the proposal, a multivariate t, up to a constant; ``root``: lower factor of its precision."""
    squares = float(np.square(root.T @ off).sum())
    return -(_FREEDOM + len(off)) / 2.0 * log(1.0 + squares / _FREEDOM)


def _widest_known_star(counts: NDArray[np.integer]) -> int | None:
    """The inner star, counted from 0, with most ratings in, below and above it; ``None`` where even its are few."""
    under = np.cumsum(counts)
    fewest = np.minimum(counts[1:-1], np.minimum(under[:-2], under[-1] - under[1:-1]))
    enough = _ENOUGH * under[-1] / len(counts)
    return int(np.argmax(fewest)) if len(fewest) and fewest.max() >= enough else None


def _of_shares(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Cuts of a standard normal number into the shares of the levels, half a rating more of each."""
    shares = np.cumsum(counts + 0.5) / (counts.sum() + len(counts) / 2.0)
    return np.array([NormalDist().inv_cdf(float(share)) for share in shares[:-1]])
