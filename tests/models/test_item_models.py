"""EASE against its formula, neighbourhoods against a plain loop, and what both refuse."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import scipy.linalg

from matinee.errors import ConfigError
from matinee.fitting.model import Training
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.ease import Ease
from matinee.models.item_knn import ItemKNN, nearest
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)


def taste(ratings) -> np.ndarray:
    whole = np.zeros((len(ratings.users), len(ratings.items)))
    whole[ratings.user, ratings.item] = 1.0
    return whole


def scores(model) -> np.ndarray:
    """Of every user and every film."""
    users, items = model.scorer.shape
    pairs = model.pairs_at(np.repeat(np.arange(users), items), np.tile(np.arange(items), users))
    return model.scorer.score(pairs).value.reshape(users, items)


def ease_by_formula(x: np.ndarray, ridge: float) -> np.ndarray:
    inverse = scipy.linalg.inv(x.T @ x + ridge * np.eye(x.shape[1]))
    weights = np.eye(x.shape[1]) - inverse @ np.diag(1 / np.diag(inverse))
    assert np.abs(np.diag(weights)).max() < 1e-9
    return x @ weights


@pytest.mark.parametrize("shape", [(80, 30), (30, 80), (40, 40), (560, 530), (530, 560)])
@pytest.mark.parametrize("ridge", [0.5, 300.0])
def test_ease_is_the_formula(shape, ridge) -> None:
    """On whichever side the inverse is taken, in one block and in several."""
    ratings = planted(*shape, 0.2)
    model = Ease(regularization=ridge).fit(ratings, QUICK)
    np.testing.assert_allclose(scores(model), ease_by_formula(taste(ratings), ridge), atol=2e-5)
    assert not model.scorer.weights.diagonal().any()


def test_films_nobody_liked_get_no_weight() -> None:
    ratings = ratings_from([0, 0, 1, 1], [0, 2, 0, 3], [4.0] * 4, users=2, items=6)
    for config in (Ease(), ItemKNN()):
        weights = config.fit(ratings, QUICK).scorer.weights
        assert not weights[[1, 4, 5]].any()
        assert not weights[:, [1, 4, 5]].any()
        assert weights[0, 2] > 0


def knn_by_loop(x: np.ndarray, neighbours: int, shrinkage: float) -> np.ndarray:
    items = x.shape[1]
    weights = np.zeros((items, items))
    for i in range(items):
        similar = {}
        for j in range(items):
            both = x[:, i] @ x[:, j]
            if i != j and both:
                similar[j] = both / (np.sqrt(x[:, i].sum() * x[:, j].sum()) + shrinkage)
        for j in sorted(similar, key=lambda j: (-np.float32(similar[j]), j))[:neighbours]:
            weights[i, j] = similar[j]
    return x @ weights.T


@pytest.mark.parametrize(("shape", "share"), [((60, 40), 0.3), ((25, 70), 0.1)])
@pytest.mark.parametrize(("neighbours", "shrinkage"), [(1, 0.0), (5, 10.0), (1000, 3.0)])
def test_neighbourhoods_are_those_of_a_plain_loop(shape, share, neighbours, shrinkage, monkeypatch) -> None:
    monkeypatch.setattr("matinee.models.common.item_model.BLOCK", 16)
    ratings = planted(*shape, share, seed=2)
    model = ItemKNN(neighbours=neighbours, shrinkage=shrinkage).fit(ratings, QUICK)
    np.testing.assert_allclose(scores(model), knn_by_loop(taste(ratings), neighbours, shrinkage), rtol=1e-5, atol=1e-6)


def test_nearest_of_equals_are_the_first() -> None:
    rows = np.array([[1, 2, 2, 2, 0], [0, 0, 0, 0, 0], [3, 1, 2, 4, 5]], np.float32)
    np.testing.assert_array_equal(nearest(rows, 2), [[0, 2, 2, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 4, 5]])
    np.testing.assert_array_equal(nearest(rows, 5), rows)


@pytest.mark.parametrize(
    ("config", "other"),
    [
        (Ease(), Ease(regularization=30.0)),
        (Ease(), Ease(liked=3.0)),
        (ItemKNN(), ItemKNN(neighbours=3)),
        (ItemKNN(), ItemKNN(shrinkage=0.0)),
        (ItemKNN(), ItemKNN(liked=3.0)),
    ],
)
def test_each_parameter_changes_the_result(config, other) -> None:
    ratings = planted(60, 70, 0.3)
    assert not np.array_equal(scores(config.fit(ratings, QUICK)), scores(other.fit(ratings, QUICK)))


@pytest.mark.parametrize("config", [Ease(), ItemKNN()])
def test_what_does_not_fit_into_memory_is_refused_with_the_formula(config, monkeypatch) -> None:
    ratings = planted(60, 40, 0.3)
    needed, formula = config.bytes_needed(60, 40)
    monkeypatch.setattr("matinee.models.common.item_model.available_memory", lambda: needed)
    model = config.fit(ratings, QUICK)
    monkeypatch.setattr("matinee.models.common.item_model.available_memory", lambda: needed - 1)
    with pytest.raises(ConfigError) as error:
        config.fit(ratings, QUICK)
    for words in (config.name, formula, f"{needed:,} bytes", f"{needed - 1:,}", "60 users (m)", "40 films (n)"):
        assert words in str(error.value)
    assert "implicit-als" in str(error.value)
    monkeypatch.setattr("matinee.models.common.item_model.available_memory", lambda: 0)
    np.testing.assert_array_equal(scores(model.fold_in(ratings)), scores(model))


@pytest.mark.parametrize("config", [Ease(), ItemKNN()])
def test_folding_in_takes_memory_for_liked_films_alone(config) -> None:
    """A table of people and films would take 4 m n bytes: 8 MB."""
    model = config.fit(planted(60, 400, 0.3), QUICK)
    user = np.arange(5_000)
    people = ratings_from(user, user % 400, np.full(len(user), 5.0), items=400)
    model.fold_in(people)
    tracemalloc.start()
    model.fold_in(people)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * len(user) * 400 / 4


@pytest.mark.parametrize("config", [Ease(), ItemKNN()])
@pytest.mark.parametrize("shape", [(900, 600), (600, 900)])
def test_a_fit_takes_no_more_memory_than_it_says(config, shape) -> None:
    matrix = RatingMatrix.from_ratings(planted(*shape, 0.05), 1)
    needed, _ = config.bytes_needed(*shape)
    config.learn(Training(matrix), RunOptions(threads=1))
    tracemalloc.start()
    config.learn(Training(matrix), RunOptions(threads=1))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.4 * needed < peak <= needed


@pytest.mark.parametrize("config", [Ease(), ItemKNN()])
def test_a_new_person_is_scored_by_her_films_alone(config) -> None:
    ratings = planted(60, 40, 0.3)
    model = config.fit(ratings, QUICK)
    newcomer = ratings.take(ratings.user == 7)
    folded = model.fold_in(newcomer)
    pairs = np.full(40, 7), np.arange(40)
    np.testing.assert_array_equal(predict_at(folded, *pairs).value, predict_at(model, *pairs).value)
