"""Hold-outs: which ratings are hidden from the fit, fixed by a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.data.seeds import check_seed
from matinee.errors import ConfigError, DataError
from matinee.kernels.compress import Compressed, transpose
from matinee.kernels.streams import GeneratorStream, generator
from matinee.matrix.sparse import RatingMatrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings

    Triplets = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]


@dataclass(frozen=True)
class Split:
    """Ratings for the fit and ratings hidden from it; both share the vocabularies of the whole."""

    training: Ratings
    hidden: Ratings


def hide(ratings: Ratings, fraction: float, seed: int) -> Split:
    """Hide a random share of the ratings, each equally likely.

    ``fraction``: over 0 and under 1; ``seed`` fixes the choice. At least one rating stays on each side.
    Raises `ConfigError` for a fraction or a seed out of range, `DataError` for fewer than two ratings.
    """
    check_seed(seed)
    if not 0 < fraction < 1:
        raise ConfigError(f"fraction: found {fraction:g}; allowed is over 0 and under 1, like 0.1 for a tenth")
    if len(ratings) < 2:
        raise DataError(f"{ratings.source}: {len(ratings)} rating; hiding some needs at least 2")
    return _without(ratings, chosen(len(ratings), fraction, seed))


def hidden_parts(ratings: Ratings, fraction: float, parts: int, seed: int) -> Iterator[Split]:
    """Hide one random share of the ratings after another, none of which has a rating in common with another.

    ``fraction`` times ``parts`` is at most 1. A single part is what `hide` hides.
    """
    rows = chosen(len(ratings), min(1.0, fraction * parts), seed)
    order = generator(seed, GeneratorStream.HIDDEN_PARTS).permutation(len(rows))
    for part in np.array_split(order, parts):
        yield _without(ratings, np.sort(rows[part]))


def _without(ratings: Ratings, hidden: NDArray[np.int64]) -> Split:
    mask = np.zeros(len(ratings), dtype=bool)
    mask[hidden] = True
    return Split(ratings.take(~mask), ratings.take(hidden))


def chosen(count: int, fraction: float, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """``round(fraction * count)`` distinct numbers under ``count``, ascending, at least 1 and at most ``count``."""
    size = min(max(1, round(fraction * count)), count if fraction >= 1 else count - 1)
    return np.sort(np.random.default_rng(seed).choice(count, size, replace=False))


def set_aside(matrix: RatingMatrix, size: int, seed: int, threads: int) -> tuple[RatingMatrix, Triplets]:
    """``matrix`` without ``size`` of its entries, drawn by ``seed``, and those entries as (user, item, value).

    Both in the order of rows; the shape stays. ``size``: 0 to ``len(matrix)``. Beside the new matrix it takes a
    byte an entry, and 8 where more than a twentieth is drawn.
    """
    offsets, item, value = matrix.by_user
    taken = np.sort(generator(seed, GeneratorStream.SET_ASIDE).choice(len(matrix), size, replace=False, shuffle=False))
    kept = np.ones(len(matrix), dtype=bool)
    kept[taken] = False
    by_user = Compressed(offsets - np.searchsorted(taken, offsets), item[kept], value[kept])
    training = RatingMatrix(by_user, transpose(by_user, matrix.shape[1], threads))
    user = np.searchsorted(offsets, taken, side="right") - 1
    return training, (user.astype(np.int32), item[taken], value[taken])
