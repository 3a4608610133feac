"""Ratings planted from a known truth, in any shape: for benchmarks, and for tests that know the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.ratings import Ratings
from matinee.data.seeds import check_seed
from matinee.data.synthetic.activity import share_out
from matinee.data.synthetic.planted_shape import MOVIELENS_1M, MOVIELENS_10M, NETFLIX, PlantedShape
from matinee.data.vocabulary import Vocabulary
from matinee.kernels.plant import Planting, plant
from matinee.kernels.streams import Stream, normals, uniform, uniforms, words
from matinee.kernels.threads import available_threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MOVIELENS_1M", "MOVIELENS_10M", "NETFLIX", "PlantedShape", "PlantedTruth", "planted", "planted_truth"]

_HEAD: Final = 0.01
_FADE: Final = 4.0
"""Zipf's law bends at both ends of real catalogues: the first hundredth is level, the last falls off faster."""

_LOVED_FOR_FAME: Final = 0.45
"""Correlation of how often an item is rated with how well."""

_START: Final = 800_000_000  # May 1995
_SPAN: Final = 430_000_000  # to January 2009
_SITTING: Final = 7_200
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class PlantedTruth:
    """Parameters that planted ratings are made from.

    Attributes
    ----------
    mean : stars.
    user_bias, item_bias : float32, stars, shapes ``(users,)`` and ``(items,)``.
    user_factors, item_factors : float32, shapes ``(users, rank)`` and ``(items, rank)``, strongest first.
    weights : float64, shape ``(items,)``: how readily each item is chosen.

    """

    mean: float
    user_bias: NDArray[np.float32]
    item_bias: NDArray[np.float32]
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    weights: NDArray[np.float64]

    def expected(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """The rating before noise and rounding at index pairs, stars, shape ``(n,)``; may leave the scale."""
        taste = np.einsum("nk,nk->n", self.user_factors[user], self.item_factors[item], dtype=np.float64)
        return np.asarray(self.mean + self.user_bias[user].astype(np.float64) + self.item_bias[item] + taste)


def planted(shape: PlantedShape, seed: int = 20, threads: int | None = None) -> Ratings:
    """Ratings of that shape, planted from ``seed`` (0 to 2⁶⁴ - 1, else `ConfigError`).

    A rating is its truth (`planted_truth`) plus noise, rounded to the scale and clipped. Ids are integers from 1;
    rows go by user, then item; without titles. The result does not depend on ``threads`` (all, if ``None``).
    Memory: 12 bytes a rating, 20 with timestamps, besides some hundreds of bytes a user.
    """
    truth = planted_truth(shape, seed)
    planting = _planting(shape, seed, truth)
    item, value = plant(planting, threads or available_threads())
    user = np.repeat(np.arange(shape.users, dtype=np.int32), np.diff(planting.offsets))
    return Ratings(
        user,
        item,
        value,
        users=Vocabulary(pl.Series(np.arange(1, shape.users + 1)), "user"),
        items=Vocabulary(pl.Series(np.arange(1, shape.items + 1)), "item"),
        scale=shape.scale,
        timestamp=_timestamps(shape, seed, user) if shape.timestamps else None,
        source=f"planted ratings, seed {seed}",
    )


def planted_truth(shape: PlantedShape, seed: int = 20) -> PlantedTruth:
    """The parameters from which `planted` makes its ratings, for the same shape and seed."""
    check_seed(seed)
    weights = _weights(shape, seed)
    strength = _strength(shape)
    return PlantedTruth(
        mean=shape.mean,
        user_bias=(shape.user_spread * normals(seed, Stream.PLANTED_USER_BIAS, shape.users)).astype(np.float32),
        item_bias=_item_bias(shape, seed, weights),
        user_factors=_factors(seed, Stream.PLANTED_USER_FACTORS, shape.users, strength),
        item_factors=_factors(seed, Stream.PLANTED_ITEM_FACTORS, shape.items, strength),
        weights=weights,
    )


def _strength(shape: PlantedShape) -> NDArray[np.float64]:
    """Standard deviation of each factor's part of ``p · q``, stars, shape ``(rank,)``."""
    falling = np.arange(1, shape.rank + 1, dtype=np.float64) ** -shape.decay
    return np.asarray(falling * (shape.taste / max(float(np.linalg.norm(falling)), 1e-300)))


def _weights(shape: PlantedShape, seed: int) -> NDArray[np.float64]:
    """Zipf's law, in random order of the items."""
    place = np.argsort(np.argsort(uniforms(seed, Stream.PLANTED_ORDER, shape.items))) / shape.items
    return np.asarray((place + _HEAD) ** -shape.popularity * np.exp(-_FADE * shape.popularity * place))


def _item_bias(shape: PlantedShape, seed: int, weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Partly by fame; of mean 0 over the ratings, so that these have the mean of the shape."""
    fame = np.log(weights) - np.log(weights).mean()
    fame /= max(float(fame.std()), 1e-300)
    unexplained = normals(seed, Stream.PLANTED_ITEM_BIAS, shape.items)
    bias = shape.item_spread * (_LOVED_FOR_FAME * fame + np.sqrt(1 - _LOVED_FOR_FAME**2) * unexplained)
    return np.asarray(bias - np.average(bias, weights=weights), dtype=np.float32)


def _factors(seed: int, stream: Stream, rows: int, strength: NDArray[np.float64]) -> NDArray[np.float32]:
    drawn = normals(seed, stream, rows * len(strength)).astype(np.float32).reshape(rows, len(strength))
    drawn *= np.sqrt(strength).astype(np.float32)
    return drawn


def _planting(shape: PlantedShape, seed: int, truth: PlantedTruth) -> Planting:
    lively = np.exp(shape.activity * normals(seed, Stream.PLANTED_ACTIVITY, shape.users))
    least = min(shape.least, shape.items, shape.ratings // shape.users)
    counts = share_out(shape.ratings, lively, least, shape.items)
    step = float(shape.scale.step or 1.0)
    return Planting(
        seed=seed,
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        weights=truth.weights,
        mean=truth.mean,
        noise=shape.noise,
        low=shape.scale.low,
        high=shape.scale.high,
        step=np.where(uniforms(seed, Stream.PLANTED_HABIT, shape.users) <= shape.whole, 1.0, step),
        user_bias=truth.user_bias,
        item_bias=truth.item_bias,
        user_factors=truth.user_factors,
        item_factors=truth.item_factors,
    )


def _timestamps(shape: PlantedShape, seed: int, user: NDArray[np.int32]) -> NDArray[np.int64]:
    """Whole seconds since 1970: each user rates in one sitting of two hours."""
    joined = (_START + _SPAN * uniforms(seed, Stream.PLANTED_JOINING, shape.users)).astype(np.int64)
    stream = int(words(seed, Stream.PLANTED_SITTING))
    times = np.empty(len(user), dtype=np.int64)
    for start in range(0, len(user), _PIECE):
        rows = np.arange(start, min(start + _PIECE, len(user)))
        times[rows] = joined[user[rows]] + (_SITTING * uniform(words(stream, rows))).astype(np.int64)
    return times
