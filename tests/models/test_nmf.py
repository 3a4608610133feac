from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from matinee.fitting.model import Training
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.nmf import Nmf
from tests.support.planted import planted, ratings_from, stars
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False, threads=2)


def objective(config: Nmf, matrix: RatingMatrix, own) -> float:
    """What the docstring says is minimised, in float64."""
    offsets, item, value = matrix.by_user
    user = np.repeat(np.arange(matrix.shape[0]), np.diff(offsets))
    left = value - own.at(user, item)
    factors = sum(np.sum(np.square(side, dtype=np.float64)) for side in (own.user_factors, own.item_factors))
    biases = sum(np.sum(np.square(side, dtype=np.float64)) for side in (own.user_bias, own.item_bias))
    return float(left @ left + config.regularization * factors + config.damping * biases)


def test_the_objective_falls_is_what_it_says_and_nothing_is_negative() -> None:
    matrix, config = RatingMatrix.from_ratings(planted(80, 60, 0.3, seed=1)), Nmf(rank=5, regularization=1.0)
    fit, before = config.start(matrix, QUICK), np.inf
    for _ in range(40):
        found, own = fit.sweep(), fit.scorer()
        assert found == pytest.approx(objective(config, matrix, own), rel=1e-5)
        assert found <= before * (1 + 1e-6)
        assert own.user_factors.min() >= 0
        assert own.item_factors.min() >= 0
        before = found


def test_parts_that_were_planted_are_found() -> None:
    """Three groups of films, each liked by some and by nobody disliked: every part is of one group."""
    rng = np.random.default_rng(0)
    group = np.arange(60) % 3
    likes = np.where(rng.random((300, 3)) < 0.5, 2.0, 0.0)
    user, item = np.nonzero(rng.random((300, 60)) < 0.5)
    value = stars(2.0 + likes[user, group[item]] + 0.2 * rng.standard_normal(len(user)))
    own = Nmf(rank=3, regularization=1.0, patience=0).fit(ratings_from(user, item, value), QUICK).scorer
    strength = np.array([own.item_factors[group == each].mean(0) for each in range(3)])
    assert sorted(strength.argmax(1)) == [0, 1, 2]
    assert np.all(np.sort(strength, axis=0)[1] < 0.3 * strength.max(0))


def test_folding_in_is_where_the_row_stands_still() -> None:
    """No pull at parts over 0, none upwards at parts that are 0, none at the bias."""
    model = Nmf(rank=6, regularization=2.0, sweeps=15, patience=0).fit(planted(80, 60, 0.3, seed=7), QUICK)
    people = planted(9, 60, 0.4, seed=8)
    folded, own = model.fold_in(people).scorer, model.scorer
    for user in range(9):
        mine = people.user == user
        q, p = own.item_factors[people.item[mine]].astype(np.float64), folded.user_factors[user]
        expected = own.mean + own.item_bias[people.item[mine]] + folded.user_bias[user] + q @ p
        left = people.value[mine] - expected
        pull = q.T @ left - 2.0 * p
        assert np.all(np.abs(pull[p > 0]) < 1e-3)
        assert np.all(pull < 1e-3)
        assert abs(left.sum() - model.config.damping * folded.user_bias[user]) < 1e-3


def test_at_the_minimum_users_are_where_folding_them_in_puts_them() -> None:
    whole = planted(80, 60, 0.3, seed=9)
    model = Nmf(rank=4, regularization=6.0, sweeps=600, patience=0).fit(whole, QUICK)
    folded = model.fold_in(whole)
    np.testing.assert_allclose(folded.scorer.user_bias, model.scorer.user_bias, atol=2e-3)
    np.testing.assert_allclose(folded.scorer.user_factors, model.scorer.user_factors, atol=2e-3)


@pytest.mark.parametrize(
    "change",
    [{"rank": 2}, {"regularization": 3.0}, {"damping": 9.0}, {"sweeps": 4}, {"patience": 1}],
    ids=lambda change: next(iter(change)),
)
def test_each_parameter_changes_the_result(change: dict[str, float]) -> None:
    whole, base = (
        planted(200, 80, 0.3, noise=1.0, seed=10),
        {"rank": 4, "regularization": 1.0, "sweeps": 30, "patience": 0},
    )
    one, other = (Nmf(**{**base, **more}).fit(whole, QUICK) for more in ({}, change))
    user, item = (index.ravel() for index in np.indices((200, 80)))
    assert np.max(np.abs(predict_at(one, user, item).value - predict_at(other, user, item).value)) > 1e-3


@pytest.mark.parametrize(("users", "items", "rank"), [(9_000, 800, 32), (800, 9_000, 30), (4_000, 4_000, 16)])
def test_memory_is_as_stated(users: int, items: int, rank: int) -> None:
    rng = np.random.default_rng(0)
    cell = np.unique(rng.integers(0, users * items, 100_000))
    value = rng.integers(1, 6, len(cell)).astype(np.float32)
    user, item = (index.astype(np.int32) for index in np.divmod(cell, items))
    matrix = RatingMatrix.from_triplets(user, item, value, (users, items), 2)
    stride = -(-rank // 16) * 16
    stated = 12 * len(cell) + 8 * stride * (users + items) + 28 * stride * max(users, items)
    tracemalloc.start()
    try:
        Nmf(rank=rank, sweeps=3, patience=0).learn(Training(matrix), QUICK)
        assert 0.4 * stated < tracemalloc.get_traced_memory()[1] < stated
    finally:
        tracemalloc.stop()
