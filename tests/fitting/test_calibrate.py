"""How intervals are measured, and that they hold for those who are known little, new people included."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from threading import Event, current_thread, main_thread

import numpy as np
import pytest

from matinee.errors import NumericalError
from matinee.fitting.calibrate import calibrated
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hidden_parts, hide
from matinee.models.baselines import Bias
from matinee.models.bayesian.model import Bayesian
from matinee.predicting.calibration import Calibration
from matinee.predicting.fitted import FittedModel
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)


@pytest.fixture(scope="module")
def model():
    return Bayesian(rank=3, draws=60, burn_in=20, user_features=8, item_features=8).fit(known(), QUICK)


def known(share: float = 0.3, seed: int = 0):
    return planted(260, 140, share, noise=0.5, seed=seed)


def few(ratings, most: int):
    """At most ``most`` ratings of each user."""
    place = np.zeros(len(ratings), int)
    for user in range(len(ratings.users)):
        own = np.flatnonzero(ratings.user == user)
        place[own] = np.arange(len(own))
    return ratings.take(place < most), ratings.take(place >= most)


@pytest.mark.parametrize("config", [Bias(), Bayesian(rank=2, draws=6, burn_in=2)])
def test_ctrl_c_at_any_moment_of_measuring_intervals_keeps_the_model(monkeypatch, config) -> None:
    told: list[str] = []
    learn, calls = type(config).learn, []

    def pressed_before_the_second(self, *given):
        calls.append(self)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return learn(self, *given)

    monkeypatch.setattr(type(config), "learn", pressed_before_the_second)
    model = config.fit(known(), RunOptions(threads=1, progress=lambda task, _: told.append(task)))
    assert len(calls) == 2
    assert (model.calibration, model.report.interrupted) == (None, False)
    assert "stopping, without intervals; Ctrl-C again: at once, without the model" in told
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("parts", [1, 3, 7])
def test_hidden_parts_have_no_rating_in_common(parts: int) -> None:
    whole = ratings_from(np.arange(200), np.zeros(200, int), 1 + np.arange(200) % 5)
    splits = list(hidden_parts(whole, 0.1, parts, 4))
    hidden = np.concatenate([split.hidden.user for split in splits])
    assert len(set(hidden)) == len(hidden) == 20 * parts
    for split in splits:
        assert sorted([*split.hidden.user, *split.training.user]) == list(range(200))


def test_one_hidden_part_is_what_hide_hides() -> None:
    whole = planted(40, 30, 0.3)
    (split,) = hidden_parts(whole, 0.1, 1, 5)
    np.testing.assert_array_equal(split.hidden.user, hide(whole, 0.1, 5).hidden.user)


def test_bayesian_measures_its_intervals_thrice_with_fewer_draws() -> None:
    told: list[str] = []
    config = Bayesian(rank=2, draws=300, burn_in=1, user_features=0, item_features=0)
    assert config.calibrating(None).draws == 100
    thinned = replace(config, draws=1_000, thinning=50).calibrating(None)
    assert (thinned.draws, thinned.thinning) == (100, 5)
    assert replace(config, draws=3_000, thinning=2).calibrating(None).thinning == 1
    small = replace(config, draws=12)
    options = RunOptions(threads=1, progress=lambda task, _: told.append(task))
    assert small.fit(planted(60, 40, 0.3), options).calibration is not None
    assert sum("draw 1," in task and task.startswith("intervals: ") for task in told) == 3


def test_fits_side_by_side_learn_what_they_learn_one_after_the_other() -> None:
    config = Bayesian(rank=2, draws=12, burn_in=3, user_features=4, item_features=4)
    alone, *others = (config.fit(known(), RunOptions(seed=2, threads=threads)) for threads in (1, 2, 5))
    for model in others:
        np.testing.assert_array_equal(model.scorer.user_factors, alone.scorer.user_factors)
        np.testing.assert_array_equal(model.calibration.limits, alone.calibration.limits)
        np.testing.assert_array_equal(model.calibration.deviation, alone.calibration.deviation)


@pytest.mark.parametrize("measuring", [True, False])
def test_ctrl_c_ends_fits_side_by_side(monkeypatch, measuring: bool) -> None:
    """While intervals are measured the model is whole; while it is learnt itself it is the best so far."""
    learn, learning, learnt = Bayesian.learn, Event(), Event()

    def pressed(self, *given):
        beside = current_thread() is not main_thread()
        assert not beside or (learnt if measuring else learning).wait(60.0)
        if beside is measuring:
            os.kill(os.getpid(), signal.SIGINT)
        if not beside:
            learning.set()
        result = learn(self, *given)
        if not beside:
            learnt.set()
        return result

    monkeypatch.setattr(Bayesian, "learn", pressed)
    config = Bayesian(rank=2, draws=300, burn_in=2, user_features=4, item_features=4)
    model = config.fit(known(), RunOptions(threads=2))
    assert model.calibration is None
    assert model.report.interrupted is not measuring
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_of_the_fit_ends_those_beside_it(monkeypatch) -> None:
    learn, interrupted = Bayesian.learn, []

    def failing(self, *given):
        if current_thread() is main_thread():
            raise NumericalError("not finite")
        result = learn(self, *given)
        interrupted.append(result.report.interrupted)
        return result

    monkeypatch.setattr(Bayesian, "learn", failing)
    with pytest.raises(NumericalError, match="not finite"):
        Bayesian(rank=2, draws=5_000, burn_in=2).fit(known(), RunOptions(threads=2))
    assert interrupted == [True]


def test_all_fits_for_intervals_share_one_time_limit() -> None:
    limits: list[float] = []

    class Watched(Bias):
        calibrations = 4

        def learn(self, training, options):
            limits.append(options.time_limit)
            return super().learn(training, options)

    Watched().fit(planted(60, 40, 0.3), RunOptions(time_limit=8.0))
    assert limits == [8.0] + [2.0] * 4


def test_intervals_are_measured_as_predictions_are_shown_and_for_the_times_of_ratings(monkeypatch) -> None:
    """A model that says 7 on a scale up to 5 says 5; the drift of a session counts."""
    whole = replace(known(), timestamp=np.arange(len(known())))
    asked, measured = [], []
    predict_pairs = FittedModel.predict_pairs

    def seven(self, pairs):
        asked.append(pairs.time)
        return replace(predict_pairs(self, pairs), value=np.full(len(pairs), 7.0))

    monkeypatch.setattr(FittedModel, "predict_pairs", seven)
    monkeypatch.setattr(Calibration, "measured", lambda error, *_: measured.append(error))
    calibrated(Bias().fit_without_intervals, 1, whole, RunOptions(seed=3))
    (split,) = hidden_parts(whole, 0.1, 1, 3)
    np.testing.assert_array_equal(asked, [split.hidden.timestamp])
    np.testing.assert_allclose(measured, [split.hidden.value - 5.0])


def test_who_rated_less_has_more_posterior_variance(model) -> None:
    ratings = known()
    kept, _ = few(ratings.take(ratings.user % 2 == 0), 6)
    both = np.concatenate([np.flatnonzero(ratings.user % 2), np.flatnonzero(ratings.user % 2 == 0)])
    mixed = ratings.take(np.sort(np.concatenate([both[: np.sum(ratings.user % 2)], _rows_of(ratings, kept)])))
    factors = model.config.fit(mixed, QUICK).scorer
    assert factors.user_variance.min() >= 0
    assert factors.user_variance[::2].mean() > 2 * factors.user_variance[1::2].mean()
    people, _ = few(known(seed=1), 3)
    assert model.fold_in(people).scorer.user_variance.mean() > 2 * model.scorer.user_variance.mean()


def _rows_of(ratings, kept) -> np.ndarray:
    """Where the ratings ``kept`` are among ``ratings``."""
    cells = ratings.user.astype(np.int64) * len(ratings.items) + ratings.item
    return np.flatnonzero(np.isin(cells, kept.user.astype(np.int64) * len(ratings.items) + kept.item))


def test_posterior_variance_widens_intervals(model) -> None:
    pairs = np.arange(50), np.arange(50)
    sure = replace(model, scorer=replace(model.scorer, user_variance=None, item_variance=None))
    assert (predict_at(model, *pairs).deviation > predict_at(sure, *pairs).deviation).all()


def test_a_new_person_s_interval_does_not_depend_on_who_else_is_new(model) -> None:
    people, _ = few(known(seed=2), 5)
    together, alone = model.fold_in(people).scorer, model.fold_in(people.take(people.user == 7)).scorer
    assert together.user_variance[7] == pytest.approx(alone.user_variance[7], rel=1e-4)
    assert together.user_noise[7] == pytest.approx(alone.user_noise[7], rel=1e-4)


def test_folding_in_the_people_of_the_fit_gives_about_the_variance_of_the_fit(model) -> None:
    """The films stay as they are in the one, and what is not known of typical films is halved in the other."""
    folded = model.fold_in(known()).scorer.user_variance
    assert 0.6 < folded.mean() / model.scorer.user_variance.mean() < 1.8


@pytest.mark.parametrize("most", [2, 5, 12])
def test_intervals_of_new_people_hold(most: int) -> None:
    """Half of the people are new, and give few ratings: 90 % of their other ratings lie inside, nearly."""
    ratings = known(0.4)
    new = ratings.user % 2 == 1
    config = Bayesian(rank=3, draws=60, burn_in=20, user_features=0, item_features=0)
    fitted = config.fit(ratings.take(~new), RunOptions())
    given, asked = few(ratings.take(new), most)
    found = predict_at(fitted.fold_in(given), asked.user, asked.item)
    inside = (found.lower <= asked.value) & (asked.value <= found.upper)
    assert 0.84 < inside.mean() < 0.97


def test_a_model_with_posterior_variance_is_described_in_json(model) -> None:
    json.dumps(model.report.to_dict())
