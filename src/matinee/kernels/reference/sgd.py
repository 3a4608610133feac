"""NumPy twin of `matinee.kernels.sgd`: the same steps in the same order, in float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.blocks import Blocks
    from matinee.kernels.sgd import Pace


@dataclass
class DescentSide:
    """Factors ``(rows, k)``, biases and step sizes ``(rows,)`` of one side, in the order of its groups."""

    factors: NDArray[np.float64]
    bias: NDArray[np.float64]
    step: NDArray[np.float64]


def sgd_epoch(blocks: Blocks, users: DescentSide, items: DescentSide, pace: Pace) -> float:
    """One step for each rating; the objective."""
    groups = len(blocks.users.starts) - 1
    loss = 0.0
    for diagonal in range(groups):
        for group in range(groups):
            other = (group + diagonal) % groups
            block = group * groups + other
            entries = blocks.entries[blocks.offsets[block] : blocks.offsets[block + 1]]
            for user, item, value in unpacked(entries):
                u = blocks.users.starts[group] + user
                i = blocks.items.starts[other] + item
                loss += _step(users, u, items, i, value, pace)
    return loss + _penalty(users, blocks.users.counts, pace) + _penalty(items, blocks.items.counts, pace)


def unpacked(entries: NDArray[np.uint64]) -> list[tuple[int, int, float]]:
    """User, item and value of packed entries."""
    users = entries & np.uint64(0xFFFF)
    items = (entries >> np.uint64(16)) & np.uint64(0xFFFF)
    values = (entries >> np.uint64(32)).astype(np.uint32).view(np.float32)
    return list(zip(users.tolist(), items.tolist(), values.tolist(), strict=True))


def _step(users: DescentSide, u: int, items: DescentSide, i: int, value: float, pace: Pace) -> float:
    p = users.factors[u].copy()
    q = items.factors[i].copy()
    error = value - users.bias[u] - items.bias[i] - p @ q
    for side, row, factors, other in ((users, u, p, q), (items, i, q, p)):
        rate = pace.rate * side.step[row]
        side.factors[row] = factors + rate * (error * other - pace.ridge * factors)
        side.bias[row] += pace.bias_rate * rate * (error - pace.bias_ridge * side.bias[row])
    return float(error**2)


def _penalty(side: DescentSide, counts: NDArray[np.int64], pace: Pace) -> float:
    penalties = pace.ridge * np.sum(side.factors**2, axis=1) + pace.bias_ridge * side.bias**2
    return float(counts @ penalties)
