"""New people's rows: the posterior mean, given the items and what people of the training ratings are like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.improve_implicit import row_scale
from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import padded
from matinee.kernels.spmm import spmm
from matinee.models.bayesian.chain.residual import unexplained
from matinee.models.bayesian.expected_stars import seen_rows
from matinee.models.bayesian.posterior.user_prior import UserPrior
from matinee.models.bayesian.row_variance import row_doubt
from matinee.predicting.fold_in import met

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.chain.residual import Half
    from matinee.predicting.factors import Factors

_ROUNDS: Final = 3
"""Rows given how steady a person is, and the other way round, in turns: steadiness then stands to a percent."""

_LEAST_TOLD: Final = 0.05
"""Of what a rating would tell that is seen, a latent one tells at least so much."""

_LATENT_ROUNDS: Final = 30
"""Likewise where latent numbers are expected in each round too."""


def folded_rows(
    factors: Factors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings."""
    rows, factors = _met(factors, rows)
    prior = _prior(factors, rows, threads)
    folded, bias = np.zeros_like(prior.mean), np.zeros(rows.row_count, np.float32)
    steady = np.ones(len(bias))
    for _ in range(_rounds(factors, varies)):
        seen, doubt = seen_rows(factors, (folded[:, : factors.rank], bias), rows, steady, threads)
        sample_rows(_given(factors, seen, steady), prior, None, folded, bias, threads)
        if varies:
            steady = _steadiness(factors, (folded[:, : factors.rank], bias), seen, doubt, threads)
    folded = np.ascontiguousarray(folded[:, : factors.rank])
    if (new := factors.newcomers) is not None:  # who has no ratings is as new as anybody
        empty = rows.lengths == 0
        bias[empty], folded[empty] = new.user_bias[0], new.user_factors[0]
    return bias, folded


def _rounds(factors: Factors, varies: bool) -> int:
    if factors.link is not None:
        return _LATENT_ROUNDS
    return _ROUNDS if varies else 1


def _met(factors: Factors, rows: Compressed) -> tuple[Compressed, Factors]:
    """``rows`` over the films that occur in them alone, and ``factors`` of these: the others need not be copied."""
    rows, items = met(rows)
    return rows, factors.over_items(items, ("pull", "bias_pull", "item_scale"))


def _given(factors: Factors, rows: Compressed, steady: NDArray[np.floating]) -> Likelihood:
    """What ratings say of people who are ``steady`` beside others."""
    precision = (UserPrior.of(factors.details).noise_precision * steady).astype(np.float32)
    items, scale = padded(factors.item_factors), factors.folding["item_scale"]
    return Likelihood(rows, items, factors.item_bias, scale, precision, factors.rank, factors.mean)


def folded_uncertainty(
    people: Factors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """How far the ratings of ``people``, whose rows stand, scatter, and how little is known of them.

    `Factors.user_noise` (``None`` where all are alike) and `Factors.user_doubt`, float32, shape ``(b,)`` each: the
    doubt is the variance of predictions for typical films over the posterior of a row, the films staying as they are.
    A latent rating tells less than one that is seen, by the share of its variance that its star leaves open
    (Louis 1982); of that the mean over each person's ratings is taken.
    """
    rows, people = _met(people, rows)
    known, counts = UserPrior.of(people.details), rows.lengths
    own, steady = (people.user_factors, people.user_bias), np.ones(len(counts))
    for _ in range(_rounds(people, people.link is not None) if varies else 1):
        seen, doubt = seen_rows(people, own, rows, steady, threads)
        steady = _steadiness(people, own, seen, doubt, threads) if varies else steady
    told = 1.0 - steady * _open(people, rows, doubt) / np.maximum(counts, 1)
    with single_threaded_blas():
        unknown, explained = row_doubt(people, rows, known.noise_precision * steady * np.clip(told, _LEAST_TOLD, 1.0))
    relative = (known.noise_precision * unknown).astype(np.float32)
    if not varies:
        return None, relative
    squares = _squares(people, own, seen, doubt, threads) + explained / steady
    left = np.maximum(known.noise_alike + counts - 2.0, 1.0)
    return np.sqrt((known.noise_alike + squares) / left).astype(np.float32), relative


def _open(factors: Factors, rows: Compressed, doubt: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Each person's sum of the variances of what is latent, in units of the usual noise and the films'."""
    scaled = np.square(factors.folding["item_scale"][rows.indices], dtype=np.float64) * doubt
    return np.asarray(UserPrior.of(factors.details).noise_precision * _sums(rows, scaled))


def _steadiness(
    factors: Factors, own: Half, rows: Compressed, doubt: NDArray[np.float32] | float, threads: int
) -> NDArray[np.float64]:
    """Relative precision of each person's ratings, the mean of what it may be given what is left.

    ``doubt``: the variance of each rating, where it is latent.
    """
    known = UserPrior.of(factors.details)
    squares = _squares(factors, own, rows, doubt, threads)
    return np.asarray((known.noise_alike + rows.lengths) / (known.noise_alike + squares))


def _squares(
    factors: Factors,
    own: tuple[NDArray[np.float32], NDArray[np.float32]],
    rows: Compressed,
    doubt: NDArray[np.float32] | float,
    threads: int,
) -> NDArray[np.float64]:
    """Each person's sum of squares of what is left of ratings, in units of the usual noise and the films'."""
    left, _ = unexplained(rows, factors.mean, own, (factors.item_factors, factors.item_bias), threads)
    scaled = np.square(left, dtype=np.float64) + doubt
    scaled *= np.square(factors.folding["item_scale"][rows.indices], dtype=np.float64)
    return np.asarray(UserPrior.of(factors.details).noise_precision * _sums(rows, scaled))


def _prior(factors: Factors, rows: Compressed, threads: int) -> Prior:
    """What the films that they rated say of people, before how they rated them."""
    known = UserPrior.of(factors.details)
    weight = row_scale(rows.offsets)
    features = rows.with_values(np.repeat(weight, rows.lengths))
    mean = spmm(features, padded(factors.folding["pull"]), threads)
    bias_mean = spmm(features, factors.folding["bias_pull"][:, None].astype(np.float64), threads)[:, 0]
    return Prior(
        mean,
        np.ones(mean.shape[1], np.float32),
        (known.bias_mean + bias_mean).astype(np.float32),
        known.bias_precision,
    )


def _sums(rows: Compressed, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the entries of each row, 0 for a row without."""
    sums = np.add.reduceat(np.append(numbers, 0.0), rows.offsets[:-1]) if rows.row_count else np.zeros(0)
    return np.where(rows.lengths > 0, sums, 0.0)
