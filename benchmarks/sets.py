"""The ratings that benchmarks share: real ones where they are, planted ones of the same shape elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import real_data

from matinee.data.reading.read import read_ratings
from matinee.data.synthetic.planted import MOVIELENS_1M, MOVIELENS_10M, NETFLIX, planted
from matinee.matrix.split import Split, hide

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings

SEED: Final = 20
GLOCALK: Final = "ml-1m.glocalk1234"
BY_ROWS: Final = {
    "ratings_small.hide10.seed20": "the-movies-dataset/ratings_small.csv",
    GLOCALK: "ml-1m/ratings.csv",
    "ml-1m.igmc1234": "ml-1m/ratings.csv",
}
"""Published splits that name the rows held out, and what they are rows of."""

FOLDS: Final = ("u1", "u2", "u3", "u4", "u5")
"""MovieLens 100K's own."""


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
    if size is None and GLOCALK in present():
        return GLOCALK, cut(GLOCALK)
    ratings = movielens_1m(size)
    return f"{ratings.source}, a tenth hidden", hide(ratings, 0.1, SEED)


def present() -> list[str]:
    """The published splits whose files are here, as `cut` names them."""
    folder = real_data()
    cuts = [
        name
        for name, file in BY_ROWS.items()
        if (folder / file).exists() and (folder / "splits" / f"{name}.rows.txt").exists()
    ]
    return cuts + [name for name in FOLDS if (folder / "ml-100k" / f"{name}.test").exists()]


def cut(name: str) -> Split:
    """A published split: of `BY_ROWS`, 0-based rows, the header not counted, or of `FOLDS`."""
    if name in FOLDS:
        whole, test = (read_ratings(real_data() / "ml-100k" / file) for file in ("u.data", f"{name}.test"))
        return _at(whole, np.isin(_pairs(whole), _pairs(test)))
    whole = read_ratings(real_data() / BY_ROWS[name])
    rows = np.loadtxt(real_data() / "splits" / f"{name}.rows.txt", dtype=np.int64)
    return _at(whole, np.isin(np.arange(len(whole)), rows))


def _pairs(ratings: Ratings) -> np.ndarray[Any, Any]:
    users, items = np.asarray(ratings.users.ids), np.asarray(ratings.items.ids)
    return np.asarray(users[ratings.user] * 10_000 + items[ratings.item])


def _at(whole: Ratings, hidden: np.ndarray[Any, Any]) -> Split:
    return Split(whole.take(~hidden), whole.take(hidden))
