"""Models that rank films instead of predicting stars: liked ratings, and popularity as the fallback."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from matinee.errors import DataError
from matinee.fitting.config import parameter
from matinee.fitting.model import Model
from matinee.matrix.biases import Baseline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix


@dataclass(frozen=True, kw_only=True)
class PreferenceModel(Model):
    """A model that scores the films a user would rather see, and predicts no stars.

    A rating counts as liked from ``liked`` stars up (default: every rating, for the choice of a film tells of taste
    too); the others are not fitted. Where a side is unknown, the score is the popularity of the film. Scores have no
    unit, no scale and no intervals; only their order within one user means something.
    """

    predicts: ClassVar[Literal["stars", "preference"]] = "preference"

    liked: float | None = parameter(None, "lowest rating in stars that counts as liked; none: every rating counts")

    def likes(self, value: NDArray[np.floating]) -> NDArray[np.bool_]:
        """True for each rating, in stars, that counts as liked."""
        return np.full(len(value), True) if self.liked is None else value >= np.float32(self.liked)

    def counting(self, ratings: Ratings) -> Ratings:
        """The liked ratings; `DataError` where there are ratings and none is liked."""
        if self.liked is None or not len(ratings):
            return ratings
        kept = ratings.take(self.likes(ratings.value))
        if not len(kept):
            raise DataError(
                f"{ratings.source}: none of its {len(ratings):,} ratings counts as liked; found at most "
                f"{ratings.value.max():g} stars, allowed from {self.liked:g} up; set liked lower, or to none: then "
                "every rating counts"
            )
        return kept

    def fallback(self, matrix: RatingMatrix, threads: int) -> Baseline:  # noqa: ARG002
        """Popularity: the share of users with a liked film who liked this one, 0 to 1; the same for every user."""
        users = max(1, int(np.count_nonzero(matrix.user_counts)))
        popularity = (matrix.item_counts / users).astype(np.float32)
        return Baseline(0.0, np.zeros(matrix.shape[0], np.float32), popularity)

    def folded_fallback(self, baseline: Baseline, rows: Compressed, threads: int) -> Baseline:  # noqa: ARG002
        """The same popularity, for all users alike."""
        return replace(baseline, user=np.zeros(rows.row_count, np.float32))
