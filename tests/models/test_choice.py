"""Without a name, the most accurate model that is done in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.models.auto import PATIENCE, Task, choose
from matinee.models.bayesian.model import Bayesian
from tests.support.planted import ratings_from

SOME = Task(100_000, False, False, 2, True, PATIENCE, False)


def named(**changed: object) -> str:
    return choose(replace(SOME, **changed)).config.name


def test_small_and_large() -> None:
    assert named(ratings=499) == "bias"
    assert named(ratings=500) == "svdpp"
    assert named(ratings=20_000) == "bayesian"
    assert named(ratings=10_000_000) == "svdpp"
    assert named(ratings=1_000_000_000) == "sgd"
    assert named(equal=True) == "mean"


def test_more_ratings_have_a_higher_rank() -> None:
    assert choose(SOME).config == Bayesian(rank=16)
    assert choose(replace(SOME, ratings=900_000)).config == Bayesian(rank=32)


def test_what_costs_more_time_has_less_of_it() -> None:
    just = replace(SOME, ratings=1_250_000)
    assert choose(just).config == Bayesian(rank=32)
    assert choose(replace(just, times=True)).config != Bayesian(rank=32)
    assert choose(replace(just, processors=1)).config != Bayesian(rank=32)
    assert choose(replace(just, times=True, processors=64)).config == Bayesian(rank=32)


@pytest.mark.parametrize(("seconds", "wanted"), [(30.0, 300), (1.5, 60)])
def test_a_time_limit_counts(seconds: float, wanted: int) -> None:
    found = choose(replace(SOME, seconds=seconds, limited=True))
    assert isinstance(found.config, Bayesian)
    assert found.config.draws == wanted
    assert found.seconds <= seconds
    assert ("within the time limit" in found.reason) is (wanted == 60)


def test_where_nothing_is_done_in_time_the_quickest_is_taken() -> None:
    assert named(ratings=10_000_000, seconds=0.01, limited=True) == "sgd"


def test_the_reason_says_how_long_and_what_was_passed_over() -> None:
    assert (
        choose(replace(SOME, ratings=200_000)).reason
        == "bayesian (rank 16, 300 draws), the most accurate: about 5 s for 200,000 ratings"
    )
    said = choose(replace(SOME, ratings=20_000_000, processors=4)).reason
    assert said.startswith("svdpp, the most accurate within a minute: about 29 s for 20,000,000 ratings; bayesian")
    assert "in full, more accurate, would take about" in said


def test_a_task_is_read_off_the_ratings_and_the_run() -> None:
    rows = np.arange(6)
    ratings = ratings_from(rows % 2, rows // 2, np.full(6, 3.0))
    assert Task.of(ratings, RunOptions(threads=1)) == Task(6, True, False, 1, True, PATIENCE, False)
    limited = Task.of(ratings, RunOptions(threads=1, intervals=False, time_limit=7.0))
    assert (limited.seconds, limited.limited) == (7.0, True)
    assert Task.of(ratings, RunOptions(time_limit=7.0)).seconds == pytest.approx(13.3)
