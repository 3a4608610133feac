from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.predicting.calibration import LEVELS, SUPPORT_EDGES, Calibration, Support

GROUPS = len(SUPPORT_EDGES)
UPPER, LOWER = LEVELS.index(0.95), LEVELS.index(0.05)


def support(group: np.ndarray) -> Support:
    """The item has as few ratings as the group says, the user a thousand."""
    return Support(np.full(len(group), 1_000), np.array(SUPPORT_EDGES)[group])


def measured(counts: list[int]) -> Calibration:
    """Errors in group g are uniform within g + 1 stars of nothing."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(GROUPS), counts)
    error = (group + 1) * rng.uniform(-1, 1, len(group))
    return Calibration.measured(error, np.ones(len(group)), support(group), 0.9)


def limits(found: Calibration, place: int) -> np.ndarray:
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
    found = Calibration.measured(
        rng.standard_normal(20_000) * np.exp(0.8 * lack[side]), np.ones(20_000), Support(*counts), 0.9
    )
    assert found.trend[side] == pytest.approx(0.8, abs=0.1)
    assert found.trend[other] == pytest.approx(0.0, abs=0.1)
    np.testing.assert_allclose(found.deviation, 1.0, rtol=0.05)


def test_less_known_is_never_narrower() -> None:
    rng = np.random.default_rng(2)
    counts = rng.integers(1, 60, (2, 5_000))
    error = rng.standard_normal(5_000) * np.exp(-1.0 / (1.0 + counts[0]))
    found = Calibration.measured(error, np.ones(5_000), Support(*counts), 0.9)
    assert found.trend.tolist() == [0.0, found.trend[1]]


def test_what_the_model_says_of_a_pair_is_kept() -> None:
    """Errors twice as large where the model says so: limits are in its unit."""
    rng = np.random.default_rng(3)
    width = rng.choice([0.5, 1.0, 2.0], 30_000)
    counts = np.full(30_000, 500)
    found = Calibration.measured(width * rng.standard_normal(30_000), width, Support(counts, counts), 0.9)
    np.testing.assert_allclose(found.limits[:, UPPER], 1.645, rtol=0.05)


def one_note(count: int, slips: int, sure: float = 1e-4):
    """Errors as large as the model says, and those of people of whom it is ``sure``, who make some ``slips``."""
    rng = np.random.default_rng(4)
    width = np.concatenate([rng.uniform(0.5, 1.5, 4 * count), np.full(count, sure)])
    error = np.clip(width * rng.standard_normal(5 * count), -4.0, 4.0)
    error[rng.choice(np.arange(4 * count, 5 * count), slips, replace=False)] = -4.0
    known = np.concatenate([rng.integers(20, 60, 4 * count), np.full(count, 1_000)])
    return error, width, known


@pytest.mark.parametrize("sure", [1e-150, 1e-9, 1e-4])
def test_slips_of_those_of_whom_a_model_is_too_sure_are_not_made_everybodys(sure: float) -> None:
    error, width, known = one_note(5_000, 5, sure)
    support = Support(known, films(len(known)))
    found = Calibration.measured(error, width, support, 0.9)
    assert found.trend.max() < 1.5
    group = support.group
    deviation = found.width(width, support) * found.deviation[group]
    ordinary = width > 0.4
    assert np.sqrt(np.mean(np.square(deviation[ordinary]))) == pytest.approx(1.05, abs=0.15)
    usual = np.sqrt(np.mean(np.square(error)))
    assert 0.1 * usual < np.median(deviation[~ordinary]) < 0.3 * usual


def films(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(1, 300, count)


def test_the_least_deviation_says_a_fifth_of_the_usual_error() -> None:
    error, width, known = one_note(1_000, 20)
    least = Calibration.measured(error, width, Support(known, known), 0.9).least
    said = error * np.minimum(least / width, 1.0)
    assert np.sqrt(np.mean(np.square(said))) == pytest.approx(0.2 * np.sqrt(np.mean(np.square(error))), rel=1e-9)


def test_a_model_that_says_the_same_of_all_is_taken_as_it_is() -> None:
    error = np.random.default_rng(0).standard_normal(500)
    found = Calibration.measured(error, np.full(500, 3.0), Support(*np.full((2, 500), 9)), 0.9)
    assert found.least == pytest.approx(0.6)
    assert found.deviation[0] == pytest.approx(np.sqrt(np.mean(np.square(error))) / 3.0)


def test_nobody_unknown_errs_by_more_than_anybody_known() -> None:
    """Over those known well: a few sure people who are known best do not make a trend without end."""
    counts = np.where(np.arange(20_000) < 10_000, 30, 1_000)
    error = np.where(counts == 30, 1.0, 0.1) * np.random.default_rng(6).choice([-1.0, 1.0], 20_000)
    found = Calibration.measured(error, np.ones(20_000), Support(counts, np.full(20_000, 500)), 0.9)
    assert found.trend[0] == pytest.approx(np.log(np.sqrt(2.0 / 1.01)), rel=1e-6)


def test_errors_of_nothing_at_all() -> None:
    found = Calibration.measured(np.zeros(300), np.ones(300), Support(np.ones(300), np.ones(300)), 0.9)
    assert not found.limits.any()
    assert not found.deviation.any()


@given(st.integers(20, 400), st.integers(0, 1000))
@settings(max_examples=50)
def test_it_leaves_at_most_a_tenth_outside(count: int, seed: int) -> None:
    """Of the very errors it was measured on: the correction for a finite sample only widens it."""
    error, known = np.random.default_rng(seed).standard_normal(count), np.full(count, 3)
    found = Calibration.measured(error, np.ones(count), Support(known, known), 0.9)
    left = error / found.width(np.ones(count), Support(known, known))
    outside = np.mean((left < found.limits[2, LOWER]) | (left > found.limits[2, UPPER]))
    assert outside <= 0.1
    assert outside >= 0.1 - 6 / count
