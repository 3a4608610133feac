"""NumPy twin of `matinee.kernels.sample_rows`: one dense float64 system a row, and the same random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.streams import stream_normals, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.sample_rows import Likelihood, Prior


def sample_rows(
    likelihood: Likelihood, prior: Prior, key: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors ``(rows, rank)`` and biases ``(rows,)``."""
    rows = len(likelihood.row_precision)
    rank = likelihood.rank
    factors = np.empty((rows, rank))
    bias = np.empty(rows)
    for row in range(rows):
        noise = np.zeros(rank + 1) if key is None else stream_normals(int(words(key, row)), rank + 1)
        factors[row], bias[row] = _draw(likelihood, prior, row, noise)
    return factors, bias


def _draw(
    likelihood: Likelihood, prior: Prior, row: int, noise: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The bias from its marginal, then the factors given the bias."""
    matrix, right = _system(likelihood, prior, row)
    rank = likelihood.rank
    upper = np.linalg.cholesky(matrix[:rank, :rank]).T
    explained, border = (np.linalg.solve(upper.T, column) for column in (right[:rank], matrix[:rank, rank]))
    pivot = matrix[rank, rank] - border @ border
    bias = (right[rank] - border @ explained) / pivot + noise[rank] / np.sqrt(pivot)
    return np.linalg.solve(upper, explained - bias * border + noise[:rank]), float(bias)


def _system(likelihood: Likelihood, prior: Prior, row: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Posterior precision and precision times mean, the last unknown being the bias."""
    offsets, indices, values = likelihood.rows
    here = slice(offsets[row], offsets[row + 1])
    rank = likelihood.rank
    column = indices[here]
    q = np.column_stack([likelihood.other[column, :rank].astype(np.float64), np.ones(len(column))])
    target = values[here].astype(np.float64) - likelihood.shift - likelihood.offset[column]
    weight = float(likelihood.row_precision[row]) * likelihood.scale[column].astype(np.float64) ** 2
    precision = np.append(prior.precision[:rank].astype(np.float64), prior.bias_precision)
    mean = np.append(prior.mean[row, :rank].astype(np.float64), prior.bias_mean[row])
    return q.T @ (weight[:, None] * q) + np.diag(precision), q.T @ (weight * target) + precision * mean
