"""Shares of a number of ratings among users: few give many, most give few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALVINGS: Final = 100


def share_out(total: int, weights: NDArray[np.float64], low: int, high: int) -> NDArray[np.int64]:
    """Whole numbers from ``low`` to ``high`` that add up to ``total``; above ``low`` they go as ``weights``.

    ``weights`` are over 0, shape ``(n,)``; the caller sees to ``n * low <= total <= n * high``.
    """
    free = total - low * len(weights)
    room = high - low
    shares = np.minimum(_scale(free, weights, room) * weights, room)
    counts = np.floor(shares).astype(np.int64)
    largest_fraction_first = np.argsort(counts - shares, kind="stable")
    counts[largest_fraction_first[: free - int(counts.sum())]] += 1
    return counts + low


def _scale(free: int, weights: NDArray[np.float64], room: int) -> float:
    """The largest s, to rounding, for which ``min(s * weights, room)`` adds up to no more than ``free``."""
    below = 0.0
    above = room / float(weights.min())
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        if np.minimum(middle * weights, room).sum() > free:
            above = middle
        else:
            below = middle
    return below
