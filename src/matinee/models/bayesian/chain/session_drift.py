"""Session drift in a chain: what a user's ratings of about one time have in common, whatever was rated.

timeSVD++ (Koren 2009, section 3.1) has a bias for each user and day. Here a user's bias moves as an
Ornstein–Uhlenbeck process, the sum of one for each of a few time scales: from one page of films to one evening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.session_drift import DriftObservations, draw_session_drift

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.noise import Noise

SCALES: Final = (30.0, 600.0, 86_400.0)
"""Seconds: a page of films, a sitting, a day. The best of six sets on folds of the training ratings of
ratings_small and MovieLens 100K."""

_START: Final = 0.02
_PRIOR: Final = 0.01
"""Variance, in units, that a chain starts from, and the rate of the Gamma prior of one over it."""


class DriftDraws:
    """Levels being drawn; ``level`` is in the order of time within each user, shape ``(ratings, scales)``."""

    STATE: ClassVar[tuple[str, ...]] = ("level", "variance")

    def __init__(self, matrix: RatingMatrix, time: NDArray[np.int64], noise: Noise) -> None:
        """``time``: of the ratings in the order of ``matrix.by_user``."""
        self.starts, self._noise = matrix.by_user.offsets, noise
        self._order = np.lexsort((time, matrix.users_of_ratings()))
        self.time = time[self._order]
        self.level = np.zeros((len(time), len(SCALES)), np.float32, order="F")
        self.variance = [_START] * len(SCALES)

    def draw(self, residual: NDArray[np.float32], keys: list[int], rng: np.random.Generator, threads: int) -> None:
        """Draw one scale after the other. ``residual``: ratings less all else, in the order of users."""
        weight = self._noise.of_ratings().astype(np.float32)[self._order]
        residual = residual[self._order] - self.level.sum(1)
        for index, scale in enumerate(SCALES):
            residual += self.level[:, index]
            observed = DriftObservations(self.starts, self.time, residual, weight)
            drawn, squares, steps = draw_session_drift(observed, scale, self.variance[index], keys[index], threads)
            self.level[:, index] = drawn
            residual -= drawn
            self.variance[index] = (_PRIOR + squares / 2.0) / float(rng.gamma(1.0 + steps / 2.0))

    def of_ratings(self) -> NDArray[np.float32]:
        """The drift of each rating, in the order of users, shape ``(ratings,)``."""
        out = np.empty(len(self.time), np.float32)
        out[self._order] = self.level.sum(1)
        return out

    def places(self, ratings: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of ``level`` that belong to ``ratings``, which are places in the order of users."""
        inverse = np.empty(len(self._order), np.int64)
        inverse[self._order] = np.arange(len(self._order))
        return inverse[ratings]
