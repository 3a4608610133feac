"""Every fill against its definition in the contract, written plainly in dense NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.common.fill import FILLS, fill_of
from matinee.models.truncated_svd import TruncatedSVD
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

DAMPING = 3.0


def dense_fill(kind: str, stars: np.ndarray, known: np.ndarray) -> np.ndarray:
    """What each cell is taken to be, shape of ``stars``; ``known`` says which cells hold a rating."""
    mean = stars[known].mean()
    if kind == "zero":
        return np.zeros_like(stars)
    if kind == "mean":
        return np.full_like(stars, mean)
    if kind in ("user", "item"):
        axis = 1 if kind == "user" else 0
        counts = known.sum(axis=axis, keepdims=True)
        totals = np.where(known, stars, 0.0).sum(axis=axis, keepdims=True)
        return np.broadcast_to(np.where(counts > 0, totals / np.maximum(counts, 1), mean), stars.shape)
    user, item = np.zeros(stars.shape[0]), np.zeros(stars.shape[1])
    for _ in range(5_000):
        user = np.where(known, stars - mean - item, 0.0).sum(axis=1) / (known.sum(axis=1) + DAMPING)
        item = np.where(known, stars - mean - user[:, None], 0.0).sum(axis=0) / (known.sum(axis=0) + DAMPING)
    return mean + user[:, None] + item


def dense_prediction(kind: str, rank: int, stars: np.ndarray, known: np.ndarray) -> np.ndarray:
    """``prediction = fill + U Σ Vᵀ`` of (rating - fill) at the known cells and 0 elsewhere."""
    fill = dense_fill(kind, stars, known)
    left, values, right = np.linalg.svd(np.where(known, stars - fill, 0.0), full_matrices=False)
    return fill + (left[:, :rank] * values[:rank]) @ right[:rank]


def small():
    """40 × 30, with a user, an item and a whole corner that nobody rated."""
    ratings = planted(40, 30, 0.4, seed=2)
    return ratings.take((ratings.user != 7) & (ratings.item != 11) & ((ratings.user > 5) | (ratings.item > 5)))


def as_dense(ratings) -> tuple[np.ndarray, np.ndarray]:
    stars = np.zeros((len(ratings.users), len(ratings.items)))
    known = np.zeros(stars.shape, dtype=bool)
    stars[ratings.user, ratings.item] = ratings.value
    known[ratings.user, ratings.item] = True
    return stars, known


def everywhere(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    user, item = (index.ravel() for index in np.indices(shape))
    return user, item


@pytest.mark.parametrize("kind", FILLS)
def test_fill_is_its_definition(kind: str) -> None:
    ratings = small()
    fill = fill_of(RatingMatrix.from_ratings(ratings, 2), kind, DAMPING, 2)
    expected = dense_fill(kind, *as_dense(ratings))
    np.testing.assert_allclose(fill.predict(*everywhere(expected.shape)), expected.ravel(), atol=1e-6)


@pytest.mark.parametrize("kind", FILLS)
@pytest.mark.parametrize("rank", [1, 4, 28])
def test_predictions_are_the_definition_computed_densely(kind: str, rank: int) -> None:
    ratings = small()
    model = TruncatedSVD(rank=rank, fill=kind, damping=DAMPING).fit(ratings, RunOptions(intervals=False))
    stars, known = as_dense(ratings)
    user, item = everywhere(stars.shape)
    predictions = predict_at(model, user, item)
    seen = known.any(axis=1)[user] & known.any(axis=0)[item]
    expected = dense_prediction(kind, rank, stars, known).ravel()
    np.testing.assert_allclose(predictions.value[seen], expected[seen], atol=1e-5)
    assert set(predictions.source[seen]) == {0}


@pytest.mark.parametrize("kind", FILLS)
def test_full_rank_gives_every_rating_back(kind: str) -> None:
    ratings = small()
    model = TruncatedSVD(rank=30, fill=kind).fit(ratings, RunOptions(intervals=False))
    np.testing.assert_allclose(predict_at(model, ratings.user, ratings.item).value, ratings.value, atol=1e-5)


def test_all_fills_differ() -> None:
    ratings = planted(40, 30, 0.3, seed=3)
    models = [TruncatedSVD(rank=3, fill=kind).fit(ratings, RunOptions(intervals=False)) for kind in FILLS]
    found = [predict_at(model, ratings.user, ratings.item) for model in models]
    for one, first in enumerate(found):
        for other in found[one + 1 :]:
            assert np.max(np.abs(first.value - other.value)) > 0.01


def test_means_of_a_user_with_one_rating() -> None:
    ratings = ratings_from([0, 1, 1], [0, 0, 1], [5.0, 1.0, 2.0])
    matrix = RatingMatrix.from_ratings(ratings, 1)
    by_user, by_item = (fill_of(matrix, kind, 0.0, 1) for kind in ("user", "item"))
    np.testing.assert_allclose(by_user.predict(np.array([0, 1]), np.array([1, 0])), [5.0, 1.5], atol=1e-6)
    np.testing.assert_allclose(by_item.predict(np.array([0, 1]), np.array([0, 1])), [3.0, 2.0], atol=1e-6)
