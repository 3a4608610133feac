"""Drift of a user's ratings with time: one level a rating, drawn for each row of ratings at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class DriftObservations:
    """Noisy observations of levels: ``residual_e = level_e + n / √precision_e``, n standard normal.

    Attributes
    ----------
    offsets : int64, shape ``(rows + 1,)``: row r holds entries ``offsets[r]`` to ``offsets[r + 1] - 1``.
    time : int64 seconds, ascending within a row, shape ``(entries,)``.
    residual, precision : float32, shape ``(entries,)``; precision over 0.

    """

    offsets: NDArray[np.int64]
    time: NDArray[np.int64]
    residual: NDArray[np.float32]
    precision: NDArray[np.float32]


def draw_session_drift(
    observed: DriftObservations, scale: float, variance: float, key: int, threads: int
) -> tuple[NDArray[np.float32], float, int]:
    """Draw the levels of an Ornstein–Uhlenbeck process over the time of each row, given their observations.

    Levels have mean 0 and ``variance``; d seconds apart they correlate by ``exp(-d / scale)``. Forward filtering,
    backward sampling (Carter and Kohn 1994), in float64. Row r takes its numbers from the stream (``key``, r): the
    result does not depend on ``threads``.

    Returns levels, float32, shape ``(entries,)``, and, to draw the variance from, the sum of squared steps, each
    divided by its share of the variance, and their number.
    """
    rows = len(observed.offsets) - 1
    level = np.empty(len(observed.time), np.float32)
    squares = np.empty(rows)
    steps = np.empty(rows, np.int64)
    _native.draw_session_drift(
        observed.offsets, observed.time, observed.residual, observed.precision, scale, variance, key,
        level, squares, steps, threads,
    )  # fmt: skip
    return level, float(squares.sum()), int(steps.sum())
