"""NumPy twin of `matinee.kernels.ordered`: distribution functions in float64, one entry after the other."""

from __future__ import annotations

from itertools import pairwise
from math import erfc, exp, log, pi, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.ordered import Slopes, edges_of
from matinee.kernels.streams import uniform, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matinee.kernels.ordered import Ordered


def draw_latent(entries: Ordered, thresholds: NDArray[np.float64], key: int) -> NDArray[np.float64]:
    """Draws, shape ``(entries,)``; the share that is drawn counts from the end nearer to the mean."""
    shares = uniform(words(key, np.arange(len(entries.level))))
    out = np.empty(len(shares))
    for entry, (low, high, share) in enumerate(zip(*_limits(entries, thresholds), shares, strict=True)):
        turned = low + high < 0
        near, far = (-high, -low) if turned else (low, high)
        beyond = _above(near) - share * (_above(near) - _above(far))
        out[entry] = _quantile(beyond) * (1 if turned else -1)
    return entries.predicted + out / (entries.scale * entries.steady.astype(np.float64))


def threshold_slopes(entries: Ordered, thresholds: NDArray[np.float64]) -> Slopes:
    """The log likelihood and its derivatives: those in the limits, by the chain rule in edges and the scale."""
    levels = len(thresholds) + 1
    value = 0.0
    gradient = np.zeros(levels + 2)
    hessian = np.zeros((levels + 2, levels + 2))
    for level, steady, low, high in zip(entries.level, entries.steady, *_limits(entries, thresholds), strict=True):
        share = _share(low, high)
        limits = np.array([_finite(low), _finite(high)])
        slopes = np.array([-_density(low), _density(high)]) / share
        bends = np.diag(-limits * slopes) - np.outer(slopes, slopes)
        turn = np.column_stack([np.eye(2) * entries.scale * float(steady), limits])
        here = [level, level + 1, levels + 1]
        value += log(share)
        gradient[here] += turn.T @ slopes
        hessian[np.ix_(here, here)] += turn.T @ bends @ turn
        hessian[-1, -1] += limits @ slopes
        hessian[here[:2], -1] += entries.scale * float(steady) * slopes
        hessian[-1, here[:2]] += entries.scale * float(steady) * slopes
    inner = [*range(1, levels), levels + 1]
    return Slopes(value, gradient[inner], -hessian[np.ix_(inner, inner)])


def expected_latent(
    entries: Ordered, thresholds: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of a truncated normal number, shape ``(entries,)`` each."""
    mean = np.empty(len(entries.level))
    variance = np.empty(len(entries.level))
    for entry, (low, high) in enumerate(zip(*_limits(entries, thresholds), strict=True)):
        below = _density(low) / _share(low, high)
        above = _density(high) / _share(low, high)
        mean[entry] = below - above
        variance[entry] = 1.0 + below * _finite(low) - above * _finite(high) - mean[entry] ** 2
    steady = entries.scale * entries.steady.astype(np.float64)
    return entries.predicted + mean / steady, variance / np.square(steady)


def level_probabilities(
    latent: NDArray[np.float64], deviation: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shape ``(n, levels)``."""
    limits = (edges_of(thresholds) - latent[:, None]) / deviation[:, None]
    return np.array([[_share(*pair) for pair in pairwise(row)] for row in limits])


def _limits(entries: Ordered, thresholds: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    for step in (0, 1):
        yield (
            (edges_of(thresholds)[entries.level + step] - entries.predicted)
            * entries.scale
            * entries.steady.astype(np.float64)
        )


def _above(x: float) -> float:
    return erfc(x / sqrt(2)) / 2


def _share(low: float, high: float) -> float:
    """Of the standard normal distribution between two limits, on the side where both tails are small."""
    return _above(low) - _above(high) if low + high > 0 else _above(-high) - _above(-low)


def _density(x: float) -> float:
    return exp(-x * x / 2) / sqrt(2 * pi)


def _finite(x: float) -> float:
    return x if np.isfinite(x) else 0.0


def _quantile(share: float) -> float:
    return NormalDist().inv_cdf(min(share, 1 - 1e-16))
