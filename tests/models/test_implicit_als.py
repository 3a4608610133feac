"""What is particular to implicit-als: the objective over all cells, and exact folding in."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.fitting.rank_watch import RankWatch
from matinee.matrix.sparse import RatingMatrix
from matinee.models.implicit_als import ImplicitALS
from matinee.predicting.factors import LinearFactors
from tests.support.planted import planted
from tests.support.predicting import predict_at

QUICK = RunOptions(seed=3, threads=2)
SMALL = {"rank": 5, "regularization": 4.0, "confidence": 3.0, "sweeps": 5, "patience": 0}


@pytest.fixture(scope="module")
def ratings():
    return planted(70, 50, 0.25, seed=8)


def dense(ratings) -> np.ndarray:
    liked = np.zeros((len(ratings.users), len(ratings.items)))
    liked[ratings.user, ratings.item] = 1.0
    return liked


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_the_trace_is_the_objective_over_all_cells_and_falls(ratings, solver) -> None:
    model = ImplicitALS(**SMALL, solver=solver).fit(ratings, QUICK)
    x, p, q = dense(ratings), model.scorer.user_factors.astype(float), model.scorer.item_factors.astype(float)
    objective = np.sum((1 + 3.0 * x) * (x - p @ q.T) ** 2) + 4.0 * (np.sum(p**2) + np.sum(q**2))
    trace = [step.objective for step in model.report.iteration.trace]
    assert trace[-1] == pytest.approx(objective, rel=1e-5)
    assert np.all(np.diff(trace) < 0)


def test_users_are_at_their_weighted_least_squares(ratings) -> None:
    """Every user's factors by a dense float64 solve over all films."""
    model = ImplicitALS(**SMALL).fit(ratings, QUICK)
    x, q = dense(ratings), model.scorer.item_factors.astype(np.float64)
    for user in range(len(x)):
        weight = 1 + 3.0 * x[user]
        exact = np.linalg.solve(q.T @ (weight[:, None] * q) + 4.0 * np.eye(5), q.T @ (weight * x[user]))
        np.testing.assert_allclose(model.scorer.user_factors[user], exact, atol=2e-5)


def test_folding_in_is_refitting_a_row_with_the_other_side_frozen(ratings) -> None:
    model = ImplicitALS(**SMALL).fit(ratings, QUICK)
    again = model.fold_in(ratings)
    np.testing.assert_allclose(again.scorer.user_factors, model.scorer.user_factors, atol=2e-6)


@pytest.mark.parametrize(
    "change",
    [{"rank": 6}, {"regularization": 6.0}, {"confidence": 5.0}, {"solver": "cg"}, {"sweeps": 3}, {"liked": 3.0}],
    ids=str,
)
def test_every_parameter_changes_the_result(ratings, change) -> None:
    one, other = (ImplicitALS(**{**SMALL, **values}).fit(ratings, QUICK) for values in ({}, change))
    difference = predict_at(one, ratings.user, ratings.item).value - predict_at(other, ratings.user, ratings.item).value
    assert np.abs(difference).max() > 1e-4


def test_patience_stops_early_by_the_rank_of_films_set_aside() -> None:
    model = ImplicitALS(rank=8, regularization=1.0, sweeps=60, patience=1).fit(planted(200, 120, 0.3, seed=1), QUICK)
    iteration = model.report.iteration
    assert iteration.kept < 60
    assert iteration.watched_by == "mean percentile rank"
    assert all(0 < step.watched_error < 1 for step in iteration.watched_trace)


def test_percentile_ranks_by_hand() -> None:
    """User 0 rated film 3, so films 0, 1, 2 and 4 compete; user 1 rated nothing else."""
    scores = np.array([[0.9, 0.5, 0.7, 8.0, 0.1], [5.0, 4.0, 3.0, 2.0, 1.0]], np.float32)
    factors = LinearFactors(
        0.0, np.zeros(2, np.float32), np.zeros(5, np.float32), np.eye(2, dtype=np.float32), scores.T.copy()
    )
    rated = RatingMatrix.from_triplets(
        np.array([0], np.int32), np.array([3], np.int32), np.ones(1, np.float32), (2, 5), 1
    ).by_user
    aside = np.array([0, 0, 1], np.int32), np.array([2, 4, 0], np.int32), np.ones(3, np.float32)
    expected = (2 / 4 + 4 / 4 + 1 / 5) / 3
    assert RankWatch.of(aside, rated).error(factors) == pytest.approx(expected)
