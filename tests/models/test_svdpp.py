"""What is particular to svdpp: its bound falls and is what it says, folding in is exact, each parameter counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.kernels.reference.improve_implicit import design
from matinee.matrix.sparse import RatingMatrix
from matinee.models.svdpp import SVDPlusPlus
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

if TYPE_CHECKING:
    from matinee.models.common.variational import VariationalFit, VariationalSide

QUICK = RunOptions(seed=3, threads=2, intervals=False)
SMALL = {"rank": 4, "regularization": 5.0, "bias_regularization": 2.0, "sweeps": 4, "patience": 0}


@pytest.fixture(scope="module")
def ratings():
    return planted(80, 60, 0.3, seed=6)


def narrow(side: VariationalSide, noise: float) -> float:
    """Divergence of the posterior of one side's factors from what they are expected to be, twice, in float64."""
    k, prior = side.rank, noise / side.ridge.constant
    own, variance = side.factors[:, :k].astype(np.float64), side.variances[:, :k].astype(np.float64)
    implicit = side.implicit[:, :k].astype(np.float64)
    away = own - design(side.pattern) @ implicit
    spread = np.sum((away**2 + variance) / prior - 1 - np.log(variance / prior))
    return float(spread + np.sum(implicit**2) / prior + side.ridge.bias * np.sum(side.bias.astype(float) ** 2) / noise)


def free_energy(fit: VariationalFit, ratings) -> float:
    """The bound spelled out in float64: expected errors under the posterior, and both divergences."""
    (u, du), (q, dq) = (
        (side.factors.astype(np.float64)[index], side.variances.astype(np.float64)[index])
        for side, index in ((fit.users, ratings.user), (fit.items, ratings.item))
    )
    error = ratings.value - fit.scorer().at(ratings.user, ratings.item)
    squares = np.sum(error**2) + np.sum(u**2 * dq + du * q**2 + du * dq)
    likelihood = len(ratings) * np.log(2 * np.pi * fit.noise) + squares / fit.noise
    return float(likelihood + narrow(fit.users, fit.noise) + narrow(fit.items, fit.noise)) / (2 * len(ratings))


@pytest.mark.parametrize("rank", [1, 4, 17])
def test_the_objective_is_the_free_energy_and_falls(ratings, rank) -> None:
    fit = SVDPlusPlus(**{**SMALL, "rank": rank}).start(RatingMatrix.from_ratings(ratings), QUICK)
    before = np.inf
    for _ in range(25):
        energy = fit.sweep()
        assert energy == pytest.approx(free_energy(fit, ratings), abs=2e-6)
        assert energy < before + 1e-7
        before = energy


def test_folding_in_is_refitting_a_row_with_the_other_side_frozen(ratings) -> None:
    """Users come last in a sweep, so their factors are already those: to float32 rounding of the same solve."""
    model = SVDPlusPlus(**SMALL).fit(ratings, QUICK)
    again = model.fold_in(ratings)
    np.testing.assert_allclose(again.scorer.user_factors, model.scorer.user_factors, atol=2e-5)
    np.testing.assert_allclose(again.scorer.user_bias, model.scorer.user_bias, atol=2e-5)


def test_a_new_person_minimises_her_own_free_energy(ratings) -> None:
    """A dense float64 solve: her implicit part, the films' variances on the diagonal, her bias."""
    model = SVDPlusPlus(**SMALL).fit(ratings, QUICK)
    items, stars = np.array([3, 10, 20, 41, 59]), np.array([1.0, 4.5, 3.0, 5.0, 2.0])
    folded = model.fold_in(ratings_from([0] * 5, items, stars, users=1, items=60)).scorer
    own = model.scorer
    q, v = (part[items].astype(np.float64) for part in (own.item_factors, own.item_variances))
    expected = own.implicit_factors[items].astype(np.float64).sum(axis=0) / np.sqrt(5)
    x = np.column_stack([q, np.ones(5)])
    normal = x.T @ x + np.diag(np.append(v.sum(axis=0) + 5.0, 2.0))
    solution = np.linalg.solve(normal, x.T @ (stars - own.mean - own.item_bias[items]) + np.append(5.0 * expected, 0.0))
    np.testing.assert_allclose(folded.user_factors[0], solution[:4], atol=2e-5)
    assert folded.user_bias[0] == pytest.approx(solution[4], abs=2e-5)


def test_which_films_a_person_rated_tells_her_taste_whatever_the_stars() -> None:
    """Two camps rate mostly their own films and like those; who rates films of one at the mean is taken to be of it."""
    rng = np.random.default_rng(0)
    user, item = (index.ravel() for index in np.indices((200, 80)))
    same = user % 2 == item % 2
    kept = rng.random(len(user)) < np.where(same, 0.35, 0.06)
    stars = np.where(same, 4.0, 2.0) + rng.choice([-0.5, 0.0, 0.5], len(user))
    model = SVDPlusPlus(rank=2).fit(ratings_from(user[kept], item[kept], stars[kept], users=200, items=80), QUICK)
    mean = np.full(10, np.round(2 * model.scorer.mean) / 2)
    folded = model.fold_in(ratings_from([0] * 10, np.arange(0, 20, 2), mean, users=1, items=80))
    found = predict_at(folded, np.zeros(80, int), np.arange(80)).value
    assert found[20::2].mean() > found[21::2].mean() + 0.5


def test_another_unit_of_the_ratings_gives_the_same_predictions_in_it(ratings) -> None:
    halved = ratings_from(ratings.user, ratings.item, ratings.value / 2, users=80, items=60)
    one, other = (SVDPlusPlus(**SMALL).fit(given, QUICK) for given in (ratings, halved))
    where = np.indices((80, 60)).reshape(2, -1)
    np.testing.assert_allclose(one.scorer.at(*where), 2 * other.scorer.at(*where), atol=1e-4)


@pytest.mark.parametrize(
    "change", [{"rank": 5}, {"regularization": 6.0}, {"bias_regularization": 3.0}, {"sweeps": 3}], ids=str
)
def test_every_parameter_changes_the_result(ratings, change) -> None:
    one, other = (SVDPlusPlus(**{**SMALL, **values}).fit(ratings, QUICK) for values in ({}, change))
    difference = predict_at(one, ratings.user, ratings.item).value - predict_at(other, ratings.user, ratings.item).value
    assert np.abs(difference).max() > 1e-4


def test_patience_stops_early() -> None:
    ratings = planted(200, 120, 0.3, seed=1)
    models = [SVDPlusPlus(rank=8, sweeps=100, patience=n).fit(ratings, QUICK) for n in (1, 0)]
    short, long = (model.report.iteration for model in models)
    assert [short.ended, long.ended] == ["no gain", "all sweeps"]
    assert short.kept < 100 == long.kept


def test_equal_ratings_leave_a_little_noise_so_that_nothing_is_divided_by_zero() -> None:
    user, item = (index.ravel() for index in np.indices((30, 20)))
    ratings = ratings_from(user, item, np.full(600, 3.5), users=30, items=20)
    fit = SVDPlusPlus().start(RatingMatrix.from_ratings(ratings), QUICK)
    assert np.isfinite([fit.sweep() for _ in range(200)]).all()
    assert fit.noise == pytest.approx(1e-12)
    np.testing.assert_allclose(fit.scorer().at(user, item), 3.5, atol=1e-5)
