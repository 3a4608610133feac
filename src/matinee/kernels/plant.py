"""Planted ratings: the items that each user rates, and the stars, drawn from a known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Alias = tuple[NDArray[np.uint32], NDArray[np.int32]]

_REJECTED_WEIGHT: Final = 0.9
"""A user whose items may hold more of all weight than this would draw the same item again and again."""


@dataclass(frozen=True)
class Planting:
    """Ingredients of planted ratings; arrays in C order.

    Attributes
    ----------
    seed : 0 to 2⁶⁴ - 1.
    offsets : int64, shape ``(users + 1,)``: user u gives ``offsets[u + 1] - offsets[u]`` ratings, at most one an item.
    weights : float64 over 0, shape ``(items,)``: readiness with which an item is chosen.
    mean, noise, low, high : in stars; ``noise`` is a standard deviation.
    step : float64, shape ``(users,)``: between two ratings a user gives. ``low`` and ``high`` need not be
        multiples of it: a user of whole stars starts at 1 on the scale 0.5 to 5.
    user_bias, item_bias : float32, shapes ``(users,)`` and ``(items,)``.
    user_factors, item_factors : float32, shapes ``(users, rank)`` and ``(items, rank)``.
    pull : strength of taste in choice: weights are multiplied by ``exp(pull * p · q)``.

    """

    seed: int
    offsets: NDArray[np.int64]
    weights: NDArray[np.float64]
    mean: float
    noise: float
    low: float
    high: float
    step: NDArray[np.float64]
    user_bias: NDArray[np.float32]
    item_bias: NDArray[np.float32]
    user_factors: NDArray[np.float32]
    item_factors: NDArray[np.float32]
    pull: float = 0.0


def plant(planting: Planting, threads: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The item and the value of each rating, int32 and float32, shape ``(offsets[-1],)``, by user and then item.

    Items are drawn without replacement by weight. A value is ``mean + user bias + item bias + p · q + noise``,
    rounded to the user's step and clipped. Streams are keyed by (seed, user), and the noise by item as well: the
    result does not depend on ``threads``. O(rank) a rating, and O(items) for a user who rates much.
    """
    p = planting
    entries = int(planting.offsets[-1])
    item = np.empty(entries, dtype=np.int32)
    value = np.empty(entries, dtype=np.float32)
    _native.plant(
        p.seed, p.offsets, p.weights, *alias_table(p.weights), choosing_limit(p), p.pull,
        p.mean, p.noise, p.low, p.high, p.step, p.user_bias, p.item_bias, p.user_factors, p.item_factors,
        item, value, threads,
    )  # fmt: skip
    return item, value


def choosing_limit(planting: Planting) -> int:
    """Most ratings of a user who draws from the alias table; the others choose by exponential keys."""
    if planting.pull:
        return 0
    heaviest_first = np.cumsum(np.sort(planting.weights)[::-1])
    return int(np.searchsorted(heaviest_first, _REJECTED_WEIGHT * heaviest_first[-1]))


def alias_table(weights: NDArray[np.float64]) -> Alias:
    """Walker's alias table as built by Vose (1991): a column is kept for 32-bit words up to its threshold.

    Returns ``threshold`` (uint32) and ``other`` (int32), shape ``(items,)``. O(items).
    """
    share = (weights * (len(weights) / weights.sum())).tolist()
    other = list(range(len(share)))
    small = [i for i, x in enumerate(share) if x < 1.0]
    large = [i for i, x in enumerate(share) if x >= 1.0]
    while small and large:
        poor = small.pop()
        rich = large[-1]
        other[poor] = rich
        share[rich] -= 1.0 - share[poor]
        if share[rich] < 1.0:
            small.append(large.pop())
    threshold = np.clip(np.array(share) * 2.0**32 - 1.0, 0.0, 2.0**32 - 1.0)
    return threshold.astype(np.uint32), np.array(other, dtype=np.int32)
