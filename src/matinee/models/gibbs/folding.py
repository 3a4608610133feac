"""New people's rows: the posterior mean, given the items and what people of the training ratings are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import padded
from matinee.kernels.spmm import spmm
from matinee.models.gibbs.expected import seen_rows
from matinee.models.gibbs.residual import unexplained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.factors import Factors
    from matinee.models.gibbs.residual import Half

_ROUNDS: Final = 3
"""Rows given how steady a person is, and the other way round, in turns: steadiness then stands to a percent."""

_LATENT_ROUNDS: Final = 30
"""Likewise where latent numbers are expected in each round too."""


def folded_rows(
    factors: Factors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings."""
    known, prior = factors.details["user_prior"], _prior(factors, rows, threads)
    items, scale = padded(factors.item_factors), factors.folding["item_scale"]
    folded, bias = np.zeros_like(prior.mean), np.zeros(len(rows[0]) - 1, np.float32)
    steady = np.ones(len(bias))
    for _ in range(_rounds(factors, varies)):
        precision = (known["noise_precision"] * steady).astype(np.float32)
        seen, doubt = seen_rows(factors, (folded[:, : factors.rank], bias), rows, steady, threads)
        given = Likelihood(seen, items, factors.item_bias, scale, precision, factors.rank, factors.mean)
        sample_rows(given, prior, None, folded, bias, threads)
        if varies:
            steady = _steadiness(factors, (folded[:, : factors.rank], bias), seen, doubt, threads)
    return bias, np.ascontiguousarray(folded[:, : factors.rank])


def _rounds(factors: Factors, varies: bool) -> int:
    if factors.link is not None:
        return _LATENT_ROUNDS
    return _ROUNDS if varies else 1


def folded_noise(people: Factors, rows: Compressed, threads: int) -> NDArray[np.float32]:
    """How far the ratings of ``people``, whose rows stand, scatter beside others', float32, shape ``(b,)``."""
    own, steady = (people.user_factors, people.user_bias), np.ones(len(rows[0]) - 1)
    for _ in range(_rounds(people, people.link is not None)):
        seen, doubt = seen_rows(people, own, rows, steady, threads)
        steady = _steadiness(people, own, seen, doubt, threads)
    return (steady**-0.5).astype(np.float32)


def _steadiness(
    factors: Factors, own: Half, rows: Compressed, doubt: NDArray[np.float32] | float, threads: int
) -> NDArray[np.float64]:
    """Relative precision of each person's ratings, the mean of what it may be given what is left.

    ``doubt``: the variance of each rating, where it is latent.
    """
    known, scale = factors.details["user_prior"], factors.folding["item_scale"]
    left, _ = unexplained(rows, factors.mean, own, (factors.item_factors, factors.item_bias), threads)
    squared = np.square(left, dtype=np.float64) + doubt
    squared *= np.square(scale[rows[1]], dtype=np.float64)
    squares = known["noise_precision"] * _sums(rows, squared)
    return np.asarray((known["noise_alike"] + np.diff(rows[0])) / (known["noise_alike"] + squares))


def _prior(factors: Factors, rows: Compressed, threads: int) -> Prior:
    """What the films that they rated say of people, before how they rated them."""
    known, offsets = factors.details["user_prior"], rows[0]
    weight = (1.0 / np.sqrt(np.maximum(np.diff(offsets), 1))).astype(np.float32)
    features = (offsets, rows[1], np.repeat(weight, np.diff(offsets)))
    mean = spmm(features, padded(factors.folding["pull"]), threads)
    bias_mean = spmm(features, factors.folding["bias_pull"][:, None].astype(np.float64), threads)[:, 0]
    return Prior(
        mean,
        np.ones(mean.shape[1], np.float32),
        (known["bias_mean"] + bias_mean).astype(np.float32),
        known["bias_precision"],
    )


def _sums(rows: Compressed, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the entries of each row, 0 for a row without."""
    sums = np.add.reduceat(np.append(numbers, 0.0), rows[0][:-1]) if len(rows[0]) > 1 else np.zeros(0)
    return np.where(np.diff(rows[0]) > 0, sums, 0.0)
