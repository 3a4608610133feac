"""Planted ratings keep to their shape, follow their truth, and come out the same however they are made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from matinee.data.scale import Scale
from matinee.data.synthetic.activity import share_out
from matinee.data.synthetic.planted import MOVIELENS_1M, MOVIELENS_10M, NETFLIX, PlantedShape, planted, planted_truth
from matinee.data.synthetic.planted_shape import NAMED_SHAPES
from matinee.errors import ConfigError

SMALL = MOVIELENS_10M.scaled(100_000)
WIDE = Scale(-50.0, 50.0, 0.125)

SHAPES = {
    "small": SMALL,
    "one user": PlantedShape(1, 30, 12),
    "one item": PlantedShape(30, 1, 12),
    "one cell": PlantedShape(1, 1, 1),
    "full": PlantedShape(7, 9, 63),
    "all but one cell": PlantedShape(7, 9, 62),
    "fewer ratings than users": PlantedShape(50, 9, 20),
    "no factors": PlantedShape(20, 30, 300, rank=0),
    "no noise": PlantedShape(20, 30, 300, noise=0.0),
    "everybody alike": PlantedShape(20, 300, 500, activity=0.0, popularity=0.0),
    "steepest": PlantedShape(40, 3000, 40_000, popularity=2.0, activity=3.0, decay=3.0),
    "hundred points": PlantedShape(20, 30, 300, scale=Scale(0, 100, 1), mean=60.0),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_shape_is_kept(shape: PlantedShape) -> None:
    ratings = planted(shape)
    assert (len(ratings), len(ratings.users), len(ratings.items)) == (shape.ratings, shape.users, shape.items)
    assert ratings.scale == shape.scale
    assert ratings.scale.contains(ratings.value).all()
    cell = ratings.user.astype(np.int64) * shape.items + ratings.item
    assert (np.diff(cell) > 0).all()
    assert cell[-1] < shape.users * shape.items
    least = min(shape.least, shape.items, shape.ratings // shape.users)
    assert np.bincount(ratings.user, minlength=shape.users).min() >= least


def test_the_named_shapes_are_those_of_the_real_sets() -> None:
    sizes = {name: (shape.users, shape.items, shape.ratings, str(shape.scale)) for name, shape in NAMED_SHAPES.items()}
    assert sizes == {
        "movielens-1m": (6_040, 3_706, 1_000_209, "1 to 5 by 1"),
        "movielens-10m": (69_878, 10_677, 10_000_054, "0.5 to 5 by 0.5"),
        "netflix": (480_189, 17_770, 100_480_507, "1 to 5 by 1"),
    }


@pytest.mark.parametrize("ratings", [1, 1_000, 100_000, 100_000_000, 2_000_000_000])
@pytest.mark.parametrize("shape", [MOVIELENS_1M, MOVIELENS_10M, NETFLIX])
def test_shapes_scale_to_any_number_of_ratings(shape: PlantedShape, ratings: int) -> None:
    scaled = shape.scaled(ratings)
    assert scaled.ratings == ratings
    assert scaled.noise == shape.noise
    grows = ratings >= shape.ratings
    assert (scaled.users >= shape.users) == grows
    assert (scaled.items >= shape.items) == grows


def test_same_ratings_on_any_number_of_threads() -> None:
    one, two = planted(SMALL, threads=1), planted(SMALL, threads=2)
    assert one.to_frame().equals(two.to_frame())


def test_the_seed_decides() -> None:
    assert planted(SMALL, 3).to_frame().equals(planted(SMALL, 3).to_frame())
    assert not np.array_equal(planted(SMALL, 3).value, planted(SMALL, 4).value)


def test_ratings_are_truth_plus_noise() -> None:
    shape = replace(SMALL, scale=WIDE, mean=3.0, noise=0.6, whole=0.0)
    ratings, truth = planted(shape), planted_truth(shape)
    noise = ratings.value - truth.expected(ratings.user, ratings.item)
    assert noise.std() == pytest.approx(np.hypot(0.6, 0.125 / np.sqrt(12)), rel=0.01)
    assert abs(noise.mean()) < 0.01
    assert abs(np.corrcoef(noise, truth.expected(ratings.user, ratings.item))[0, 1]) < 0.01


def test_without_noise_ratings_are_the_truth_rounded() -> None:
    shape = replace(SMALL, noise=0.0, whole=0.0)
    ratings, truth = planted(shape), planted_truth(shape)
    rounded = np.floor(2 * truth.expected(ratings.user, ratings.item) + 0.5) / 2
    differs = np.clip(rounded, 0.5, 5.0) != ratings.value
    assert differs.mean() < 1e-4  # sums in another order, at a tie


def test_truth_has_the_spreads_of_its_shape() -> None:
    truth = planted_truth(MOVIELENS_1M)
    assert truth.user_factors.shape == (6_040, 32)
    assert truth.item_factors.shape == (3_706, 32)
    assert truth.user_bias.std() == pytest.approx(MOVIELENS_1M.user_spread, rel=0.03)
    assert truth.item_bias.std() == pytest.approx(MOVIELENS_1M.item_spread, rel=0.05)
    assert np.average(truth.item_bias, weights=truth.weights) == pytest.approx(0.0, abs=1e-6)
    rng = np.random.default_rng(0)
    user, item = rng.integers(0, 6_040, 200_000), rng.integers(0, 3_706, 200_000)
    taste = truth.expected(user, item) - truth.mean - truth.user_bias[user] - truth.item_bias[item]
    assert taste.std() == pytest.approx(MOVIELENS_1M.taste, rel=0.05)


def test_a_few_factors_are_strong_and_a_tail_decays() -> None:
    shape = replace(MOVIELENS_1M.scaled(300_000), noise=0.3)
    ratings, truth = planted(shape), planted_truth(shape)
    biases = truth.mean + truth.user_bias[ratings.user] + truth.item_bias[ratings.item]
    left_over = csr_array((ratings.value - biases, (ratings.user, ratings.item)), (shape.users, shape.items))
    left, singular, _ = svds(left_over, k=20, random_state=0)
    order = np.argsort(-singular)
    assert singular[order[0]] > 1.5 * singular[order[4]] > 1.8 * singular[order[19]]
    seen = truth.user_factors[:, 0] * np.sqrt(np.bincount(ratings.user))  # who rates more weighs more
    assert abs(np.corrcoef(left[:, order[0]], seen)[0, 1]) > 0.8


def test_activity_and_popularity_have_heavy_tails() -> None:
    ratings = planted(MOVIELENS_1M)
    activity = np.bincount(ratings.user)
    popularity = np.bincount(ratings.item, minlength=len(ratings.items))
    assert activity.min() >= 20
    assert activity.mean() > 1.6 * np.median(activity)
    assert popularity.mean() > 2.5 * np.median(popularity)
    assert popularity.max() > 10 * popularity.mean()
    by_rank = np.sort(popularity)[::-1].cumsum() / len(ratings)
    assert 0.5 < by_rank[len(by_rank) // 10] < 0.75


def test_popular_items_are_liked_better() -> None:
    truth = planted_truth(MOVIELENS_1M)
    assert 0.3 < np.corrcoef(np.log(truth.weights), truth.item_bias)[0, 1] < 0.6


def test_timestamps_where_the_shape_has_them() -> None:
    times = planted(SMALL).timestamp
    assert times is not None
    assert times.dtype == np.int64
    assert 788_918_400 < times.min() < times.max() < 1_262_304_000  # 1995 to 2010
    assert planted(replace(SMALL, timestamps=False)).timestamp is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ratings": 11}, "found 11 ratings of 2 users and 5 items; allowed are at most 10, one a cell"),
        ({"ratings": -1}, r"ratings: found -1; allowed is a whole number from 1"),
        ({"ratings": 0}, "ratings: found 0; allowed is a whole number from 1"),
        ({"users": 0}, "users: found 0"),
        ({"items": -5}, "items: found -5"),
        ({"items": 2.5}, r"items: found 2\.5; allowed is a whole number"),
        ({"users": True}, "users: found True"),
        ({"rank": -1}, "rank: found -1; allowed is a whole number from 0 to 1,000"),
        ({"least": -1}, "least: found -1"),
        ({"noise": -0.1}, r"noise: found -0\.1; allowed is a number from 0"),
        ({"noise": float("nan")}, "noise: found nan"),
        ({"mean": float("inf")}, "mean: found inf"),
        ({"popularity": 2.5}, r"popularity: found 2\.5; allowed is a number from 0 to 2"),
        ({"activity": "much"}, "activity: found 'much'"),
        ({"whole": 1.5}, r"whole: found 1\.5; allowed is a number from 0 to 1"),
        ({"scale": Scale(0, 1)}, "scale: found 0 to 1; allowed is a scale with a step"),
        ({"scale": Scale(1, 6, 2.5)}, "both ends are multiples"),
        ({"scale": Scale(0, 10, 2), "whole": 0.5}, r"whole: found 0\.5 on the scale"),
    ],
)
def test_impossible_shapes_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        replace(PlantedShape(2, 5, 10), **change)


@pytest.mark.parametrize("ratings", [0, -3, 1.5])
def test_scaling_to_nothing_is_refused(ratings: int) -> None:
    with pytest.raises(ConfigError, match="ratings: found"):
        SMALL.scaled(ratings)


@pytest.mark.parametrize("seed", [-1, 2**64, 0.5])
def test_a_bad_seed_is_refused(seed: int) -> None:
    with pytest.raises(ConfigError, match="seed: found"):
        planted(SMALL, seed)


@pytest.mark.parametrize(
    ("total", "low", "high"), [(0, 0, 9), (100, 0, 9), (900, 0, 9), (899, 0, 9), (500, 2, 9), (250, 2, 200)]
)
def test_sharing_out_keeps_total_and_bounds(total: int, low: int, high: int) -> None:
    weights = np.exp(np.random.default_rng(0).normal(size=100))
    counts = share_out(total, weights, low, high)
    assert counts.sum() == total
    assert low <= counts.min() <= counts.max() <= high
    assert (np.diff(counts[np.argsort(weights)]) >= -1).all()
