"""What is particular to als: it minimises what it says, folds in exactly, and each parameter counts."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from matinee.data.synthetic.planted import MOVIELENS_1M
from matinee.data.synthetic.planted import planted as planted_shape
from matinee.fitting.model import BASELINE_DAMPING
from matinee.fitting.options import RunOptions
from matinee.kernels.solve_rows import padded, stride_of
from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.models.als import ALS
from matinee.models.common.implicit_features import RIDGE, Implicit
from tests.support.planted import planted
from tests.support.predicting import predict_at

QUICK = RunOptions(seed=3, threads=2, intervals=False)
SMALL = {"rank": 4, "regularization": 5.0, "bias_regularization": 2.0, "sweeps": 4, "patience": 0}


@pytest.fixture(scope="module")
def ratings():
    return planted(80, 60, 0.3, seed=6)


def objective(config: ALS, ratings, model) -> float:
    """The objective spelled out in float64, on the dense table."""
    own = model.scorer
    p, q = own.user_factors.astype(np.float64), own.item_factors.astype(np.float64)
    error = ratings.value - own.at(ratings.user, ratings.item)
    counts = (model.user_counts, model.item_counts) if config.scaling == "count" else (1, 1)
    total = np.sum(error**2)
    for count, factors, bias in zip(counts, (p, q), (own.user_bias, own.item_bias), strict=True):
        total += np.sum(count * (config.regularization * np.sum(factors**2, axis=1)))
        total += np.sum(count * (config.bias_regularization * bias.astype(np.float64) ** 2))
    return float(total)


@pytest.mark.parametrize("scaling", ["none", "count"])
@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_the_trace_is_the_objective_and_falls(ratings, scaling, solver) -> None:
    strength = {"regularization": 0.1, "bias_regularization": 0.05} if scaling == "count" else {}
    config = ALS(**{**SMALL, **strength}, scaling=scaling, solver=solver, implicit_weight=0.0)
    model = config.fit(ratings, QUICK)
    trace = [step.objective for step in model.report.iteration.trace]
    assert trace[-1] == pytest.approx(objective(config, ratings, model), rel=1e-5)
    assert np.all(np.diff(trace) < 0)


def test_the_objective_with_implicit_features_falls_too(ratings) -> None:
    config = ALS(**{**SMALL, "sweeps": 12}, implicit_weight=1.5)
    trace = [step.objective for step in config.fit(ratings, QUICK).report.iteration.trace]
    assert np.all(np.diff(trace) < 1e-6 * abs(trace[0]))


def test_it_ends_where_no_gradient_is_left(ratings) -> None:
    """First-order optimality, by finite differences of the objective spelled out, in random directions."""
    config = ALS(**{**SMALL, "sweeps": 400}, implicit_weight=0.0)
    model = config.fit(ratings, QUICK)
    rng, own = np.random.default_rng(0), model.scorer
    error = ratings.value - own.at(ratings.user, ratings.item)
    for factors, other, index, across in (
        (own.user_factors, own.item_factors, ratings.user, ratings.item),
        (own.item_factors, own.user_factors, ratings.item, ratings.user),
    ):
        gradient = 2 * config.regularization * factors.astype(np.float64)
        np.add.at(gradient, index, -2 * error[:, None] * other[across])
        size = np.abs(2 * config.regularization * factors).max()
        assert np.abs(gradient).max() < 2e-3 * size
        assert abs(np.sum(gradient * rng.standard_normal(gradient.shape))) < 0.05 * size


def test_planted_taste_is_recovered_to_the_noise() -> None:
    ratings = planted(500, 300, 0.4, noise=0.2, seed=2)
    config = ALS(rank=2, regularization=1.0, bias_regularization=1.0, sweeps=30, implicit_weight=0.0, patience=0)
    model = config.fit(ratings, QUICK)
    error = ratings.value - model.scorer.at(ratings.user, ratings.item)
    assert float(np.sqrt(np.mean(error**2))) < 0.32


@pytest.mark.parametrize("weight", [0.0, 2.0])
@pytest.mark.parametrize("scaling", ["none", "count"])
def test_folding_in_is_refitting_a_row_with_the_other_side_frozen(ratings, weight, scaling) -> None:
    """Users come last in a sweep, so their factors are already those: to float32 rounding of the same solve."""
    strength = {"regularization": 0.1, "bias_regularization": 0.05} if scaling == "count" else {}
    model = ALS(**{**SMALL, **strength}, scaling=scaling, implicit_weight=weight).fit(ratings, QUICK)
    again = model.fold_in(ratings)
    np.testing.assert_allclose(again.scorer.user_factors, model.scorer.user_factors, atol=2e-5)
    np.testing.assert_allclose(again.scorer.user_bias, model.scorer.user_bias, atol=2e-5)


def test_implicit_features_are_the_ridge_regression_on_what_is_rated(ratings) -> None:
    """C from the users' factors, by a dense float64 solve; then a user's own problem with it."""
    model = ALS(**{**SMALL, "sweeps": 1}, implicit_weight=2.0).fit(ratings, QUICK)
    matrix = RatingMatrix.from_ratings(ratings, 1)
    baseline = damped_baseline(matrix, BASELINE_DAMPING, 1)
    weight = 2.0 * np.mean((ratings.value - baseline.predict(ratings.user, ratings.item)) ** 2)
    pull, gram = model.scorer.implicit_pull, model.scorer.implicit_gram
    c = pull.astype(np.float64) / weight
    np.testing.assert_allclose(weight * c.T @ c, gram, rtol=1e-3, atol=1e-4 * np.abs(gram).max())
    q, bias = model.scorer.item_factors.astype(np.float64), model.scorer.item_bias.astype(np.float64)
    user = int(np.argmax(model.user_counts))
    mine = ratings.user == user
    items, target = ratings.item[mine], ratings.value[mine] - model.scorer.mean - bias[ratings.item[mine]]
    x = np.column_stack([q[items], np.ones(len(items))])
    normal = x.T @ x + np.diag([5.0] * 4 + [2.0])
    normal[:4, :4] += gram
    right = x.T @ target + np.append(pull[items].sum(axis=0), 0.0)
    solution = np.linalg.solve(normal, right)
    np.testing.assert_allclose(model.scorer.user_factors[user], solution[:4], atol=1e-4)
    assert model.scorer.user_bias[user] == pytest.approx(solution[4], abs=1e-4)


def test_guesses_of_who_rated_what_are_a_ridge_regression_over_all_cells(ratings) -> None:
    """C, its Gram matrix, what pulls at each user, and the value, spelled out on the dense table of 0 and 1."""
    matrix = RatingMatrix.from_ratings(ratings, 1)
    factors = padded(np.random.default_rng(1).standard_normal((80, 4)))
    by_item, by_user = (side.with_ones() for side in (matrix.by_item, matrix.by_user))
    found = Implicit.learnt(factors, 4, by_item, 1.5, 2)
    rated, f = np.zeros((80, 60)), factors[:, :4].astype(np.float64)
    rated[ratings.user, ratings.item] = 1.0
    c = rated.T @ f @ np.linalg.inv(f.T @ f + RIDGE * np.eye(4))
    np.testing.assert_allclose(found.pull[:, :4], 1.5 * c, atol=1e-5)
    np.testing.assert_allclose(found.gram[:4, :4], 1.5 * c.T @ c, atol=1e-5)
    pulls = found.pulls(by_user, 2)
    np.testing.assert_allclose(pulls[:, :4], 1.5 * rated @ c, atol=1e-4)
    value = 1.5 * (np.sum((rated - f @ c.T) ** 2) + RIDGE * np.sum(c**2))
    assert found.value(factors, pulls) == pytest.approx(value - 1.5 * len(ratings), rel=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        {"rank": 5},
        {"regularization": 6.0},
        {"bias_regularization": 3.0},
        {"scaling": "count"},
        {"implicit_weight": 0.0},
        {"solver": "cg"},
        {"sweeps": 3},
    ],
    ids=str,
)
def test_every_parameter_changes_the_result(ratings, change) -> None:
    one, other = (ALS(**{**SMALL, **values}).fit(ratings, QUICK) for values in ({}, change))
    difference = predict_at(one, ratings.user, ratings.item).value - predict_at(other, ratings.user, ratings.item).value
    assert np.abs(difference).max() > 1e-4


def test_patience_stops_early() -> None:
    ratings = planted(200, 120, 0.3, seed=1)
    short = ALS(rank=8, regularization=0.5, sweeps=60, patience=1).fit(ratings, QUICK)
    assert short.report.iteration.kept < 60
    assert short.report.iteration.ended == "no gain"


def test_conjugate_gradients_come_to_the_same_predictions(ratings) -> None:
    exact, steps = (ALS(**{**SMALL, "sweeps": 60}, solver=solver).fit(ratings, QUICK) for solver in ("cholesky", "cg"))
    one, other = (predict_at(model, ratings.user, ratings.item).value for model in (exact, steps))
    assert np.sqrt(np.mean((one - other) ** 2)) < 0.02


@pytest.mark.parametrize("weight", [0.0, 2.0])
def test_a_fit_takes_the_memory_that_its_docstring_says(weight) -> None:
    """What Python allocates, NumPy's arrays included; the kernels' own buffers do not grow with the ratings."""
    ratings = planted_shape(MOVIELENS_1M, seed=20)
    config = ALS(rank=64, sweeps=2, patience=0, implicit_weight=weight)
    config.fit(planted(), QUICK)
    tracemalloc.start()
    config.fit(ratings, QUICK)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    rows = len(ratings.users) + len(ratings.items)
    assert peak == pytest.approx(20 * len(ratings) + (16 if weight else 8) * stride_of(64) * rows, rel=0.1)
