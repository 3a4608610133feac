"""Early stopping: a slice is watched, the best number of sweeps is taken to everything."""

from __future__ import annotations

import json
import os
import signal

import numpy as np
import pytest

from matinee.fitting.model import Learnt, Training
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import set_aside
from matinee.predicting.report import Iteration, Step
from tests.support.creeping import Creeping, fits_of
from tests.support.planted import planted

QUICK = RunOptions(intervals=False, threads=1)


@pytest.fixture
def fits():
    yield from fits_of()


@pytest.fixture(scope="module")
def ratings():
    return planted(120, 90, 0.3, seed=1)


@pytest.fixture(scope="module")
def matrix(ratings):
    return RatingMatrix.from_ratings(ratings)


def learnt(config: Creeping, matrix: RatingMatrix, options: RunOptions = QUICK) -> Learnt:
    return config.learn(Training(matrix), options)


def pressing(at: int, of: int = 0, **values) -> Creeping:
    """Ctrl-C is pressed in the epoch ``at`` of the fit number ``of`` (0 is the first)."""

    class Pressing(Creeping):
        def start(self, matrix, options):
            learner = super().start(matrix, options)
            before, mine = learner.before, len(self.fitted) - 1

            def pressed(number: int) -> None:
                before(number)
                if (mine, number) == (of, at):
                    os.kill(os.getpid(), signal.SIGINT)

            learner.before = pressed
            return learner

    return Pressing(**values)


def test_it_watches_a_twentieth_then_learns_from_everything(fits, matrix) -> None:
    """The epoch after the turning point is as bad as the one before: patience 3 ends it after 9."""
    iteration = learnt(Creeping(), matrix).report.iteration
    watched = round(0.05 * len(matrix))
    assert watched >= 100
    assert fits == [(len(matrix) - watched, 9), (len(matrix), 6)]
    assert (iteration.kept, iteration.ended) == (6, "no gain")
    assert (len(iteration.trace), len(iteration.watched_trace)) == (6, 9)
    best = min(iteration.watched_trace, key=lambda step: step.watched_error)
    assert best.sweep == 6
    assert all(step.watched_error is None for step in iteration.trace)


def test_what_is_kept_is_of_everything(matrix) -> None:
    scorer = learnt(Creeping(), matrix).scorer
    assert scorer.mean == pytest.approx(matrix.mean, abs=1e-12)
    assert scorer.sweeps == 6


def test_the_watched_slice_is_chosen_by_the_seed(fits, matrix) -> None:
    def watched(seed: int) -> list[float]:
        iteration = learnt(Creeping(), matrix, RunOptions(seed=seed, threads=1)).report.iteration
        return [step.watched_error for step in iteration.watched_trace]

    assert watched(1) == watched(1) != watched(2)


def test_all_epochs_are_made_where_nothing_is_watched(fits, matrix) -> None:
    few = RatingMatrix.from_ratings(planted(40, 30, 0.5, seed=2))
    assert round(0.05 * len(few)) < 100
    for config, given in ((Creeping(patience=0), matrix), (Creeping(), few)):
        fits.clear()
        iteration = learnt(config, given).report.iteration
        assert fits == [(len(given), 20)]
        assert (iteration.kept, iteration.ended) == (20, "all sweeps")
        assert iteration.watched_trace is None


def test_the_best_may_be_the_last(fits, matrix) -> None:
    iteration = learnt(Creeping(turn=20), matrix).report.iteration
    assert (iteration.kept, iteration.ended) == (20, "all sweeps")
    assert [epochs for _, epochs in fits] == [20, 20]


def test_ctrl_c_while_watching_keeps_its_best(fits, matrix) -> None:
    scorer, report = learnt(pressing(at=8), matrix)
    assert [epochs for _, epochs in fits] == [8]
    assert (report.iteration.kept, report.iteration.ended) == (6, "interrupted")
    assert scorer.sweeps == 6
    assert report.interrupted
    assert len(report.iteration.trace) == 8
    assert report.iteration.watched_trace is None


def test_ctrl_c_in_the_last_watched_epoch_does_not_start_another_fit(fits, matrix) -> None:
    iteration = learnt(pressing(at=6, epochs=6), matrix).report.iteration
    assert [epochs for _, epochs in fits] == [6]
    assert (iteration.kept, iteration.ended) == (6, "interrupted")


def test_ctrl_c_in_the_fit_to_everything_keeps_the_best_that_was_watched(fits, matrix) -> None:
    """Half-way through it is not the best any more."""
    scorer, report = learnt(pressing(at=3, of=1), matrix)
    assert [epochs for _, epochs in fits] == [9, 3]
    assert (report.iteration.kept, scorer.sweeps) == (6, 6)
    assert report.iteration.ended == "interrupted"


def test_a_time_limit_keeps_the_best_so_far(fits, matrix) -> None:
    report = learnt(Creeping(pause=0.02), matrix, RunOptions(time_limit=0.03)).report
    assert fits[0][1] < 9
    assert len(fits) == 1
    assert report.iteration.ended == "time limit"
    assert not report.interrupted


def test_ctrl_c_says_that_it_was_heard(matrix) -> None:
    told: list[str] = []
    options = RunOptions(progress=lambda task, share: told.append(task))
    learnt(pressing(at=2), matrix, options)
    assert "stopping after this epoch; Ctrl-C again: at once" in told
    assert told[0].startswith("watching: epoch 1, RMSE ")


def test_intervals_take_the_number_of_epochs_that_was_found(fits, ratings) -> None:
    model = Creeping().fit(ratings, RunOptions(threads=1))
    assert model.calibration is not None
    assert fits[1:] == [(len(ratings), 6), (len(ratings) - round(0.1 * len(ratings)), 6)]
    assert model.config == Creeping()


def test_without_patience_intervals_take_all_epochs(fits, ratings) -> None:
    Creeping(patience=0).fit(ratings, RunOptions(threads=1))
    assert [epochs for _, epochs in fits] == [20, 20]


def test_ctrl_c_leaves_the_intervals_out(fits, ratings) -> None:
    """While the model is fitted, and while they are measured; the model is whole in both cases."""
    early = pressing(at=2).fit(ratings, RunOptions(threads=1))
    assert early.calibration is None
    assert len(fits) == 1
    fits.clear()
    late = pressing(at=2, of=2).fit(ratings, RunOptions(threads=1))
    assert late.calibration is None
    assert late.report.iteration.ended == "no gain"
    assert [epochs for _, epochs in fits] == [9, 6, 2]


def test_progress_says_what_the_fit_is_for(ratings) -> None:
    told: list[str] = []
    Creeping().fit(ratings, RunOptions(progress=lambda task, share: told.append(task)))
    kinds = [task.rpartition(" epoch")[0] for task in told]
    assert list(dict.fromkeys(kinds)) == ["watching:", "learning:", "intervals: learning:"]


WORDS = {
    "20 epochs": (Creeping(patience=0), {}),
    "9 epochs, no gain after 6; then 6 on all ratings": (Creeping(), {}),
    "20 epochs, the best after 20; then 20 on all ratings": (Creeping(turn=20), {}),
    "8 epochs, no gain after 6; Ctrl-C: best so far kept": (pressing(at=8), {}),
    "4 epochs, the best after 4; Ctrl-C: best so far kept": (pressing(at=4), {}),
    "4 epochs; Ctrl-C: best so far kept": (pressing(at=4, patience=0), {}),
    "1 epoch; time limit: best so far kept": (Creeping(patience=0), {"time_limit": 1e-9}),
    "1 epoch, the best after 1; time limit: best so far kept": (Creeping(), {"time_limit": 1e-9}),
}


@pytest.mark.parametrize("words", WORDS)
def test_how_it_ended_in_words(fits, matrix, words) -> None:
    config, options = WORDS[words]
    iteration = learnt(config, matrix, RunOptions(**options)).report.iteration
    assert iteration.in_words(config.counts) == words
    saved = json.loads(json.dumps(iteration.to_dict()))
    assert Iteration.from_dict(saved).in_words(config.counts) == words


def test_gains_too_small_to_go_on_are_not_called_none() -> None:
    steps = tuple(Step(number, 1.0, 0.9 - 1e-6 * number, 0.0) for number in (1, 2, 3))
    iteration = Iteration(3, "no gain", watched_trace=steps)
    assert iteration.in_words() == "3 sweeps, with too little gain to go on; then 3 on all ratings"


def test_models_that_do_not_iterate_have_no_iteration() -> None:
    assert Iteration.from_dict({"certificate": {}}) is None


def test_the_slice_is_the_one_that_set_aside_takes(matrix) -> None:
    size = round(0.05 * len(matrix))
    rest, (user, item, value) = set_aside(matrix, size, 0, 1)
    iteration = learnt(Creeping(), matrix).report.iteration
    expected = np.sqrt(np.mean((np.clip(rest.mean, value.min(), value.max()) - value) ** 2))
    assert len(user) == len(item) == size
    assert iteration.watched_trace[5].watched_error == pytest.approx(float(expected), abs=1e-6)
