"""Ratings made from a known truth, small enough to fit in a moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from matinee.data.ratings import Ratings
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary

HALF_STARS = Scale(0.5, 5.0, 0.5)


def ratings_from(user, item, value, *, users: int = 0, items: int = 0, strings: bool = False) -> Ratings:
    """Ratings of dense indices; raw ids are 10 more than the index, or ``"u3"`` and ``"i3"``."""

    def vocabulary(index, size: int, name: str) -> Vocabulary:
        count = max(size, int(np.max(index, initial=-1)) + 1)
        raw = [f"{name[0]}{i:06d}" for i in range(count)] if strings else range(10, 10 + count)
        return Vocabulary(pl.Series(raw, dtype=pl.String if strings else pl.Int64), name)

    return Ratings(
        np.asarray(user, np.int32).copy(),
        np.asarray(item, np.int32).copy(),
        np.asarray(value, np.float32).copy(),
        vocabulary(user, users, "user"),
        vocabulary(item, items, "item"),
        HALF_STARS,
        source="planted",
    )


def stars(value: np.ndarray) -> np.ndarray:
    """Rounded to half stars, on the scale."""
    return np.clip(np.round(value * 2) / 2, 0.5, 5.0)


def planted(users: int = 300, items: int = 200, share: float = 0.25, noise: float = 0.3, seed: int = 0) -> Ratings:
    """Mean 3, biases of half a star, two tastes of a star each, and ``noise`` stars that nothing can tell."""
    rng = np.random.default_rng(seed)
    p, q = rng.standard_normal((users, 2)), rng.standard_normal((items, 2))
    truth = 3.0 + 0.5 * rng.standard_normal((users, 1)) + 0.5 * rng.standard_normal(items) + 0.7 * p @ q.T
    user, item = np.nonzero(rng.random((users, items)) < share)
    value = truth[user, item] + noise * rng.standard_normal(len(user))
    return ratings_from(user, item, stars(value), users=users, items=items)


def with_times(ratings: Ratings, seed: int = 0, mood: float = 0.8) -> Ratings:
    """Each user rates in sittings of an hour or two; within a minute ratings share a mood of ``mood`` stars."""
    rng = np.random.default_rng(seed)
    minute = rng.integers(0, 15, len(ratings))
    moods = mood * rng.standard_normal((len(ratings.users), 15))[ratings.user, minute]
    time = 10**9 + minute * 3_600 + rng.integers(0, 20, len(ratings))
    return replace(
        ratings, value=np.clip(ratings.value + moods, 0.5, 5.0).astype(np.float32), timestamp=time.astype(np.int64)
    )
