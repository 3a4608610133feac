"""Ratings that a later one of the same item by the same user supersedes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.compress import duplicate_count

if TYPE_CHECKING:
    from numpy.typing import NDArray


def superseded(
    user: NDArray[np.int32],
    item: NDArray[np.int32],
    timestamp: NDArray[np.int64] | None,
    shape: tuple[int, int],
) -> NDArray[np.bool_] | None:
    """Mask of the ratings that another one replaces, or ``None`` where no pair occurs twice.

    The latest replaces the others; among equal timestamps, or without any, the last row does.
    """
    if not duplicate_count(user, item, *shape):
        return None
    cell = user.astype(np.int64) * shape[1] + item
    rows = np.arange(len(user))
    order = np.lexsort((rows, cell) if timestamp is None else (rows, timestamp, cell))
    ordered = cell[order]
    replaced = np.zeros(len(user), dtype=bool)
    replaced[order[:-1]] = ordered[1:] == ordered[:-1]
    return replaced
