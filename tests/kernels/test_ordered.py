from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from matinee.kernels.ordered import Ordered, draw_latent, expected_latent, level_probabilities, threshold_slopes
from matinee.kernels.reference import ordered as twin
from tests.support.arrays import INSTRUCTION_SETS, THREADS, running

each_set = pytest.mark.parametrize("isa", INSTRUCTION_SETS)


def ordered(entries: int, thresholds: int, seed: int) -> tuple[Ordered, np.ndarray]:
    """Predictions over and beside the thresholds, none so far out that the twin would underflow."""
    rng = np.random.default_rng(seed)
    cuts = np.sort(2.0 * rng.standard_normal(thresholds)) + 0.05 * np.arange(thresholds)
    level = rng.integers(0, thresholds + 1, entries).astype(np.uint8)
    predicted, steady = rng.standard_normal(entries), rng.uniform(0.3, 3.0, entries)
    return Ordered(level, predicted.astype(np.float32), steady.astype(np.float32), rng.uniform(0.7, 1.5)), cuts


def between(
    low: float, high: float, count: int, predicted: float = 0.0, steady: float = 1.0
) -> tuple[Ordered, np.ndarray]:
    """Entries of one level, with these limits in deviations from the prediction."""
    cuts = predicted + np.array([low, high]) / steady
    level, of = np.ones(count, np.uint8), np.ones(count, np.float32)
    return Ordered(level, of * np.float32(predicted), of * np.float32(steady)), cuts


@each_set
@given(entries=st.integers(0, 300), thresholds=st.integers(1, 19), seed=st.integers(0, 1_000))
@settings(max_examples=40)
def test_all_are_their_twins(isa: str, entries: int, thresholds: int, seed: int) -> None:
    seen, cuts = ordered(entries, thresholds, seed)
    with running(isa):
        drawn, (mean, variance) = draw_latent(seen, cuts, 7, 2), expected_latent(seen, cuts, 2)
        slopes = threshold_slopes(seen, cuts, 2)
    np.testing.assert_allclose((drawn - twin.draw_latent(seen, cuts, 7)) * seen.steady * seen.scale, 0.0, atol=5e-6)
    for found, exact in zip((mean, variance), twin.expected_latent(seen, cuts), strict=True):
        np.testing.assert_allclose(found, exact, rtol=1e-6, atol=2e-6)
    exact = twin.threshold_slopes(seen, cuts)
    assert slopes.value == pytest.approx(exact.value, rel=1e-10, abs=1e-10)
    np.testing.assert_allclose(slopes.gradient, exact.gradient, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(slopes.curvature, exact.curvature, rtol=1e-8, atol=1e-8)


@each_set
@pytest.mark.parametrize("thresholds", [1, 4, 19])
def test_probabilities_are_their_twin(isa: str, thresholds: int) -> None:
    rng, cuts = np.random.default_rng(thresholds), np.linspace(-2.0, 2.0, thresholds)
    latent, deviation = 2.0 * rng.standard_normal(300), rng.uniform(0.3, 3.0, 300)
    with running(isa):
        found = level_probabilities(latent, deviation, cuts, 2)
    np.testing.assert_allclose(found, twin.level_probabilities(latent, deviation, cuts), rtol=1e-9)
    np.testing.assert_allclose(found.sum(1), 1.0, rtol=1e-13)
    assert level_probabilities(latent[:0], deviation[:0], cuts, 2).shape == (0, thresholds + 1)


def test_threads_change_not_one_bit() -> None:
    seen, cuts = ordered(50_000, 9, 3)
    latent = seen.predicted.astype(np.float64)
    first, *others = (
        (
            draw_latent(seen, cuts, 4, threads),
            *expected_latent(seen, cuts, threads),
            threshold_slopes(seen, cuts, threads).curvature,
            level_probabilities(latent, 1.0 / seen.steady.astype(np.float64), cuts, threads),
        )
        for threads in THREADS
    )
    for other in others:
        for one, same in zip(first, other, strict=True):
            np.testing.assert_array_equal(one, same)


@each_set
@pytest.mark.parametrize(
    ("low", "high"),
    [(-np.inf, 0.0), (-0.3, 0.4), (-1.0, 3.0), (0.5, np.inf), (2.0, 2.1), (-7.0, -6.0), (9.0, np.inf), (-30.0, -14.0),
     (25.0, 26.0), (-9.0, 9.0)],
)  # fmt: skip
def test_draws_have_the_truncated_normal_distribution(isa: str, low: float, high: float) -> None:
    exact = stats.truncnorm(low, high)
    seen, cuts = between(low, high, 20_000, predicted=0.5, steady=2.0)
    with running(isa):
        drawn = (draw_latent(seen, cuts, 5, 2).astype(np.float64) - 0.5) * 2.0
        mean, variance = expected_latent(seen, cuts, 1)
    assert drawn.min() >= low - 1e-5
    assert drawn.max() <= high + 1e-5
    assert stats.kstest(drawn, exact.cdf).pvalue > 1e-4
    assert drawn.mean() == pytest.approx(exact.mean(), abs=5 * exact.std() / np.sqrt(len(drawn)))
    assert drawn.std() == pytest.approx(exact.std(), rel=0.03)
    assert (mean[0] - 0.5) * 2.0 == pytest.approx(exact.mean(), rel=1e-5, abs=1e-6)
    assert variance[0] * 4.0 == pytest.approx(exact.var(), rel=1e-4)


@pytest.mark.parametrize("out", [40.0, 300.0, 1e4, -1e6, -40.0])
def test_far_out_it_is_an_exponential_distribution(out: float) -> None:
    """Where no floating-point number is small enough for the probability, its logarithm still is one."""
    cut = np.array([out])
    zeros = np.zeros(4_000, np.float32)
    seen = Ordered((zeros + (out > 0)).astype(np.uint8), zeros, zeros + 1)
    slopes = threshold_slopes(seen, cut, 1)
    assert slopes.value / 4_000 == pytest.approx(stats.norm.logsf(abs(out)), rel=1e-12)
    assert np.abs(slopes.gradient[0]) / 4_000 == pytest.approx(abs(out), rel=1e-3)
    drawn = draw_latent(seen, cut, 3, 1)
    assert np.isfinite(drawn).all()
    assert np.abs(drawn).min() >= abs(out) * (1 - 1e-6)
    if abs(out) < 1e3:  # further out float32 has no digits left for it
        beyond = (np.abs(drawn.astype(np.float64)) - abs(out)) * abs(out)
        assert beyond.mean() == pytest.approx(1.0, abs=0.07)


def test_nothing_extreme_is_nan() -> None:
    rng = np.random.default_rng(1)
    cuts = np.array([-1e3, -1e-9, 0.0, 1e-9, 1e-6, 1e3])
    predicted = rng.choice([0.0, 1e-9, 1.0, -50.0, 1e6, -1e6], 3_000).astype(np.float32)
    steady = rng.choice([1e-4, 1.0, 1e4], 3_000).astype(np.float32)
    seen = Ordered(rng.integers(0, 7, 3_000).astype(np.uint8), predicted, steady)
    slopes = threshold_slopes(seen, cuts, 1)
    found = [draw_latent(seen, cuts, 1, 1), *expected_latent(seen, cuts, 1), slopes.gradient, slopes.curvature]
    found.append(level_probabilities(predicted.astype(np.float64), 1.0 / steady.astype(np.float64), cuts, 1))
    for numbers in (*found, slopes.value):
        assert np.isfinite(numbers).all()


def test_slopes_are_those_of_the_value() -> None:
    seen, cuts = ordered(400, 5, 8)
    step = 1e-5

    def at(index: int, by: float):
        moved = cuts + by * step * (np.arange(5) == index)
        return threshold_slopes(replace(seen, scale=seen.scale * np.exp(by * step * (index == 5))), moved, 1)

    exact = threshold_slopes(seen, cuts, 1)
    for index in range(6):
        up, down = at(index, 1), at(index, -1)
        assert (up.value - down.value) / (2 * step) == pytest.approx(exact.gradient[index], rel=1e-6, abs=1e-5)
        bent = -(up.gradient - down.gradient) / (2 * step)
        np.testing.assert_allclose(bent, exact.curvature[index], rtol=1e-5, atol=1e-4)
