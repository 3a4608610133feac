"""Convergence of chains and effective numbers of draws.

Rank-normalised split R-hat and effective sample sizes (Vehtari, Gelman, Simpson, Carpenter and Bürkner 2021,
sections 3 and 4). Draws of one number come as an array of shape ``(chains, draws)``, float64; each chain is split in
two halves, so that a single chain that still drifts is seen too.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST: Final = 4
"""Draws of a chain that R-hat needs at least."""

_TAILS: Final = (0.05, 0.95)
_CONSTANT: Final = 1e-15
"""Draws that differ by less do not vary."""


def split_rhat(draws: NDArray[np.float64]) -> float | None:
    """Split R-hat of ranks and of extremes: the spread of all draws over that of half a chain, 1 at best.

    ``√((W (n − 1) / n + B) / W)`` of normal scores of ranks, and of ranks of distances from the median: the larger
    one (equations 1 to 4, 14 and section 4.2). ``None`` for under `FEWEST` draws, or for draws that do not vary.
    """
    if draws.shape[1] < FEWEST or np.ptp(draws) < _CONSTANT:
        return None
    halves = _halves(draws)
    folded = np.abs(halves - np.median(halves))
    rhats = [_rhat(_normal_scores(numbers)) for numbers in (halves, folded) if np.ptp(numbers) >= _CONSTANT]
    return max(rhats) if all(map(math.isfinite, rhats)) else None


def bulk_size(draws: NDArray[np.float64]) -> float | None:
    """Independent draws that would tell as much of the middle of the distribution (section 4.3).

    ``None`` for under `FEWEST` draws. Draws that do not vary count in full.
    """
    if draws.shape[1] < FEWEST:
        return None
    return _effective(draws if np.ptp(draws) < _CONSTANT else _normal_scores(_halves(draws)))


def tail_size(draws: NDArray[np.float64]) -> float | None:
    """Independent draws that would tell as much of the 5 % and 95 % quantiles: the smaller one (section 4.3)."""
    if draws.shape[1] < FEWEST:
        return None
    return min(_effective(_halves((draws <= limit).astype(np.float64))) for limit in np.quantile(draws, _TAILS))


def _halves(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each chain as two; of an odd number of draws the middle one is left out."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _rhat(halves: NDArray[np.float64]) -> float:
    draws = halves.shape[1]
    within, between = halves.var(1, ddof=1).mean(), draws * halves.mean(1).var(ddof=1)
    return math.sqrt((between / within + draws - 1) / draws) if within > 0 else math.inf


def _normal_scores(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks among all, ties at their mean, as quantiles of a normal distribution (Blom 1958)."""
    _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    twice = 2 * ends - count + 1  # twice the mean rank of those that are equal
    return np.asarray(_quantiles(numbers.size)[twice[place.reshape(numbers.shape)]])


@lru_cache(maxsize=4)
def _quantiles(size: int) -> NDArray[np.float64]:
    """``Φ⁻¹((r − 3/8) / (size + 1/4))`` at the place ``2 r``, for all ranks r and those half way between them."""
    inverse = NormalDist().inv_cdf
    return np.array([0.0, 0.0, *(inverse((twice / 2 - 0.375) / (size + 0.25)) for twice in range(2, 2 * size + 1))])


def _effective(halves: NDArray[np.float64]) -> float:
    """Draws over ``−1 + 2 Σ ρ``, the autocorrelations ρ summed in pairs while these are positive (Geyer 1992).

    Equations 10 to 13.
    """
    chains, draws = halves.shape
    if np.ptp(halves) < _CONSTANT:
        return float(halves.size)
    covariance = _autocovariance(halves).mean(0)
    within = covariance[0] * draws / (draws - 1)
    total = covariance[0] + (halves.mean(1).var(ddof=1) if chains > 1 else 0.0)
    correlation = 1.0 - (within - covariance) / total
    correlation[0] = 1.0
    time = max(_summed(correlation), 1.0 / math.log10(halves.size))
    return float(halves.size / time)


def _summed(correlation: NDArray[np.float64]) -> float:
    """``−1 + 2 Σ ρ`` up to the first pair that is not positive, made to fall (initial monotone sequence)."""
    pairs = correlation[: len(correlation) // 2 * 2].reshape(-1, 2).sum(1)
    most = max(0, (len(correlation) - 3) // 2)
    ended = np.flatnonzero(pairs[:most] <= 0)
    used = int(ended[0]) if len(ended) else most
    last = correlation[2 * used]
    remainder = float(last) if last > 0 or pairs[used] >= 0 else 0.0
    return float(-1.0 + 2.0 * np.minimum.accumulate(pairs[:used]).sum() + remainder)


def _autocovariance(halves: NDArray[np.float64]) -> NDArray[np.float64]:
    draws = halves.shape[1]
    centred = halves - halves.mean(1, keepdims=True)
    length = 1 << (2 * draws - 1).bit_length()
    power = np.square(np.abs(np.fft.rfft(centred, length)))
    return np.asarray(np.fft.irfft(power, length)[:, :draws] / draws)
