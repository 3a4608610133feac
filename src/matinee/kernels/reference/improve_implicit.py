"""NumPy twin of `matinee.kernels.improve_implicit`: the pattern as a dense matrix, in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.improve_implicit import Pattern

    Float64 = NDArray[np.float64]


def improve_implicit(
    pattern: Pattern, known: NDArray[np.floating], factors: NDArray[np.floating], steps: int
) -> tuple[Float64, Float64]:
    """Improve ``factors`` by so many steps; returns them and the rows that are then expected."""
    matrix = design(pattern)
    y = factors.astype(np.float64)
    curvature = (1.0 + np.sum(matrix**2, axis=0))[:, None]
    residual = matrix.T @ (known - matrix @ y) - y
    direction = residual / curvature
    gain = np.sum(residual**2 / curvature, axis=0)
    for _ in range(steps):
        forward = matrix @ direction
        length = _ratio(gain, np.sum(forward**2, axis=0) + np.sum(direction**2, axis=0))
        y += length * direction
        residual -= length * (matrix.T @ forward + direction)
        before = gain
        gain = np.sum(residual**2 / curvature, axis=0)
        direction = residual / curvature + _ratio(gain, before) * direction
    return y, matrix @ y


def design(pattern: Pattern) -> Float64:
    """X with ``z = X y``: ``|N(r)|^(-1/2)`` at the cells of row r."""
    offsets, indices, _ = pattern.rows
    counts = np.diff(offsets)
    matrix = np.zeros((len(counts), pattern.columns.row_count))
    matrix[np.repeat(np.arange(len(counts)), counts), indices] = np.repeat(1.0 / np.sqrt(np.maximum(counts, 1)), counts)
    return matrix


def _ratio(a: Float64, b: Float64) -> Float64:
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)
