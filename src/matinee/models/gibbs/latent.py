"""Latent numbers behind stars in a chain: drawn between thresholds, they are to the rest of it what ratings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.kernels.ordered import Ordered, draw_latent
from matinee.models.gibbs.thresholds import Thresholds
from matinee.models.link import Cutpoints, levels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.scale import Scale

MOST_LEVELS: Final = 20


class Latent:
    """The level of each rating, and the thresholds being drawn, in units of ``unit`` stars about ``mean``."""

    def __init__(self, ratings: NDArray[np.float32], stars: NDArray[np.float64], mean: float, unit: float) -> None:
        """``ratings``: in the order of users, in stars; ``stars``: ascending, shape ``(levels,)``."""
        self._stars, self._mean, self._unit = stars, mean, unit
        self._level = levels_of(ratings, stars)
        self.thresholds = Thresholds((stars[1:] + stars[:-1] - 2.0 * mean) / (2.0 * unit), self._level)

    def start(self, key: int, threads: int) -> NDArray[np.float32]:
        """Latent numbers to start from: standard normal, cut into the shares of the stars."""
        nothing = np.zeros(len(self._level), np.float32)
        return draw_latent(Ordered(self._level, nothing, nothing + 1), self.thresholds.value, key, threads)

    def draw(
        self,
        predicted: NDArray[np.float32],
        steady: NDArray[np.float32],
        key: int,
        rng: np.random.Generator,
        threads: int,
    ) -> NDArray[np.float32]:
        """Draw the thresholds, and given them every latent number; which is returned, float32, ``(ratings,)``.

        ``predicted``: of each rating, in the order of users; ``steady``: the root of its precision.
        """
        given = Ordered(self._level, predicted, steady)
        self.thresholds.draw(given, rng, threads)
        return draw_latent(given, self.thresholds.value, key, threads)

    def link(self, thresholds: NDArray[np.float64], precision: float) -> Cutpoints:
        """The link in stars, for thresholds and a precision in units."""
        return Cutpoints(self._mean + self._unit * thresholds, self._stars, self._unit * precision**-0.5)


def stars_of(scale: Scale) -> NDArray[np.float64]:
    """The stars of a scale, ascending; `ConfigError` where it has no step, or too many of them."""
    count = scale.star_count
    if count is None or not 2 <= count <= MOST_LEVELS:
        found = "no step" if count is None else f"{count} stars"
        raise ConfigError(
            f"bayesian: likelihood: found ordered-probit for ratings of {scale}, which has {found}; allowed is a scale "
            f"of 2 to {MOST_LEVELS} stars; set likelihood=gaussian, or name the scale, for example 1:5:1"
        )
    return np.linspace(scale.low, scale.high, count)
