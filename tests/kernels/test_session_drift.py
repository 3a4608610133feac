from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.reference.session_drift import draw_session_drift as twin
from matinee.kernels.session_drift import DriftObservations, draw_session_drift
from tests.support.arrays import THREADS


def observations(counts: list[int], seed: int, apart: int = 40) -> DriftObservations:
    """Times that differ within a row, by seconds to minutes."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    times = [1_000 + np.cumsum(rng.integers(1, apart, count)) for count in counts]
    entries = int(offsets[-1])
    residual, precision = (
        rng.standard_normal(entries).astype(np.float32),
        rng.uniform(0.2, 4, entries).astype(np.float32),
    )
    return DriftObservations(offsets, np.concatenate([*times, np.zeros(0)]).astype(np.int64), residual, precision)


@given(counts=st.lists(st.integers(0, 12), min_size=1, max_size=6), seed=st.integers(0, 1_000))
@settings(max_examples=60)
def test_draw_is_its_twin(counts: list[int], seed: int) -> None:
    observed = observations(counts, seed)
    level, _, _ = draw_session_drift(observed, 60.0, 0.8, 11, 2)
    np.testing.assert_allclose(level, twin(observed, 60.0, 0.8, 11), atol=2e-5)


def test_threads_change_not_one_bit() -> None:
    observed = observations([5, 0, 300, 1] * 20, 3)
    first, *others = (draw_session_drift(observed, 60.0, 0.5, 4, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(other[0], first[0])
        assert other[1:] == first[1:]


def test_ratings_of_one_second_share_their_level() -> None:
    observed = DriftObservations(np.array([0, 3]), np.array([5, 5, 90]), np.ones(3, np.float32), np.ones(3, np.float32))
    level, _, steps = draw_session_drift(observed, 60.0, 1.0, 4, 1)
    assert level[0] == level[1] != level[2]
    assert steps == 2


@pytest.mark.parametrize("variance", [0.25, 2.0])
def test_squared_steps_tell_the_variance(variance: float) -> None:
    """Observed through so much noise that levels are drawn from what they are before any observation."""
    observed = observations([400] * 50, 5)
    blind = DriftObservations(
        observed.offsets, observed.time, observed.residual, np.full(len(observed.time), 1e-9, np.float32)
    )
    level, squares, steps = draw_session_drift(blind, 100.0, variance, 6, 2)
    assert steps == len(level) == 20_000
    assert squares / steps == pytest.approx(variance, rel=0.05)
    assert np.var(level) == pytest.approx(variance, rel=0.2)
