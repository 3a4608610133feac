"""Latent numbers behind stars in a chain: drawn between thresholds, they take the place of ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.kernels.ordered import Ordered, draw_latent
from matinee.models.bayesian.chain.thresholds import Thresholds
from matinee.models.bayesian.cutpoints import Cutpoints, levels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.models.bayesian.chain.noise import Noise

MOST_LEVELS: Final = 20


class Latent:
    """The level of each rating, and the thresholds being drawn, in units of ``unit`` stars about ``mean``.

    ``values``: the latent numbers of the last draw, in the order of users, float32, shape ``(ratings,)``.
    """

    STATE: ClassVar[tuple[str, ...]] = ("thresholds", "values")

    def __init__(self, ratings: NDArray[np.float32], stars: NDArray[np.float64], mean: float, unit: float) -> None:
        """``ratings``: in the order of users, in stars; ``stars``: ascending, shape ``(levels,)``."""
        self._stars = stars
        self._mean = mean
        self._unit = unit
        self.values = np.zeros(0, np.float32)
        self.level = levels_of(ratings, stars)
        self.thresholds = Thresholds((stars[1:] + stars[:-1] - 2.0 * mean) / (2.0 * unit), self.level)

    def start(self, key: int, threads: int) -> NDArray[np.float32]:
        """Latent numbers to start from: of one normal distribution, cut into the shares of the stars."""
        start, ones = self.thresholds, np.ones(len(self.level), np.float32)
        ordered = Ordered(self.level, np.float32(start.centre) * ones, ones, 1.0 / start.spread)
        self.values = draw_latent(ordered, start.value, key, threads)
        return self.values

    def draw(
        self, predicted: NDArray[np.float32], noise: Noise, key: int, rng: np.random.Generator, threads: int
    ) -> NDArray[np.float32]:
        """Draw the thresholds and ``noise.all``, and given them every latent number: float32, ``(ratings,)``.

        ``predicted``: of each rating, in the order of users.
        """
        ordered = Ordered(self.level, predicted, noise.root_precision(), noise.all**0.5)
        ordered = self.thresholds.draw(ordered, rng, threads)
        noise.all = ordered.scale**2
        self.values = draw_latent(ordered, self.thresholds.value, key, threads)
        return self.values

    def link(self, thresholds: NDArray[np.float64], noise: float) -> Cutpoints:
        """The link in stars, for thresholds in units and noise in stars."""
        return Cutpoints(self._mean + self._unit * thresholds, self._stars, noise)


def stars_of(scale: Scale) -> NDArray[np.float64]:
    """The stars of a scale, ascending; `ConfigError` where it has no step, or too many of them."""
    count = scale.star_count
    if count is None or not 2 <= count <= MOST_LEVELS:
        steps = "no step" if count is None else f"{count} stars"
        raise ConfigError(
            f"bayesian: likelihood: found ordered-probit for ratings of {scale}, which has {steps}; allowed is a scale "
            f"of 2 to {MOST_LEVELS} stars; set likelihood=gaussian, or name the scale, for example 1:5:1"
        )
    return np.linspace(scale.low, scale.high, count)
