"""Posterior variance of new people's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.factors import PosteriorFactors

_CELLS: Final = 1 << 22
"""Numbers gathered at once for people of about as many ratings."""


def posterior_variance(
    people: PosteriorFactors, rows: Compressed, precision: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Variance of predictions for typical films, stars², and number of ratings explained, of each row.

    With Z the films that somebody rated (factors and 1, over the deviation of a rating) and C the prior covariance of
    a row, the posterior covariance is ``Σ = C - C Zᵀ (1 + Z C Zᵀ)⁻¹ Z C``. The variance is ``tr(M Σ)`` with M the mean
    of typical films times themselves; explained is ``tr(Z Σ Zᵀ)``, by which squares of residuals are too small on
    average. ``precision``: of each row's ratings beside ``item_scale``, ``(b,)``.
    """
    prior = np.append(np.ones(people.rank), 1.0 / people.prior.bias_precision)
    typical = _typical(people)
    films = np.column_stack([people.item_factors, np.ones(len(people.item_bias))]).astype(np.float64)
    films *= people.prior.item_scale[:, None]
    pulled = films * prior
    known = np.stack([films, pulled, pulled @ typical])
    unknown = float(prior @ np.diag(typical))
    variance, explained = np.full(len(precision), unknown), np.zeros(len(precision))
    for some, index, there in _alike(rows, films.shape[1]):
        scaled = known[:, index] * (there * np.sqrt(precision[some])[:, None])[:, :, None]
        if index.shape[1] <= films.shape[1]:
            variance[some], explained[some] = _of_short((scaled[0], scaled[1], scaled[2]), unknown)
        else:
            variance[some], explained[some] = _of_long(scaled[0], prior, typical)
    return np.maximum(variance, 0.0), explained


def _of_short(
    scaled: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], unknown: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``tr(M Σ)`` and ``tr(Z Σ Zᵀ)`` by systems as large as there are ratings. ``scaled``: Z, Z C and Z C M."""
    z, pulled, typical = scaled
    across = pulled.transpose(0, 2, 1)
    known = np.linalg.inv(np.eye(z.shape[1]) + z @ across)
    return unknown - (known * (typical @ across)).sum((1, 2)), z.shape[1] - np.trace(known, axis1=1, axis2=2)


def _of_long(
    z: NDArray[np.float64], prior: NDArray[np.float64], typical: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same by systems as large as there are factors."""
    gram = z.transpose(0, 2, 1) @ z
    covariance = np.linalg.inv(gram + np.diag(1.0 / prior))
    return (covariance * typical).sum((1, 2)), (covariance * gram).sum((1, 2))


def _alike(
    rows: Compressed, width: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.integer], NDArray[np.float64]]]:
    """Rows with ratings, of about equal length together: which, columns ``(some, most)``, and 1 where one is."""
    counts = rows.lengths
    order, start = np.argsort(counts, kind="stable"), int(np.sum(counts == 0))
    while start < len(order):
        end = start + 1
        while end < len(order) and (end + 1 - start) * counts[order[end]] * width <= _CELLS:
            end += 1
        some = order[start:end]
        place = np.arange(counts[some[-1]])
        there = place < counts[some][:, None]
        index = np.where(there, rows.offsets[some][:, None] + place, 0)
        yield some, rows.indices[index], there.astype(np.float64)
        start = end


def _typical(people: PosteriorFactors) -> NDArray[np.float64]:
    prior = people.prior
    assert prior.typical_film is not None
    assert prior.typical_films is not None
    film = prior.typical_film.astype(np.float64)
    return np.block([[prior.typical_films.astype(np.float64), film[:, None]], [film, np.ones((1, 1))]])
