from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.moods import Observed, draw_moods
from matinee.kernels.reference.moods import draw_moods as twin
from tests.support.arrays import THREADS


def seen_of(counts: list[int], seed: int, apart: int = 40) -> Observed:
    """Times that differ within a row, by seconds to minutes."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    times = [1_000 + np.cumsum(rng.integers(1, apart, count)) for count in counts]
    entries = int(offsets[-1])
    left, precision = rng.standard_normal(entries).astype(np.float32), rng.uniform(0.2, 4, entries).astype(np.float32)
    return Observed(offsets, np.concatenate([*times, np.zeros(0)]).astype(np.int64), left, precision)


@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=6), seed=st.integers(0, 1_000))
@settings(max_examples=60, deadline=None)
def test_draw_is_its_twin(counts: list[int], seed: int) -> None:
    seen = seen_of(counts, seed)
    level, _, _ = draw_moods(seen, 60.0, 0.8, 11, 2)
    np.testing.assert_allclose(level, twin(seen, 60.0, 0.8, 11), atol=2e-5)


def test_threads_change_not_one_bit() -> None:
    seen = seen_of([5, 0, 300, 1] * 20, 3)
    first, *others = (draw_moods(seen, 60.0, 0.5, 4, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(other[0], first[0])
        assert other[1:] == first[1:]


def test_ratings_of_one_second_share_their_level() -> None:
    seen = Observed(np.array([0, 3]), np.array([5, 5, 90]), np.ones(3, np.float32), np.ones(3, np.float32))
    level, _, steps = draw_moods(seen, 60.0, 1.0, 4, 1)
    assert level[0] == level[1] != level[2]
    assert steps == 2


@pytest.mark.parametrize("variance", [0.25, 2.0])
def test_squared_steps_tell_the_variance(variance: float) -> None:
    """Seen through so much noise that levels are drawn from what they are before anything is seen."""
    seen = seen_of([400] * 50, 5)
    blind = Observed(seen.offsets, seen.time, seen.left, np.full(len(seen.time), 1e-9, np.float32))
    level, squares, steps = draw_moods(blind, 100.0, variance, 6, 2)
    assert steps == len(level) == 20_000
    assert squares / steps == pytest.approx(variance, rel=0.05)
    assert np.var(level) == pytest.approx(variance, rel=0.2)
