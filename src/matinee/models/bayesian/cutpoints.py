"""From what factors predict to stars: a rating is the star between whose thresholds a latent number falls.

Ordered probit (Albert and Chib 1993, section 4): the latent number of a pair is its prediction f and normal noise, and

    P(rating ≤ star k) = Φ((c_k - f) / (noise × deviation)),

but for slips.

Where f itself is known only as N(f, v), the noise's variance grows by v and the form stays: E Φ((c - f) / s) is
Φ((c - E f) / √(s² + v)), since the difference of two independent normal numbers is normal. So one deviation of a pair,
`PosteriorFactors.spread`, holds both, and no draw has to be kept.

Tails of a normal distribution claim more than any ratings can tell: that somebody gives a one once in a billion. One
rating in a hundred is therefore taken to be a slip, which is any star alike. It bounds the log loss, and keeps the
deviation of stars, by which errors are divided to measure intervals, from vanishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.ordered import level_probabilities
from matinee.kernels.threads import available_threads
from matinee.matrix.fields import array, freeze, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_CHUNK: Final = 1 << 17
"""Pairs whose probabilities are there at once where only their mean is wanted: 20 MB at most."""

_HALVINGS: Final = 60

_SLIPS: Final = 0.01
"""Share of ratings that are any star alike: from 0 to 0.01 the log loss of held-out training ratings falls by 0.2 to
0.9 % on each of three tables, and beyond hardly any more."""


@dataclass(frozen=True)
class Cutpoints:
    """Thresholds between stars.

    Attributes
    ----------
    thresholds : c, ascending, in units of predictions, float64, shape ``(levels - 1,)``.
    stars : what the levels are, ascending, float64, shape ``(levels,)``.
    noise : usual standard deviation of a latent number about its prediction, over 0, in the same units.

    """

    thresholds: NDArray[np.float64] = array("j-1", np.float64)
    stars: NDArray[np.float64] = array("j", np.float64)
    noise: float = number()

    def __post_init__(self) -> None:
        freeze(self)

    def fault(self) -> str | None:
        """Fault of thresholds, stars or noise; ``None`` where nothing is."""
        ascending = (np.diff(self.thresholds) > 0).all() and (np.diff(self.stars) > 0).all()
        if len(self.stars) >= 2 and ascending and self.noise > 0:
            return None
        return "thresholds or stars do not ascend, are under two, or the noise is not over 0"

    def probabilities(self, latent: NDArray[np.float64], deviation: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each star, float64 over 0, shape ``(n, levels)``; rows add up to 1.

        ``latent``: predictions, shape ``(n,)``; ``deviation``: as `PosteriorFactors.spread` gives it. None is under a
        hundredth of an even share.
        """
        meant = level_probabilities(latent, self.noise * deviation, self.thresholds, available_threads())
        return (1.0 - _SLIPS) * meant + _SLIPS / len(self.stars)

    def expected(self, latent: NDArray[np.float64], deviation: NDArray[np.float64]) -> NDArray[np.float64]:
        """``Σ_k star_k P(k)``: the mean of the stars that a pair may get, shape ``(n,)``."""
        parts = [self.probabilities(latent[part], deviation[part]) @ self.stars for part in _chunks(len(latent))]
        return np.concatenate(parts) if parts else np.empty(0)

    def moments(self, probabilities: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and standard deviation of stars of such `probabilities`, shape ``(n,)`` each."""
        mean = probabilities @ self.stars
        return mean, np.sqrt(np.einsum("nk,nk->n", probabilities, np.square(self.stars - mean[:, None])))

    def latent(self, expected: NDArray[np.float64]) -> NDArray[np.float64]:
        """The predictions whose `expected` star, at a deviation of 1, is this: what a mean of stars stands for."""
        reach = 8.0 * self.noise
        low = np.full(len(expected), self.thresholds[0] - reach)
        high = np.full(len(expected), self.thresholds[-1] + reach)
        usual = np.ones(len(expected))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            under = self.expected(middle, usual) < expected
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return np.asarray((low + high) / 2.0)

    def levels(self, ratings: NDArray[np.floating]) -> NDArray[np.uint8]:
        """Which star each rating is, or is nearest to, counted from 0."""
        return levels_of(ratings, self.stars)


def levels_of(ratings: NDArray[np.floating], stars: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The index of the star that each rating is, or is nearest to, uint8, shape as ``ratings``."""
    return np.asarray(np.searchsorted((stars[1:] + stars[:-1]) / 2.0, ratings), dtype=np.uint8)


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, count, _CHUNK))
