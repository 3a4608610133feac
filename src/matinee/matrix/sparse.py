"""The ratings as a sparse user × item matrix, compressed both ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.compress import compress, transpose
from matinee.kernels.threads import available_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.kernels.compress import Compressed
    from matinee.matrix.biases import Baseline


@dataclass(frozen=True)
class RatingMatrix:
    """Ratings in compressed rows (by user) and compressed columns (by item), float32.

    Attributes
    ----------
    by_user : ``(offsets, items, values)``: user u's entries are ``offsets[u]`` to ``offsets[u + 1] - 1``,
        items ascending. Offsets int64, items int32, values float32.
    by_item : ``(offsets, users, values)``, likewise, users ascending.

    Memory: 16 bytes a rating, and 8 a user and an item.

    """

    by_user: Compressed
    by_item: Compressed
    baselines: dict[float, Baseline] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Damped biases of these ratings that were solved already, by their damping."""

    @classmethod
    def from_ratings(cls, ratings: Ratings, threads: int | None = None) -> RatingMatrix:
        """Both compressions of ``ratings``, built on ``threads`` threads (default: all)."""
        return cls.from_triplets(
            ratings.user, ratings.item, ratings.value, (len(ratings.users), len(ratings.items)), threads
        )

    @classmethod
    def from_triplets(
        cls,
        user: NDArray[np.int32],
        item: NDArray[np.int32],
        value: NDArray[np.float32],
        shape: tuple[int, int],
        threads: int | None = None,
    ) -> RatingMatrix:
        """The matrix of given shape with ``value`` at ``(user, item)``; each pair occurs once."""
        workers = threads or available_threads()
        by_user = compress(user, item, value, shape[0], workers)
        return cls(by_user, transpose(by_user, shape[1], workers))

    @property
    def shape(self) -> tuple[int, int]:
        """Users × items."""
        return self.by_user.row_count, self.by_item.row_count

    def __len__(self) -> int:
        """The number of ratings."""
        return len(self.by_user.indices)

    @cached_property
    def user_counts(self) -> NDArray[np.int64]:
        """Ratings of each user, shape ``(users,)``."""
        return self.by_user.lengths

    @cached_property
    def item_counts(self) -> NDArray[np.int64]:
        """Ratings of each item, shape ``(items,)``."""
        return self.by_item.lengths

    @cached_property
    def mean(self) -> float:
        """Mean of all ratings."""
        return float(np.mean(self.by_user.values, dtype=np.float64))

    def users_of_ratings(self) -> NDArray[np.int64]:
        """The user of each rating, in the order of `by_user`, shape ``(ratings,)``."""
        return self.by_user.row_of_entries()

    def across(self) -> NDArray[np.int64]:
        """Place of each rating of `by_item` in `by_user`, shape ``(ratings,)``."""
        return np.argsort(self.by_user.indices, kind="stable")

    def residual(self, mean: float, user: NDArray[np.floating], item: NDArray[np.floating]) -> RatingMatrix:
        """The matrix of ``rating - mean - user bias - item bias`` at the known cells, nothing elsewhere."""
        return RatingMatrix(_subtract(self.by_user, mean, user, item), _subtract(self.by_item, mean, item, user))


def _subtract(matrix: Compressed, mean: float, row: NDArray[np.floating], column: NDArray[np.floating]) -> Compressed:
    # row + column rounds alike seen from either side, so that the two compressions stay one matrix
    expected = np.repeat(row.astype(np.float32), matrix.lengths)
    expected += column.astype(np.float32)[matrix.indices]
    expected += np.float32(mean)
    return matrix.with_values(np.subtract(matrix.values, expected, out=expected))
