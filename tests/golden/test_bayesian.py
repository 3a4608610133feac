"""Figures of bayesian on real ratings, with fewer draws than by default; the bars were set before it was written."""

from __future__ import annotations

import pytest

from matinee.data.reading.read import read_ratings
from matinee.evaluation.metrics.distribution import scores
from matinee.evaluation.metrics.errors import coverage, errors, rmse
from matinee.evaluation.protocols import evaluate_test
from matinee.fitting.options import RunOptions
from matinee.models.bayesian.model import Bayesian

pytestmark = pytest.mark.long

RMSE_BAR = 0.8440
"""myFM, Gibbs sampling with SVD++ features both ways, rank 10, 200 draws: 0.8452."""

LOG_LOSS_BAR = 1.229
"""Nats on u3: what myFM's ordered probit is about."""


@pytest.fixture(scope="module")
def small(split):
    return evaluate_test(split.training, split.hidden, Bayesian(draws=80), RunOptions(seed=1))


@pytest.fixture(scope="module")
def ordered(real_data):
    training, test = (read_ratings(real_data / "ml-100k" / f"u3.{part}") for part in ("base", "test"))
    config = Bayesian(draws=80, likelihood="ordered-probit")
    return evaluate_test(training, test, config, RunOptions(seed=1))


def test_error_on_ratings_small(small) -> None:
    assert 0.78 < rmse(errors(small)) < RMSE_BAR - 0.015


def test_intervals_on_ratings_small(small) -> None:
    """A percent and a half for 10,000 ratings of few users."""
    assert coverage(small) == pytest.approx(0.9, abs=0.015)


def test_distributions_are_better_than_one_spread_by_a_margin(small) -> None:
    """Whole users drawn: with 95 % certainty by 0.03 nats and 0.004 stars."""
    log_score, crps = scores(small)
    assert log_score.gain[0] > 0.03
    assert crps.gain[0] > 0.004


def test_log_loss_of_stars_on_u3(ordered) -> None:
    log_score, crps = scores(ordered)
    assert 1.10 < log_score.value < LOG_LOSS_BAR - 0.03
    assert log_score.gain[0] > 0.04
    assert crps.gain[0] > 0.008
    assert coverage(ordered) == pytest.approx(0.9, abs=0.015)
