"""The compiled planter gives exactly the cells and ratings of its NumPy twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.kernels import plant as module
from matinee.kernels.plant import Planting, alias_table, choosing_limit, plant
from matinee.kernels.reference.plant import plant as twin
from matinee.kernels.streams import normals, uniforms


def planting(counts: list[int], items: int, rank: int = 3, seed: int = 5, pull: float = 0.0) -> Planting:
    users = len(counts)
    return Planting(
        seed=seed,
        offsets=np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64),
        weights=1.0 / np.arange(1.0, items + 1),
        mean=3.4,
        noise=0.8,
        low=0.5,
        high=5.0,
        step=np.where(np.arange(users) % 2, 1.0, 0.5),
        user_bias=(0.4 * normals(seed, 90, users)).astype(np.float32),
        item_bias=(0.4 * normals(seed, 91, items)).astype(np.float32),
        user_factors=normals(seed, 92, users * rank).reshape(users, rank).astype(np.float32),
        item_factors=(0.3 * normals(seed, 93, items * rank)).reshape(items, rank).astype(np.float32),
        pull=pull,
    )


CASES = {
    "one user, one film": planting([1], 1),
    "one user who rates nothing": planting([0], 3),
    "no users": planting([], 3),
    "a user who rates every film": planting([70, 3, 70], 70),
    "one film only": planting([1, 0, 1, 1], 1),
    "rank nought": planting([5, 9, 2], 12, rank=0),
    "light and heavy users": planting([1, 20, 150, 63, 64, 65, 128, 200, 7], 200, rank=5),
    "more users than a block": planting([int(c) for c in 1 + uniforms(1, 1, 150) * 30], 90),
    "choice led by taste": planting([4, 30, 11], 64, pull=0.7),
    "largest seed": planting([9, 4], 20, seed=2**64 - 1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("threads", [1, 2])
def test_kernel_equals_its_twin(case: Planting, threads: int) -> None:
    (item, value), (twin_item, twin_value) = plant(case, threads), twin(case)
    np.testing.assert_array_equal(item, twin_item)
    np.testing.assert_array_equal(value, twin_value)


@pytest.mark.parametrize("seed", range(20))
def test_kernel_equals_its_twin_at_random_shapes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = int(rng.integers(1, 300))
    counts = rng.integers(0, items + 1, size=rng.integers(1, 12)).tolist()
    case = planting(counts, items, int(rng.integers(0, 9)), seed, float(rng.choice([0.0, 0.5])))
    for ours, theirs in zip(plant(case, 2), twin(case), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_items_of_a_user_are_distinct_and_ascend(case: Planting) -> None:
    item = plant(case, 2)[0]
    for start, end in zip(case.offsets[:-1], case.offsets[1:], strict=True):
        assert (np.diff(item[start:end]) > 0).all()


def test_users_keep_to_their_own_steps() -> None:
    case = planting([60] * 40, 100)
    value = plant(case, 2)[1].reshape(40, 60)
    assert set(np.unique(value[0::2])) == set(np.arange(0.5, 5.1, 0.5))
    assert set(np.unique(value[1::2])) == {1.0, 2.0, 3.0, 4.0, 5.0}


@pytest.mark.parametrize("pull", [0.0, 1e-12], ids=["alias table", "exponential keys"])
def test_first_choices_go_by_weight(pull: float) -> None:
    """Of 40,000 users who rate one item each, each item gets its share: chi-square on 9 degrees of freedom."""
    case = planting([1] * 40_000, 10, rank=1, pull=pull)
    assert choosing_limit(case) == (0 if pull else 7)
    expected = 40_000 * case.weights / case.weights.sum()
    seen = np.bincount(plant(case, 2)[0], minlength=10)
    assert ((seen - expected) ** 2 / expected).sum() < 27.9  # exceeded by chance once in a thousand


def test_both_ways_of_choosing_have_one_distribution() -> None:
    """How often each item is among five of ten, drawn by rejection and by keys."""
    case = planting([5] * 30_000, 10, rank=1)
    shares = [np.bincount(plant(replace(case, pull=pull), 2)[0], minlength=10) / 30_000 for pull in (0.0, 1e-12)]
    assert choosing_limit(case) >= 5
    assert np.abs(np.subtract(*shares)).max() < 0.015


def test_taste_pulls_choice() -> None:
    case = planting([10] * 300, 100, rank=2)
    taste = [0.0, 0.0]
    for i, pull in enumerate((0.0, 1.0)):
        item = plant(replace(case, pull=pull), 2)[0]
        user = np.repeat(np.arange(300), 10)
        taste[i] = float((case.user_factors[user] * case.item_factors[item]).sum(axis=1).mean())
    assert taste[1] > taste[0] + 0.1


def test_ratings_follow_the_truth() -> None:
    case = replace(planting([400] * 200, 400), step=np.full(200, 0.01), low=-20.0, high=20.0)
    item, value = plant(case, 2)
    user = np.repeat(np.arange(200), 400)
    truth = case.mean + case.user_bias[user] + case.item_bias[item]
    disturbance = value - truth - (case.user_factors[user] * case.item_factors[item]).sum(axis=1)
    assert disturbance.std() == pytest.approx(case.noise, rel=0.01)
    assert abs(disturbance.mean()) < 0.01
    assert abs(np.corrcoef(disturbance, truth)[0, 1]) < 0.02


def test_alias_table_holds_the_weights() -> None:
    weights = np.array([5.0, 1.0, 0.001, 2.0, 2.0])
    threshold, other = alias_table(weights)
    share = np.zeros(5)
    for column in range(5):
        kept = (float(threshold[column]) + 1) / 2**32
        share[column] += kept
        share[other[column]] += 1 - kept
    np.testing.assert_allclose(share / 5, weights / weights.sum(), atol=1e-9)


def test_the_native_module_refuses_what_would_read_past_the_end() -> None:
    case = planting([3, 2], 4)
    for broken in (
        replace(case, offsets=np.array([0, 5, 5])),
        replace(case, offsets=np.array([0, 3, 2])),
        replace(case, step=np.ones(1)),
        replace(case, item_bias=np.zeros(3, dtype=np.float32)),
        replace(case, item_factors=np.zeros((4, 2), dtype=np.float32)),
    ):
        with pytest.raises(ValueError, match=r"must|for each"):
            module.plant(broken, 1)
