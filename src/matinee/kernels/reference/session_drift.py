"""NumPy twin of `matinee.kernels.session_drift`: each row as one dense normal distribution, sampled backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.streams import stream_normals, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.session_drift import DriftObservations


def draw_session_drift(observed: DriftObservations, scale: float, variance: float, key: int) -> NDArray[np.float64]:
    """Levels, shape ``(entries,)``. Times within a row must differ."""
    level = np.empty(len(observed.time))
    for row, (start, end) in enumerate(zip(observed.offsets[:-1], observed.offsets[1:], strict=True)):
        here = slice(start, end)
        noise = stream_normals(int(words(key, row)), end - start)
        level[here] = _row(
            observed.time[here], observed.residual[here], observed.precision[here], scale, variance, noise
        )
    return level


def _row(
    time: NDArray[np.int64],
    residual: NDArray[np.float32],
    precision: NDArray[np.float32],
    scale: float,
    variance: float,
    noise: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The posterior is normal; the last level comes from its marginal, each one before it given those after."""
    before = variance * np.exp(-np.abs(time[:, None] - time[None, :]) / scale)
    after = np.linalg.inv(np.linalg.inv(before) + np.diag(precision.astype(np.float64)))
    mean = after @ (precision.astype(np.float64) * residual)
    lower = np.linalg.cholesky(after[::-1, ::-1])  # of the levels from the last to the first
    return np.asarray(mean + (lower @ noise[::-1])[::-1])
