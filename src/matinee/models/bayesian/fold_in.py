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
from matinee.models.bayesian.expected_stars import latent_rows
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
"""Rounds of rows given the precision of a person's ratings, then precision given rows: it then stands to a percent."""

_LEAST_INFORMATION: Final = 0.05
"""Least information of a latent rating, as a share of that of an observed one."""

_LATENT_ROUNDS: Final = 30
"""Rounds where latent numbers are expected in each too."""


def folded(factors: PosteriorFactors, people: NewPeople, varies: bool, threads: int) -> PosteriorFactors:
    """``factors`` of new people; ``varies``: whether noise differs between users."""
    if not factors.rank:
        nobody = np.zeros(len(people.level), np.float32)
        return _of_people(factors, nobody, np.zeros((len(nobody), 0), np.float32))
    periods = factors.periods
    items = factors
    rows = people.rows
    if periods is not None:
        periods, items, rows = in_periods(factors, periods, rows, people.time)
    bias, user_factors = folded_rows(items, rows, varies, threads)
    noise, variance = _uncertainty(_of_people(items, bias, user_factors), rows, varies, threads)
    made = replace(_of_people(factors, bias, user_factors), user_noise=noise, user_variance=variance)
    made = replace(made, cold_start=_cold_start(made, people.level))
    return made if periods is None else at_home(made, periods)


def _of_people(factors: PosteriorFactors, bias: NDArray[np.float32], rows: NDArray[np.float32]) -> PosteriorFactors:
    """``factors`` of other people, of whom no more is prior so far."""
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
    """Expectation of films without ratings, for people whose usual rating is ``level``, stars."""
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
    rows, factors = _over_rated_items(factors, rows)
    prior = _prior(factors, rows, threads)
    folded, bias = np.zeros_like(prior.mean), np.zeros(rows.row_count, np.float32)
    steadiness = np.ones(len(bias))
    for _ in range(_rounds(factors, varies)):
        latent, variance = latent_rows(factors, (folded[:, : factors.rank], bias), rows, steadiness, threads)
        sample_rows(_likelihood(factors, latent, steadiness), prior, None, folded, bias, threads)
        if varies:
            steadiness = _steadiness(factors, (folded[:, : factors.rank], bias), latent, variance, threads)
    folded = np.ascontiguousarray(folded[:, : factors.rank])
    if (new := factors.cold_start) is not None:  # who has no ratings is as new as anybody
        empty = rows.lengths == 0
        bias[empty], folded[empty] = new.user_bias[0], new.user_factors[0]
    return bias, folded


def _rounds(factors: PosteriorFactors, varies: bool) -> int:
    if factors.cutpoints is not None:
        return _LATENT_ROUNDS
    return _ROUNDS if varies else 1


def _over_rated_items(factors: PosteriorFactors, rows: Compressed) -> tuple[Compressed, PosteriorFactors]:
    """``rows`` over the films that occur in them alone, and ``factors`` of these: the others need not be copied."""
    rows, items = rated_items(rows)
    return rows, factors.over_items(items)


def _likelihood(factors: PosteriorFactors, rows: Compressed, steadiness: NDArray[np.floating]) -> Likelihood:
    """Likelihood of ratings; ``steadiness``: relative precision of each person's."""
    precision = (factors.prior.noise_precision * steadiness).astype(np.float32)
    items, scale = padded(factors.item_factors), factors.prior.item_scale
    return Likelihood(rows, items, factors.item_bias, scale, precision, factors.rank, factors.mean)


def folded_uncertainty(
    people: PosteriorFactors, rows: Compressed, varies: bool, threads: int
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """Noise and posterior variance of ``people``, whose rows stand.

    `PosteriorFactors.user_noise` (``None`` where all are alike) and `PosteriorFactors.user_variance`, float32, shape
    ``(b,)`` each: the latter is the variance of predictions for typical films over the posterior of a row, the films
    staying as they are. A latent rating tells less than an observed one, by the share of its variance that its star
    leaves open (Louis 1982); of that the mean over each person's ratings is taken.
    """
    rows, people = _over_rated_items(people, rows)
    prior, counts = people.prior, rows.lengths
    users = (people.user_factors, people.user_bias)
    steadiness = np.ones(len(counts))
    for _ in range(_rounds(people, people.cutpoints is not None) if varies else 1):
        latent, variance = latent_rows(people, users, rows, steadiness, threads)
        steadiness = _steadiness(people, users, latent, variance, threads) if varies else steadiness
    information = 1.0 - steadiness * _open(people, rows, variance) / np.maximum(counts, 1)
    with single_threaded_blas():
        precision = prior.noise_precision * steadiness * np.clip(information, _LEAST_INFORMATION, 1.0)
        unknown, explained = posterior_variance(people, rows, precision)
    relative = (prior.noise_precision * unknown).astype(np.float32)
    if not varies:
        return None, relative
    squares = _squares(people, users, latent, variance, threads) + explained / steadiness
    degrees = np.maximum(prior.noise_alike + counts - 2.0, 1.0)
    return np.sqrt((prior.noise_alike + squares) / degrees).astype(np.float32), relative


def _open(factors: PosteriorFactors, rows: Compressed, variance: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Each person's sum of the variances of what is latent, in units of the usual noise and the films'."""
    scaled = np.square(factors.prior.item_scale[rows.indices], dtype=np.float64) * variance
    return np.asarray(factors.prior.noise_precision * _sums(rows, scaled))


def _steadiness(
    factors: PosteriorFactors, users: Half, rows: Compressed, variance: NDArray[np.float32] | float, threads: int
) -> NDArray[np.float64]:
    """Relative precision of each person's ratings: its posterior mean given the residuals.

    ``variance``: the variance of each rating, where it is latent.
    """
    prior = factors.prior
    squares = _squares(factors, users, rows, variance, threads)
    return np.asarray((prior.noise_alike + rows.lengths) / (prior.noise_alike + squares))


def _squares(
    factors: PosteriorFactors,
    users: Half,
    rows: Compressed,
    variance: NDArray[np.float32] | float,
    threads: int,
) -> NDArray[np.float64]:
    """Each person's sum of squared residuals, in units of the usual noise and the films'."""
    residual, _ = unexplained(rows, factors.mean, users, (factors.item_factors, factors.item_bias), threads)
    scaled = np.square(residual, dtype=np.float64) + variance
    scaled *= np.square(factors.prior.item_scale[rows.indices], dtype=np.float64)
    return np.asarray(factors.prior.noise_precision * _sums(rows, scaled))


def _prior(factors: PosteriorFactors, rows: Compressed, threads: int) -> Prior:
    """Prior of each person from the films that were rated, whatever the stars."""
    prior = factors.prior
    weight = row_scale(rows.offsets)
    features = rows.with_values(np.repeat(weight, rows.lengths))
    mean = spmm(features, padded(factors.prior.pull), threads)
    bias_mean = spmm(features, factors.prior.bias_pull[:, None].astype(np.float64), threads)[:, 0]
    return Prior(
        mean,
        np.ones(mean.shape[1], np.float32),
        (prior.bias_mean + bias_mean).astype(np.float32),
        prior.bias_precision,
    )


def _sums(rows: Compressed, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the entries of each row, 0 for a row without."""
    sums = np.add.reduceat(np.append(numbers, 0.0), rows.offsets[:-1]) if rows.row_count else np.zeros(0)
    return np.where(rows.lengths > 0, sums, 0.0)
