"""Ordered levels as latent normal numbers that fall between edges (Albert and Chib 1993, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PIECE: Final = 1 << 13
_SUMS: Final = 10
"""As in native/ordered.hpp: entries summed at once, and what is summed of each level."""


@dataclass(frozen=True)
class Ordered:
    """Entry e has level k where ``edges[k] < predicted_e + n / (scale steady_e) ≤ edges[k + 1]``, n standard normal.

    Attributes
    ----------
    level : uint8, from 0, shape ``(entries,)``.
    predicted, steady : float32, shape ``(entries,)``; ``steady``, a root of a precision, over 0.
    scale : what all are steady by, over 0.

    """

    level: NDArray[np.uint8]
    predicted: NDArray[np.float32]
    steady: NDArray[np.float32]
    scale: float = 1.0


@dataclass(frozen=True)
class Slopes:
    """The log likelihood of t thresholds and of the logarithm of the scale, and its derivatives, float64.

    ``gradient``: shape ``(t + 1,)``, that of the scale last. ``curvature``: the Hessian turned positive, shape
    ``(t + 1, t + 1)``.
    """

    value: float
    gradient: NDArray[np.float64]
    curvature: NDArray[np.float64]


def edges_of(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds between the two infinite ones, float64, shape ``(t + 2,)``."""
    return np.concatenate([[-np.inf], thresholds, [np.inf]])


def draw_latent(entries: Ordered, thresholds: NDArray[np.float64], key: int, threads: int) -> NDArray[np.float32]:
    """Draw ``z_e ~ N(predicted_e, 1 / (scale steady_e)²)`` between the edges of each entry's level.

    Float32, ``(entries,)``. ``thresholds``: ascending, float64, shape ``(t,)``; levels are 0 to t. By inverting the
    distribution function, in logarithms where a level is far out, so that no tail underflows. Entry e takes its number
    from the stream (``key``, e): the result does not depend on ``threads``. Right to 1e-7 of a deviation from the mean.
    """
    out = np.empty(len(entries.level), np.float32)
    _native.draw_ordered(
        entries.level, entries.predicted, entries.steady, edges_of(thresholds), entries.scale, key, out, threads
    )
    return out


def threshold_slopes(entries: Ordered, thresholds: NDArray[np.float64], threads: int) -> Slopes:
    """``Σ_e log(Φ(h_e) - Φ(l_e))``, l and h being ``(c - predicted_e) scale steady_e`` at the edges c of e's level.

    Float64, summed over fixed pieces in one order: the result does not depend on ``threads``.
    """
    levels = len(thresholds) + 1
    parts = np.empty((-(-len(entries.level) // _PIECE), levels * _SUMS))
    _native.sum_ordered(
        entries.level, entries.predicted, entries.steady, edges_of(thresholds), entries.scale, parts, threads
    )  # fmt: skip
    value, low, high, scale, at_low, at_high, beside, at_scale, with_low, with_high = (
        parts.sum(0).reshape(levels, _SUMS).T
    )
    curvature = np.zeros((levels, levels))
    curvature[:-1, :-1] = np.diag(at_low[1:] + at_high[:-1]) + np.diag(beside[1:-1], 1) + np.diag(beside[1:-1], -1)
    curvature[-1, :-1] = curvature[:-1, -1] = with_low[1:] + with_high[:-1]
    curvature[-1, -1] = at_scale.sum()
    return Slopes(float(value.sum()), np.append(low[1:] + high[:-1], scale.sum()), curvature)


def expected_latent(
    entries: Ordered, thresholds: NDArray[np.float64], threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and variance of what `draw_latent` draws, float32, shape ``(entries,)`` each."""
    mean = np.empty(len(entries.level), np.float32)
    variance = np.empty(len(entries.level), np.float32)
    _native.expect_ordered(
        entries.level, entries.predicted, entries.steady, edges_of(thresholds), entries.scale, mean, variance, threads
    )  # fmt: skip
    return mean, variance


def level_probabilities(
    latent: NDArray[np.float64], deviation: NDArray[np.float64], thresholds: NDArray[np.float64], threads: int
) -> NDArray[np.float64]:
    """``Φ((c_k - latent) / deviation)`` less the one before it, for each level k, float64, shape ``(n, t + 1)``.

    ``latent`` and ``deviation``, over 0: shape ``(n,)``. None is 0, however far out its level: relative precision
    holds down to 1e-300.
    """
    out = np.empty((len(latent), len(thresholds) + 1))
    _native.level_shares(latent, deviation, edges_of(thresholds), out, threads)
    return out
