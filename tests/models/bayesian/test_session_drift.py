from __future__ import annotations

import numpy as np
import pytest

from matinee.models.bayesian.session_drift import SessionDrift


def drift(times: list[list[int]], levels: list[list[float]], scale: float = 60.0) -> SessionDrift:
    starts = np.concatenate([[0], np.cumsum([len(each) for each in times])]).astype(np.int64)
    flat = [time for each in times for time in each]
    level = np.array([x for each in levels for x in each], np.float32).reshape(-1, 1)
    return SessionDrift(starts, np.array(flat, np.int64), level, np.array([scale]))


def at(found: SessionDrift, user: int, *times: int) -> np.ndarray:
    return found.at(np.full(len(times), user), np.array(times))


def test_at_a_rating_s_own_time_it_is_its_level() -> None:
    known = drift([[100, 160], [], [130]], [[0.5, -0.2], [], [0.3]])
    np.testing.assert_allclose(at(known, 0, 100, 160), [0.5, -0.2], atol=1e-7)
    np.testing.assert_allclose(at(known, 2, 130), [0.3], atol=1e-7)


def test_beyond_the_last_rating_it_fades() -> None:
    known = drift([[100, 160]], [[0.5, -0.2]])
    np.testing.assert_allclose(at(known, 0, 220, 40), [-0.2 / np.e, 0.5 / np.e], atol=1e-7)
    assert np.abs(at(known, 0, 10**9, 0, -(10**12))).max() < 0.1
    assert at(known, 0, 10**9)[0] == 0


def test_between_two_ratings_it_is_the_mean_of_the_process() -> None:
    """As the normal distribution of three points says."""
    known, times = drift([[100, 160]], [[0.5, -0.2]]), np.array([100.0, 160.0, 125.0])
    covariance = np.exp(-np.abs(times[:, None] - times[None, :]) / 60.0)
    expected = covariance[2, :2] @ np.linalg.solve(covariance[:2, :2], [0.5, -0.2])
    assert at(known, 0, 125)[0] == pytest.approx(expected, abs=1e-7)


def test_a_user_s_drift_is_no_one_else_s() -> None:
    known = drift([[100, 160], [], [130]], [[0.5, -0.2], [], [0.3]])
    assert at(known, 1, 100, 130, 160).tolist() == [0.0, 0.0, 0.0]
    assert at(known, 2, 100)[0] == pytest.approx(0.3 * np.exp(-0.5))


def test_two_ratings_of_one_second() -> None:
    known = drift([[100, 100, 160]], [[0.5, 0.5, -0.2]])
    assert np.isfinite(at(known, 0, 99, 100, 101, 130)).all()
    assert at(known, 0, 100)[0] == pytest.approx(0.5)


def test_without_any_rating_there_is_no_drift() -> None:
    assert at(drift([[], []], [[], []]), 1, 5, 6).tolist() == [0.0, 0.0]
