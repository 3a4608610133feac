"""NumPy twin of `matinee.kernels.plant`: the same streams, one user at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.plant import alias_table, choosing_limit
from matinee.kernels.streams import Stream, uniform, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.plant import Alias, Planting


def plant(planting: Planting) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The item and the value of each rating, by user and then item."""
    table = alias_table(planting.weights)
    limit = choosing_limit(planting)
    items = [np.empty(0, dtype=np.int32)]
    values = [np.empty(0, dtype=np.float32)]
    for user, count in enumerate(np.diff(planting.offsets).tolist()):
        chosen = _by_keys(planting, user, count) if count > limit else _by_alias(planting, table, user, count)
        items.append(np.sort(chosen).astype(np.int32))
        values.append(_rate(planting, user, items[-1]))
    return np.concatenate(items), np.concatenate(values)


def _key(planting: Planting, stream: Stream, user: int) -> int:
    return int(words(int(words(planting.seed, stream)), user))


def _by_alias(planting: Planting, table: Alias, user: int, count: int) -> NDArray[np.integer]:
    """The first ``count`` distinct items drawn."""
    threshold, other = table
    draws = 2 * count
    while True:
        word = words(_key(planting, Stream.PLANT_ITEM, user), np.arange(draws))
        column = ((word >> np.uint64(32)) * np.uint64(len(threshold))) >> np.uint64(32)
        drawn = np.where((word & np.uint64(0xFFFFFFFF)) <= threshold[column], column, other[column])
        first = np.sort(np.unique(drawn, return_index=True)[1])
        if len(first) >= count:
            return drawn[first[:count]]
        draws *= 2


def _by_keys(planting: Planting, user: int, count: int) -> NDArray[np.integer]:
    """The ``count`` items that ring first, each after an exponential time of rate its weight."""
    items = np.arange(len(planting.weights))
    weights = planting.weights * np.exp(planting.pull * _taste(planting, 0.0, user, items))
    waits = -np.log(uniform(words(_key(planting, Stream.PLANT_ITEM_ORDER, user), items)))
    return np.argsort(waits / weights, kind="stable")[:count]


def _taste(
    planting: Planting, start: float | NDArray[np.float64], user: int, items: NDArray[np.integer]
) -> NDArray[np.float64]:
    total = np.zeros(len(items)) + start
    for factor, strength in enumerate(planting.user_factors[user].astype(np.float64)):
        total += strength * planting.item_factors[items, factor].astype(np.float64)
    return total


def _rate(planting: Planting, user: int, items: NDArray[np.int32]) -> NDArray[np.float32]:
    start = planting.mean + float(planting.user_bias[user]) + planting.item_bias[items].astype(np.float64)
    word = words(_key(planting, Stream.PLANT_NOISE, user), items)
    stars = _taste(planting, start, user, items) + planting.noise * _near_normal(word)
    step = planting.step[user]
    low = np.ceil(planting.low / step - 1e-9)
    high = np.floor(planting.high / step + 1e-9)
    steps = np.clip(np.floor(stars / step + 0.5), low, high)
    return np.asarray(steps * step, dtype=np.float32)


def _near_normal(word: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Sum of a word's four 16-bit numbers, standardised."""
    lanes = sum((word >> np.uint64(16 * lane)) & np.uint64(0xFFFF) for lane in range(4))
    return np.asarray((np.asarray(lanes, dtype=np.float64) - 131070.0) / np.sqrt((2.0**32 - 1) / 3))
