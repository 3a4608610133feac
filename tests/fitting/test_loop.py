"""The loop: what it keeps, when it stops, what it tells."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import NumericalError
from matinee.fitting.loop import GAIN, Run, StarsWatch, train
from matinee.fitting.stopping import Stop
from matinee.predicting.factors import LinearFactors
from matinee.predicting.report import Step
from tests.support.creeping import THREE, Scripted, of_mean

VALLEY = (0.5, 0.3, 0.2, 0.4, 0.6, 0.7, 0.1)


def watch(low: float = 0.5, high: float = 5.0) -> StarsWatch:
    """One rating of three stars: the watched RMSE is what the learner is off by."""
    pair = np.zeros(1, np.int32)
    return StarsWatch(pair, pair, np.full(1, THREE, np.float32), low, high)


def test_the_watched_error_is_that_of_clipped_predictions() -> None:
    """In whatever order the ratings come, and where the last users have none."""
    rng = np.random.default_rng(8)
    p, q = (rng.normal(0, 0.7, (size, 5)).astype(np.float32) for size in (30, 20))
    factors = LinearFactors(3.2, rng.normal(0, 1, 30).astype(np.float32), rng.normal(0, 1, 20).astype(np.float32), p, q)
    user, item = (index.astype(np.int32) for index in np.divmod(rng.permutation(25 * 20)[:90], 20))
    value = rng.integers(1, 6, 90).astype(np.float32)
    expected = np.clip(factors.at(user, item), 1.0, 5.0) - value
    found = StarsWatch(user, item, value, 1.0, 5.0).error(factors)
    assert found == pytest.approx(np.sqrt(np.mean(expected**2)), rel=1e-6)


def endless() -> Stop:
    return Stop(math.inf)


def trained(errors=VALLEY, *, patience: int = 0, sweeps: int | None = None, watching: bool = True, **options) -> Run:
    learner = options.pop("learner", None) or Scripted(tuple(errors))
    given = {"stop": endless(), "progress": lambda share, what: None, **options}
    return train(learner, sweeps or len(errors), watch=watch() if watching else None, patience=patience, **given)


def test_the_best_sweep_is_kept() -> None:
    run = trained()
    assert (run.best, run.ended, len(run.steps)) == (7, "all sweeps", 7)
    assert run.factors.mean == pytest.approx(3.1)
    assert run.factors.sweeps == 7


def test_patience_counts_sweeps_without_gain() -> None:
    run = trained(patience=3)
    assert (run.best, run.ended, len(run.steps)) == (3, "no gain", 6)
    assert run.factors.mean == pytest.approx(3.2)


def test_a_gain_starts_the_count_again() -> None:
    run = trained((0.5, 0.6, 0.4, 0.6, 0.3, 0.6, 0.6), patience=2)
    assert (run.best, len(run.steps)) == (5, 7)


def test_a_gain_too_small_to_count_is_kept_but_not_waited_for() -> None:
    errors = [0.5 * (1 - GAIN / 3) ** number for number in range(9)]
    run = trained(errors, patience=3)
    assert (run.best, run.ended, len(run.steps)) == (4, "no gain", 4)


def test_without_a_watch_the_last_sweep_is_kept() -> None:
    run = trained(watching=False, patience=1)
    assert (run.best, run.ended) == (7, "all sweeps")
    assert all(step.watched_error is None for step in run.steps)


@given(errors=st.lists(st.floats(0.01, 1.5), min_size=1, max_size=20), patience=st.integers(0, 5))
@settings(max_examples=200)
def test_whatever_the_errors_the_kept_sweep_is_the_best_of_those_made(errors, patience) -> None:
    run = trained(errors, patience=patience)
    seen = [step.watched_error for step in run.steps]
    assert run.best == int(np.argmin(seen)) + 1
    assert run.factors.sweeps == run.best
    assert [step.sweep for step in run.steps] == list(range(1, len(seen) + 1))
    assert run.ended == ("no gain" if len(seen) < len(errors) else "all sweeps")
    if run.ended == "no gain":
        assert len(seen) >= run.best + min(patience, 1)
        assert min(errors[len(seen) - patience : len(seen)]) >= min(errors[: len(seen) - patience]) * (1 - GAIN)


def test_predictions_are_clipped_before_they_are_judged() -> None:
    far = of_mean(9.0)
    assert watch(high=4.0).error(far) == pytest.approx(1.0)
    assert watch(high=5.0).error(far) == pytest.approx(2.0)


def test_the_trace_has_every_sweep_and_plain_numbers() -> None:
    run = trained(watching=True)
    details = run.iteration().to_dict()
    assert json.loads(json.dumps(details)) == details
    assert [step["objective"] for step in details["trace"]] == pytest.approx([10 * error for error in VALLEY])
    assert [step["watched_error"] for step in details["trace"]] == pytest.approx(list(VALLEY))
    seconds = [step["seconds"] for step in details["trace"]]
    assert seconds == sorted(seconds)
    assert seconds[0] >= 0
    assert (details["sweeps"], details["ended"]) == (7, "all sweeps")
    assert run.factors.sweeps == 7
    assert "watched_trace" not in details


def test_the_run_that_chose_is_told_beside_the_one_that_learnt() -> None:
    chose = trained(patience=3)
    details = trained(VALLEY[:3], watching=False).iteration(chose).to_dict()
    assert (details["sweeps"], details["ended"]) == (3, "no gain")
    assert len(details["trace"]) == 3
    assert len(details["watched_trace"]) == 6


@pytest.mark.parametrize("objective", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("watching", [False, True])
def test_an_objective_that_is_not_finite_is_named_with_its_sweep(objective, watching) -> None:
    says = rf"^epoch 2: the objective is {objective}; allowed are finite numbers; try a larger regularization or a"
    with pytest.raises(NumericalError, match=says):
        trained((0.1, objective / 10, 0.1), watching=watching, word="epoch")


def test_watched_ratings_that_are_predicted_with_nan_are_named_as_such() -> None:
    """The objective is finite all the same."""

    class Broken(Scripted):
        def scorer(self):
            return replace(super().scorer(), mean=math.nan)

    with pytest.raises(NumericalError, match=r"^sweep 1: the RMSE of the watched ratings is nan"):
        trained(learner=Broken(VALLEY))


def test_the_time_limit_ends_it_after_the_running_sweep() -> None:
    learner = Scripted(VALLEY, before=lambda number: time.sleep(0.01))
    run = trained(learner=learner, stop=Stop(time.monotonic() + 0.005))
    assert (run.ended, run.best, len(run.steps)) == ("time limit", 1, 1)
    assert run.cut_short


def test_one_sweep_is_made_however_short_the_time() -> None:
    for watching in (False, True):
        run = trained(stop=Stop(0.0), watching=watching)
        assert (run.ended, len(run.steps)) == ("time limit", 1)


def test_a_stop_at_the_last_sweep_cuts_nothing_short() -> None:
    run = trained((0.5,), stop=Stop(0.0))
    assert (run.ended, run.cut_short) == ("all sweeps", False)


def test_an_interruption_keeps_the_best_so_far() -> None:
    stop = endless()

    def interrupt(number: int) -> None:
        stop.interrupted = number == 5

    run = trained(learner=Scripted(VALLEY, before=interrupt), stop=stop)
    assert (run.ended, run.best, len(run.steps)) == ("interrupted", 3, 5)
    assert run.cut_short


def test_progress_says_the_sweep_and_the_watched_error() -> None:
    told: list[tuple[float, str]] = []
    trained((0.5, 0.25), progress=lambda share, what: told.append((share, what)))
    assert told == [(0.5, "sweep 1, RMSE 0.5000"), (1.0, "sweep 2, RMSE 0.2500")]
    told.clear()
    trained((0.5,), watching=False, word="epoch", progress=lambda share, what: told.append((share, what)))
    assert told == [(1.0, "epoch 1")]


def test_steps_are_values() -> None:
    assert Step(1, 2.0, None, 0.0) == Step(1, 2.0, None, 0.0)
