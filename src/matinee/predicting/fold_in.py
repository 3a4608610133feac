"""New people folded into a fitted model: their biases and factors from their ratings alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from matinee.errors import DataError
from matinee.kernels.compress import compress
from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.kernels.compress import Compressed
    from matinee.matrix.biases import Baseline
    from matinee.predicting.pairs import Side


@dataclass(frozen=True)
class NewPeople:
    """Ratings of b new people, as folding in takes them.

    Attributes
    ----------
    rows : ratings in compressed rows, columns being the items of the model.
    time : of each entry of ``rows``, seconds since 1970, int64; ``None`` where it is not known.
    level : mean plus bias of each, stars, float64, shape ``(b,)``.

    """

    rows: Compressed
    time: NDArray[np.int64] | None = None
    level: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def with_level(self, baseline: Baseline) -> NewPeople:
        """The same people with the levels of ``baseline``."""
        return replace(self, level=np.asarray(baseline.mean + baseline.user, dtype=np.float64))


def people_of(ratings: Ratings, films: Side, scale: Scale, threads: int) -> NewPeople:
    """The users of ``ratings``, with their ratings of films that a model knows.

    ``films``: the items of ``ratings``, in the order of their vocabulary, in the model's indices. Raises `DataError`
    where the model knows none of them, or where a rating lies outside its ``scale``.
    """
    rated = films.take(ratings.item)
    kept = rated.rated
    if len(ratings) and not kept.any():
        raise DataError(
            f"{ratings.source}: none of its {len(ratings):,} ratings is of a film that the model was fitted to; "
            "give ratings of films it knows, with the ids it was fitted with"
        )
    _check_scale(ratings, scale, kept)
    item = rated.index[kept].astype(np.int32)
    rows = compress(ratings.user[kept], item, ratings.value[kept], len(ratings.users), threads)
    if ratings.timestamp is None:
        return NewPeople(rows)
    return NewPeople(rows, ratings.timestamp[kept][np.lexsort((item, ratings.user[kept]))])


def _check_scale(ratings: Ratings, scale: Scale, kept: NDArray[np.bool_]) -> None:
    outside = np.flatnonzero(kept & ((ratings.value < scale.low) | (ratings.value > scale.high)))
    if len(outside):
        row = int(outside[0])
        raise DataError(
            f"{ratings.source}: user {ratings.users.ids[int(ratings.user[row])]!r} rated item "
            f"{ratings.items.ids[int(ratings.item[row])]!r} {ratings.value[row]:g}; the model was fitted to ratings "
            f"of {scale}; bring the ratings to that scale"
        )


def damped_bias(
    rows: Compressed, mean: float, item_bias: NDArray[np.float32], damping: float, threads: int
) -> NDArray[np.float32]:
    """``Σ (r - mean - item bias) / (n + damping)`` of each row; 0 for a row without ratings. Stars, shape ``(b,)``."""
    sums = residual_sums(rows, mean, item_bias, threads)
    return np.asarray(sums / np.maximum(rows.lengths + damping, 1e-12), np.float32)


def residual_sums(rows: Compressed, mean: float, item_bias: NDArray[np.float32], threads: int) -> NDArray[np.float64]:
    """``Σ (r - mean - item bias)`` of each row, float64, shape ``(b,)``."""
    return spmm(residual_rows(rows, mean, item_bias), np.ones((len(item_bias), 1)), threads)[:, 0]


def residual_rows(rows: Compressed, mean: float, item_bias: NDArray[np.float32]) -> Compressed:
    """``rows`` with ``mean + item bias`` taken off each rating."""
    return rows.with_values((rows.values - np.float32(mean)) - item_bias[rows.indices])
