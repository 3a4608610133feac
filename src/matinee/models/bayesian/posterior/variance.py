"""Posterior variances of users and films: the spread of draws, which adds to the noise of ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.kernels.streams import GeneratorStream, generator
from matinee.models.bayesian.posterior.average import MeanVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.chain.chain import Chain

_PARTNERS: Final = 8


class PosteriorVariance:
    """Variances of predictions over draws, of each user and item with a few partners drawn as ratings have them."""

    STATE: ClassVar[tuple[str, ...]] = ("_mean", "_square")

    def __init__(self, matrix: RatingMatrix, seed: int) -> None:
        users, items = matrix.shape
        rng = generator(seed, GeneratorStream.BAYESIAN_VARIANCE)
        picked_items = matrix.by_user.indices[rng.integers(0, len(matrix), _PARTNERS * users)]
        picked_users = matrix.by_item.indices[rng.integers(0, len(matrix), _PARTNERS * items)]
        self._user = np.concatenate([np.repeat(np.arange(users, dtype=np.int32), _PARTNERS), picked_users])
        self._item = np.concatenate([picked_items, np.repeat(np.arange(items, dtype=np.int32), _PARTNERS)])
        self._counts = matrix.user_counts, matrix.item_counts
        self._mean, self._square = MeanVector(), MeanVector()

    def add(self, chain: Chain) -> None:
        """Add the present draw of ``chain``."""
        predicted = chain.predict(self._user, self._item)
        self._mean.add(predicted)
        self._square.add(np.square(predicted))

    def of_sides(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The part of each side in the variance of a pair, in squared units, shapes ``(m,)`` and ``(n,)``, 0 or more.

        The variance of a pair is taken to be the sum of both: the common part is halved between them.
        """
        users, items = self._counts
        variance = np.maximum(self._square.value - np.square(self._mean.value), 0.0).reshape(-1, _PARTNERS).mean(1)
        user, item = variance[: len(users)], variance[len(users) :]
        shared = (user @ users / users.sum() + item @ items / items.sum()) / 4.0
        return np.maximum(user - shared, 0.0), np.maximum(item - shared, 0.0)
