"""Fills of the unknown cells of the matrix before it is decomposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.matrix.baseline import damped_baseline
from matinee.matrix.biases import Baseline

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix

FILL_MEANINGS: Final = {
    "zero": "Every empty cell counts as a rating of 0. That is the naive table: it takes a film that nobody rated for "
    "a film that was hated, and its errors show it.",
    "mean": "From every rating the mean of all training ratings is taken away, so that an empty cell, a 0, means an "
    "average rating.",
    "user": "From every rating the mean of that user's ratings is taken away, so that an empty cell, a 0, means what "
    "this user gives on average.",
    "item": "From every rating the mean of that film's ratings is taken away, so that an empty cell, a 0, means what "
    "this film gets on average.",
    "bias": "From every rating the biases are taken away: the mean, how generous the user is, how well liked the film "
    "is. An empty cell, a 0, then means no surprise.",
}
"""The meaning of an empty cell under each fill, for people."""

FILLS: Final = tuple(FILL_MEANINGS)


def fill_of(matrix: RatingMatrix, fill: str, damping: float, threads: int) -> Baseline:
    """The fill as ``mean + user + item``; what is decomposed is ``rating - fill`` at the known cells, 0 elsewhere.

    ``zero``: 0, the naive pivot. ``mean``, ``user``, ``item``: that mean of the training ratings; users or
    items without ratings take the mean of all. ``bias``: mean + damped biases.
    """
    if fill == "bias":
        return damped_baseline(matrix, damping, threads)
    users, items = (np.zeros(side, np.float32) for side in matrix.shape)
    if fill == "zero":
        return Baseline(0.0, users, items)
    mean = matrix.mean
    if fill == "user":
        users = _deviation(matrix.by_user.offsets, matrix.by_user.values, mean)
    elif fill == "item":
        items = _deviation(matrix.by_item.offsets, matrix.by_item.values, mean)
    return Baseline(mean, users, items)


def _deviation(offsets: NDArray[np.int64], values: NDArray[np.float32], mean: float) -> NDArray[np.float32]:
    """Mean of each row minus ``mean``; 0 for a row without ratings."""
    running = np.concatenate([[0.0], np.cumsum(values - mean, dtype=np.float64)])
    return (np.diff(running[offsets]) / np.maximum(np.diff(offsets), 1)).astype(np.float32)
