"""New people's rows: the posterior mean, given the items and what people of the training ratings are like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.improve_implicit import row_scale
from matinee.kernels.sample_rows import Likelihood, Prior, sample_rows
from matinee.kernels.solve_rows import padded
from matinee.kernels.spmm import spmm
from matinee.models.bayesian.chain.residual import unexplained
from matinee.models.bayesian.expected_stars import seen_rows
from matinee.models.bayesian.period_rows import at_home, in_periods
from matinee.models.bayesian.row_variance import posterior_variance
from matinee.models.common.new_rows import rated_items

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.chain.residual import Half
    from matinee.models.bayesian.cold_start import ColdStart
    from matinee.models.bayesian.factors import PosteriorFactors
    from matinee.predicting.fold_in import NewPeople

_ROUNDS: Final = 3
"""Rows given how steady a person is, and the other way round, in turns: steadiness then stands to a percent."""

_LEAST_TOLD: Final = 0.05
"""Of what a rating would tell that is seen, a latent one tells at least so much."""

_LATENT_ROUNDS: Final = 30
"""Likewise where latent numbers are expected in each round too."""


def folded(factors: PosteriorFactors, people: NewPeople, varies: bool, threads: int) -> PosteriorFactors:
    """``factors`` of new people; ``varies``: whether noise differs between users."""
    if not factors.rank:
        nobody = np.zeros(len(people.level), np.float32)
        return _of_people(factors, nobody, np.zeros((len(nobody), 0), np.float32))
    periods, items, rows = factors.periods, factors, people.rows
    if periods is not None:
        periods, items, rows = in_periods(factors, periods, rows, people.time)
    bias, own = folded_rows(items, rows, varies, threads)
    noise, variance = _uncertainty(_of_people(items, bias, own), rows, varies, threads)
    made = replace(_of_people(factors, bias, own), user_noise=noise, user_variance=variance)
    made = replace(made, cold_start=_cold_start(made, people.level))
    return made if periods is None else at_home(made, periods)


def _of_people(factors: PosteriorFactors, bias: NDArray[np.float32], rows: NDArray[np.float32]) -> PosteriorFactors:
    """``factors`` of other people, of whom no more is known so far."""
    of_people = factors.of_people(bias, rows)
    return replace(of_people, user_noise=None, user_variance=None, session_drift=None)


def _uncertainty(
    people: PosteriorFactors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
    """Of people's own ratings; nothing for a model saved before typical films were."""
    if people.prior.typical_film is None:
        return None, None
    return folded_uncertainty(people, rows, varies, threads)


def _cold_start(people: PosteriorFactors, level: NDArray[np.float64]) -> ColdStart | None:
    """What is expected of films without ratings, for people who give a film of which nothing is known ``level``."""
    if people.cold_start is None:
        return None
    cutpoints = people.cutpoints
    if cutpoints is not None:
        level = cutpoints.latent(np.clip(level, cutpoints.stars[0], cutpoints.stars[-1]))
    return people.cold_start.of_people(people, level)


def folded_rows(
    factors: PosteriorFactors, rows: Compressed, varies: bool, threads: int
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
    if (new := factors.cold_start) is not None:  # who has no ratings is as new as anybody
        empty = rows.lengths == 0
        bias[empty], folded[empty] = new.user_bias[0], new.user_factors[0]
    return bias, folded


def _rounds(factors: PosteriorFactors, varies: bool) -> int:
    if factors.cutpoints is not None:
        return _LATENT_ROUNDS
    return _ROUNDS if varies else 1


def _met(factors: PosteriorFactors, rows: Compressed) -> tuple[Compressed, PosteriorFactors]:
    """``rows`` over the films that occur in them alone, and ``factors`` of these: the others need not be copied."""
    rows, items = rated_items(rows)
    return rows, factors.over_items(items)


def _given(factors: PosteriorFactors, rows: Compressed, steady: NDArray[np.floating]) -> Likelihood:
    """What ratings say of people who are ``steady`` beside others."""
    precision = (factors.prior.noise_precision * steady).astype(np.float32)
    items, scale = padded(factors.item_factors), factors.prior.item_scale
    return Likelihood(rows, items, factors.item_bias, scale, precision, factors.rank, factors.mean)


def folded_uncertainty(
    people: PosteriorFactors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """How far the ratings of ``people``, whose rows stand, scatter, and how little is known of them.

    `PosteriorFactors.user_noise` (``None`` where all are alike) and `PosteriorFactors.user_variance`, float32, shape
    ``(b,)`` each: the latter is the variance of predictions for typical films over the posterior of a row, the films
    staying as they are. A latent rating tells less than one that is seen, by the share of its variance that its star
    leaves open (Louis 1982); of that the mean over each person's ratings is taken.
    """
    rows, people = _met(people, rows)
    known, counts = people.prior, rows.lengths
    own, steady = (people.user_factors, people.user_bias), np.ones(len(counts))
    for _ in range(_rounds(people, people.cutpoints is not None) if varies else 1):
        seen, doubt = seen_rows(people, own, rows, steady, threads)
        steady = _steadiness(people, own, seen, doubt, threads) if varies else steady
    told = 1.0 - steady * _open(people, rows, doubt) / np.maximum(counts, 1)
    with single_threaded_blas():
        precision = known.noise_precision * steady * np.clip(told, _LEAST_TOLD, 1.0)
        unknown, explained = posterior_variance(people, rows, precision)
    relative = (known.noise_precision * unknown).astype(np.float32)
    if not varies:
        return None, relative
    squares = _squares(people, own, seen, doubt, threads) + explained / steady
    left = np.maximum(known.noise_alike + counts - 2.0, 1.0)
    return np.sqrt((known.noise_alike + squares) / left).astype(np.float32), relative


def _open(factors: PosteriorFactors, rows: Compressed, doubt: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Each person's sum of the variances of what is latent, in units of the usual noise and the films'."""
    scaled = np.square(factors.prior.item_scale[rows.indices], dtype=np.float64) * doubt
    return np.asarray(factors.prior.noise_precision * _sums(rows, scaled))


def _steadiness(
    factors: PosteriorFactors, own: Half, rows: Compressed, doubt: NDArray[np.float32] | float, threads: int
) -> NDArray[np.float64]:
    """Relative precision of each person's ratings, the mean of what it may be given what is left.

    ``doubt``: the variance of each rating, where it is latent.
    """
    known = factors.prior
    squares = _squares(factors, own, rows, doubt, threads)
    return np.asarray((known.noise_alike + rows.lengths) / (known.noise_alike + squares))


def _squares(
    factors: PosteriorFactors,
    own: tuple[NDArray[np.float32], NDArray[np.float32]],
    rows: Compressed,
    doubt: NDArray[np.float32] | float,
    threads: int,
) -> NDArray[np.float64]:
    """Each person's sum of squares of what is left of ratings, in units of the usual noise and the films'."""
    left, _ = unexplained(rows, factors.mean, own, (factors.item_factors, factors.item_bias), threads)
    scaled = np.square(left, dtype=np.float64) + doubt
    scaled *= np.square(factors.prior.item_scale[rows.indices], dtype=np.float64)
    return np.asarray(factors.prior.noise_precision * _sums(rows, scaled))


def _prior(factors: PosteriorFactors, rows: Compressed, threads: int) -> Prior:
    """What the films that they rated say of people, before how they rated them."""
    known = factors.prior
    weight = row_scale(rows.offsets)
    features = rows.with_values(np.repeat(weight, rows.lengths))
    mean = spmm(features, padded(factors.prior.pull), threads)
    bias_mean = spmm(features, factors.prior.bias_pull[:, None].astype(np.float64), threads)[:, 0]
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
