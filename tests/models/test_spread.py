from __future__ import annotations

import numpy as np

from matinee.models.spread import SUPPORT_EDGES, Spread

GROUPS = len(SUPPORT_EDGES)


def measured(counts: list[int]) -> Spread:
    """Errors in group g are uniform within g + 1 stars of nothing."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(GROUPS), counts)
    return Spread.measured((group + 1) * rng.uniform(-1, 1, len(group)), group, 0.9)


def test_groups_with_enough_errors_have_limits_of_their_own() -> None:
    found = measured([400] * GROUPS)
    np.testing.assert_allclose(found.above, 0.9 * np.arange(1, GROUPS + 1), rtol=0.1)
    np.testing.assert_allclose(found.below, -found.above, rtol=0.2)


def test_a_small_group_takes_in_its_neighbours_and_not_those_far_off() -> None:
    """The first three together are enough; the last, with its neighbour."""
    found = measured([40, 40, 40, 4_000, 4_000, 4_000, 4_000, 400, 10])
    assert found.above[0] < 3
    assert found.above[1] < 4
    assert 6.5 < found.above[-1] < 9


def test_too_few_errors_in_all_are_taken_together() -> None:
    found = measured([3] * GROUPS)
    assert len(np.unique(found.above)) == len(np.unique(found.below)) == 1
