"""The ratings that benchmarks share: real ones where they are, planted ones of the same shape elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from measure import real_data

from matinee.data.planted import MOVIELENS_1M, MOVIELENS_10M, NETFLIX, planted
from matinee.data.read import read_ratings
from matinee.matrix.split import Split, hide

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings

SEED: Final = 20
_SPLIT: Final = "ml-1m.glocalk1234"


def movielens_1m(size: int | None = None) -> Ratings:
    """The real MovieLens 1M where it is; with a ``size``, as many planted ratings of about its shape."""
    file = real_data() / "ml-1m" / "ratings.csv"
    if size is not None:
        return planted(MOVIELENS_1M.scaled(size), SEED)
    return read_ratings(file) if file.exists() else planted(MOVIELENS_1M, SEED)


def movielens_10m(size: int | None = None) -> Ratings:
    """Planted ratings of MovieLens 10M's shape, or ``size`` of them in a smaller one."""
    return planted(MOVIELENS_10M if size is None else MOVIELENS_10M.scaled(size), SEED)


def planted_as_many(size: int, threads: int) -> Ratings:
    """Planted ratings, ``size`` or for 10⁸ all of Netflix's shape; up to 10⁷ in MovieLens 10M's, over that in its."""
    if size == 100_000_000:
        return planted(NETFLIX, SEED, threads)
    return planted((MOVIELENS_10M if size <= 10_000_000 else NETFLIX).scaled(size), SEED, threads)


def published_split(size: int | None = None) -> tuple[str, Split]:
    """MovieLens 1M cut as GLocal-K's authors did; where it is not, or with a ``size``, a tenth hidden by `SEED`."""
    rows = real_data() / "splits" / f"{_SPLIT}.rows.txt"
    ratings = movielens_1m(size)
    if size is not None or not rows.exists():
        return f"{ratings.source}, a tenth hidden", hide(ratings, 0.1, SEED)
    held = np.zeros(len(ratings), dtype=bool)
    held[np.loadtxt(rows, dtype=np.int64)] = True
    return _SPLIT, Split(ratings.take(~held), ratings.take(held))
