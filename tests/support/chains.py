"""A tiny chain of ``bayesian``, and everything it is about, drawn from the priors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.solve_rows import padded
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.chain import periods as drawn_periods
from matinee.models.bayesian.chain.chain import Chain
from matinee.models.bayesian.chain.features import who_rated_what
from matinee.models.bayesian.chain.session_drift import SCALES
from matinee.models.bayesian.inputs.blocks import blocks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.bayesian.chain.features import Weights

USERS, ITEMS = 5, 4
RANK = 2


def a_chain(seed: int, times: bool, periods: int = 0, levels: int = 0, inner: bool = True) -> Chain:
    """Of a tiny pattern, two blocks a side: somebody rated a single film, some ratings have the same second."""
    rng = np.random.default_rng(3)
    user, item = np.nonzero(rng.random((USERS, ITEMS)) < 0.7)
    value = rng.standard_normal(len(user)).astype(np.float32)
    value = value if inner else np.sign(value)
    matrix = RatingMatrix.from_triplets(user.astype(np.int32), item.astype(np.int32), value, (USERS, ITEMS), 1)
    time = np.sort(rng.integers(0, 40, len(user))) * 20 if times else None
    rated = who_rated_what(matrix, (2, 2), 0, 1)
    told = ({"age": rng.standard_normal((USERS, 1))}, {"genres": rng.standard_normal((ITEMS, 2))})
    users, items = (
        blocks_of(found, known, np.full(count, True))
        for found, known, count in zip(rated, told, (USERS, ITEMS), strict=True)
    )
    stars = np.linspace(-1.5, 2.0, levels) if levels else None
    return Chain(matrix, RANK, (users, items), True, seed, 1, time, periods, stars)


def from_the_prior(chain: Chain, rng: np.random.Generator) -> None:
    """Everything unknown, from what is known of it before any rating."""
    for side in (chain.users, chain.items):
        side.precision = rng.gamma(1.0, 1.0, RANK + 1)
        side.bias_mean = float(rng.standard_normal())
        expected = sum((weights_from_the_prior(weights, rng) for weights in side.weights), 0.0)
        rows = expected + rng.standard_normal((len(side.bias), RANK + 1)) / np.sqrt(side.precision)
        side.factors, side.bias = padded(rows[:, :RANK]), (rows[:, RANK] + side.bias_mean).astype(np.float32)
    if chain.latent is None or chain.latent.thresholds.noise_drawn:
        chain.noise.all = float(rng.gamma(1.0, 1.0))
    for varying in (chain.noise.user, chain.noise.item) if chain.noise.varies else ():
        varying.freedom = 1.0 + float(rng.exponential(50.0))
        varying.precision = rng.gamma(varying.freedom / 2, 2 / varying.freedom, len(varying.precision))
    if chain.session_drift is not None:
        drift_from_the_prior(chain.session_drift, rng)
    if chain.periods is not None:
        periods_from_the_prior(chain.periods, rng)
    if chain.latent is not None:
        thresholds = chain.latent.thresholds
        thresholds.value = thresholds.at(thresholds.usual + rng.standard_normal(len(thresholds.usual)))


def weights_from_the_prior(weights: Weights, rng: np.random.Generator) -> NDArray[np.float64]:
    """And what rows are then expected to be."""
    weights.precision = rng.gamma(1.0, 1.0, RANK + 1)
    weights.values = rng.standard_normal(weights.values.shape) / np.sqrt(weights.precision)
    weights.expected = weights.features.scores @ weights.values
    return weights.expected


def drift_from_the_prior(drift, rng: np.random.Generator) -> None:
    owner = np.repeat(np.arange(len(drift.starts) - 1), np.diff(drift.starts))
    for index, scale in enumerate(SCALES):
        variance = drift.variance[index] = 0.01 / float(rng.gamma(1.0))
        same = owner[:, None] == owner[None, :]
        apart = np.abs(drift.time[:, None] - drift.time[None, :]) / scale
        covariance = np.where(same, variance * np.exp(-apart), 0.0)
        drift.level[:, index] = rng.multivariate_normal(np.zeros(len(covariance)), covariance, method="svd")


def periods_from_the_prior(periods, rng: np.random.Generator) -> None:
    periods.precision = rng.gamma(1.0, 1.0 / drawn_periods.PRIOR_RATE, RANK + 1)
    rows = rng.standard_normal((len(periods.bias), RANK + 1)) / np.sqrt(periods.precision)
    periods.factors, periods.bias = rows[:, :RANK].astype(np.float32), rows[:, RANK].astype(np.float32)


def new_ratings(chain: Chain, rng: np.random.Generator) -> None:
    """Ratings as the chain's present state says they come."""
    offsets, item, given = chain.matrix.by_user
    user = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    value = np.einsum("ek,ek->e", chain.users.factors[user], chain.items.factors[item])
    value = value + chain.users.bias[user] + chain.items.bias[item]
    if chain.session_drift is not None:
        value = value + chain.session_drift.of_ratings()
    if chain.periods is not None:
        when = chain.periods.period
        value = value + np.einsum("ek,ek->e", chain.periods.factors[when], chain.items.factors[item][:, :RANK])
        value = value + chain.periods.bias[when]
    precision = chain.noise.all * chain.noise.user.precision[user] * chain.noise.item.precision[item]
    value = (value + rng.standard_normal(len(given)) / np.sqrt(precision)).astype(np.float32)
    if chain.latent is not None:
        chain.latent.level = np.searchsorted(chain.latent.thresholds.value, value).astype(np.uint8)
    chain.set_ratings(value)
