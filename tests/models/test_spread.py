from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.models.spread import LEVELS, SUPPORT_EDGES, Spread, Support

GROUPS = len(SUPPORT_EDGES)
UPPER, LOWER = LEVELS.index(0.95), LEVELS.index(0.05)


def support(group: np.ndarray) -> Support:
    """The item has as few ratings as the group says, the user a thousand."""
    return Support(np.full(len(group), 1_000), np.array(SUPPORT_EDGES)[group])


def measured(counts: list[int]) -> Spread:
    """Errors in group g are uniform within g + 1 stars of nothing."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(GROUPS), counts)
    error = (group + 1) * rng.uniform(-1, 1, len(group))
    return Spread.measured(error, np.ones(len(group)), support(group), 0.9)


def limits(found: Spread, place: int) -> np.ndarray:
    """Of a pair of deviation 1 in each group."""
    return found.width(np.ones(GROUPS), support(np.arange(GROUPS))) * found.limits[:, place]


def test_groups_with_enough_errors_have_limits_of_their_own() -> None:
    found = measured([400] * GROUPS)
    np.testing.assert_allclose(limits(found, UPPER), 0.9 * np.arange(1, GROUPS + 1), rtol=0.1)
    np.testing.assert_allclose(limits(found, LOWER), -limits(found, UPPER), rtol=0.2)
    np.testing.assert_allclose(found.deviation, np.arange(1, GROUPS + 1) / np.sqrt(3), rtol=0.1)


def test_a_small_group_takes_in_its_neighbours_and_not_those_far_off() -> None:
    """The first three together are enough; the last, with its neighbour."""
    found = measured([70, 70, 70, 4_000, 4_000, 4_000, 4_000, 400, 10])
    assert limits(found, UPPER)[0] < 3
    assert limits(found, UPPER)[1] < 4
    assert 6.5 < limits(found, UPPER)[-1] < 9


def test_too_few_errors_in_all_are_taken_together() -> None:
    assert len(np.unique(measured([3] * GROUPS).limits, axis=0)) == 1


def test_levels_are_ascending_and_even() -> None:
    assert list(LEVELS) == sorted(set(LEVELS))
    np.testing.assert_allclose(LEVELS, 1.0 - np.array(LEVELS)[::-1])


@pytest.mark.parametrize(("side", "other"), [(0, 1), (1, 0)])
def test_a_trend_in_what_is_known_is_found(side: int, other: int) -> None:
    """Errors grow with 1 / (1 + ratings) of one side: half as large again where there is one rating."""
    rng = np.random.default_rng(1)
    counts = rng.integers(1, 60, (2, 20_000))
    lack = 1.0 / (1.0 + counts)
    found = Spread.measured(
        rng.standard_normal(20_000) * np.exp(0.8 * lack[side]), np.ones(20_000), Support(*counts), 0.9
    )
    assert found.trend[side] == pytest.approx(0.8, abs=0.1)
    assert found.trend[other] == pytest.approx(0.0, abs=0.1)
    np.testing.assert_allclose(found.deviation, 1.0, rtol=0.05)


def test_less_known_is_never_narrower() -> None:
    rng = np.random.default_rng(2)
    counts = rng.integers(1, 60, (2, 5_000))
    error = rng.standard_normal(5_000) * np.exp(-1.0 / (1.0 + counts[0]))
    found = Spread.measured(error, np.ones(5_000), Support(*counts), 0.9)
    assert found.trend.tolist() == [0.0, found.trend[1]]


def test_what_the_model_says_of_a_pair_is_kept() -> None:
    """Errors twice as large where the model says so: limits are in its unit."""
    rng = np.random.default_rng(3)
    width = rng.choice([0.5, 1.0, 2.0], 30_000)
    counts = np.full(30_000, 500)
    found = Spread.measured(width * rng.standard_normal(30_000), width, Support(counts, counts), 0.9)
    np.testing.assert_allclose(found.limits[:, UPPER], 1.645, rtol=0.05)


def test_errors_of_nothing_at_all() -> None:
    found = Spread.measured(np.zeros(300), np.ones(300), Support(np.ones(300), np.ones(300)), 0.9)
    assert not found.limits.any()
    assert not found.deviation.any()


@given(st.integers(20, 400), st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_it_leaves_at_most_a_tenth_outside(count: int, seed: int) -> None:
    """Of the very errors it was measured on: the correction for a finite sample only widens it."""
    error, known = np.random.default_rng(seed).standard_normal(count), np.full(count, 3)
    found = Spread.measured(error, np.ones(count), Support(known, known), 0.9)
    left = error / found.width(np.ones(count), Support(known, known))
    outside = np.mean((left < found.limits[2, LOWER]) | (left > found.limits[2, UPPER]))
    assert outside <= 0.1
    assert outside >= 0.1 - 6 / count
