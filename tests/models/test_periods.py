"""Periods: films that are liked more, or by others, in some part of the time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.data.scale import Scale
from matinee.evaluation.protocols import evaluate_test
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hide
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.periods import Periods, home_periods, period_edges
from matinee.store.load import load
from matinee.store.save import save
from tests.support.planted import ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)
SHORT = Bayesian(rank=4, draws=60, burn_in=40, user_features=0, item_features=0)
ERAS = 4
YEAR = 30_000_000


def with_eras(users: int = 300, items: int = 60, share: float = 0.4, noise: float = 0.2, seed: int = 0):
    """Each of four years likes all films more or less, and other films than the years before: users come and go."""
    rng = np.random.default_rng(seed)
    p, q = 0.5 * rng.standard_normal((users, 2)), 0.7 * rng.standard_normal((items, 2))
    c, b = rng.standard_normal((ERAS, 2)), np.array([-0.4, 0.1, 0.4, -0.1])
    user, item = np.nonzero(rng.random((users, items)) < share)
    era = np.where(rng.random(len(user)) < 0.5, user % ERAS, rng.integers(0, ERAS, len(user)))
    value = 3.0 + b[era] + np.einsum("nk,nk->n", p[user] + c[era], q[item]) + noise * rng.standard_normal(len(user))
    # seconds apart that no mood lasts
    time = 10**9 + era * YEAR + rng.permutation(len(user)) * (YEAR // (2 * len(user)))
    truth = b[era] + np.einsum("nk,nk->n", c[era], q[item])
    ratings = replace(ratings_from(user, item, value), scale=Scale(-10.0, 16.0, None))
    return replace(ratings, timestamp=time.astype(np.int64)), truth


def rmse(model, hidden, **how) -> float:
    return float(np.sqrt(np.mean((predict_at(model, hidden.user, hidden.item, **how).value - hidden.value) ** 2)))


def without_sessions(model):
    """What levels of sessions add taken off."""
    return replace(model, scorer=replace(model.scorer, session_drift=None))


def test_planted_periods_are_found_and_predict_better() -> None:
    ratings, truth = with_eras()
    split = hide(ratings, 0.1, 0)
    told, blind = (replace(SHORT, periods=n).fit(split.training, QUICK) for n in (8, 0))
    hidden = split.hidden
    with_them, without = (rmse(model, hidden, time=hidden.timestamp) for model in (told, blind))
    assert with_them < 0.5 * without
    assert with_them < 0.3  # noise is 0.2
    assert with_them < 0.6 * rmse(told, hidden)
    periods = told.scorer.periods
    when = periods.of(ratings.timestamp)
    found = np.einsum("nk,nk->n", periods.factors[when], told.scorer.item_factors[ratings.item]) + periods.bias[when]
    one, other = (half - half.mean() for half in (found, truth))
    # up to what the years have in common, which biases of films may have instead
    of_film = [np.bincount(ratings.item, half) / np.bincount(ratings.item) for half in (one, other)]
    one, other = (half - mean[ratings.item] for half, mean in zip((one, other), of_film, strict=True))
    assert np.corrcoef(one, other)[0, 1] > 0.97


def test_without_a_time_ratings_are_of_their_users_home_and_outside_of_the_nearest_period() -> None:
    ratings, _ = with_eras(80, 30)
    model = replace(SHORT, periods=4).fit(ratings, QUICK)
    user, item, periods = ratings.user[:50], ratings.item[:50], model.scorer.periods
    starts = np.concatenate([[ratings.timestamp.min()], periods.edges])

    def at(time) -> np.ndarray:
        return predict_at(model, user, item, time=np.full(len(user), time)).value

    far = without_sessions(model)
    untimed, at_home = (predict_at(far, user, item, time).value for time in (None, starts[periods.home[user]]))
    np.testing.assert_allclose(at_home, untimed, atol=1e-5)
    np.testing.assert_array_equal(at(-(10**12)), at(starts[0] - 10**8))
    np.testing.assert_array_equal(at(4 * 10**9), at(ratings.timestamp.max() + 10**8))
    assert np.abs(at(-(10**12)) - at(4 * 10**9)).max() > 0.1


def test_periods_have_as_many_ratings_each_and_part_no_second() -> None:
    time = np.sort(np.random.default_rng(0).integers(0, 10**6, 1_000)).astype(np.int64)
    edges = period_edges(time, 7)
    assert np.abs(np.diff(np.searchsorted(time, edges)) - 1_000 / 7).max() <= 2
    assert period_edges(np.array([5, 5, 5, 9], np.int64), 4).tolist() == [9]
    assert period_edges(np.full(9, -3, np.int64), 4).tolist() == []
    assert period_edges(time, 1).tolist() == []
    assert period_edges(np.arange(3, dtype=np.int64), 100).tolist() == [1, 2]


def test_home_is_where_most_ratings_are_the_last_of_several() -> None:
    owner, period = np.array([0, 0, 0, 1, 1, 3]), np.array([1, 1, 2, 0, 3, 2])
    assert home_periods(owner, period, 4, 5).tolist() == [1, 3, 4, 2]
    edges = np.array([10, 20], np.int64)
    told = Periods(edges, np.zeros((3, 1), np.float32), np.zeros(3, np.float32), np.zeros(1, np.int32))
    assert told.of(np.array([-5, 9, 10, 19, 20, 99])).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("change", [{"periods": 0}, {"times": "ignored"}])
def test_there_are_none_where_they_are_switched_off(change) -> None:
    ratings, _ = with_eras(40, 20)
    assert replace(SHORT, draws=3, **{"periods": 4} | change).fit(ratings, QUICK).scorer.periods is None


def test_there_are_none_without_times_or_where_all_is_constant() -> None:
    ratings, _ = with_eras(40, 20)
    timed = replace(SHORT, draws=3, periods=4)
    assert timed.fit(replace(ratings, timestamp=None), QUICK).scorer.periods is None
    constant = replace(ratings, value=np.full(len(ratings), 3.0, np.float32))
    assert timed.fit(constant, QUICK).scorer.periods is None


def test_threads_change_not_one_bit() -> None:
    ratings, _ = with_eras(80, 30)
    one, other = (replace(SHORT, periods=5).fit(ratings, RunOptions(threads=n, intervals=False)).scorer for n in (1, 3))
    for part in ("user_factors", "item_factors", "user_bias", "item_bias"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    np.testing.assert_array_equal(one.periods.factors, other.periods.factors)


def test_hidden_cells_and_their_times_cannot_leak() -> None:
    ratings, _ = with_eras(80, 30)
    split, config = hide(ratings, 0.2, 1), replace(SHORT, draws=10, periods=4)
    hidden = split.hidden
    half = np.arange(len(hidden)) % 2 == 0
    later = replace(hidden, timestamp=np.where(half, hidden.timestamp, hidden.timestamp + 10 * YEAR))
    changed = replace(hidden, value=np.full(len(hidden), 0.5, np.float32))
    whole, part, moved, other = (
        evaluate_test(split.training, asked, config).rows["prediction"].to_numpy()
        for asked in (hidden, hidden.take(half), later, changed)
    )
    np.testing.assert_array_equal(part, whole[half])
    np.testing.assert_array_equal(moved[half], whole[half])
    np.testing.assert_array_equal(other, whole)
    assert (moved[~half] != whole[~half]).any()


def test_new_people_are_folded_in_as_of_when_they_rated() -> None:
    """Someone who rated in a year that disliked everything does not become someone who does."""
    ratings, _ = with_eras(noise=0.1)
    model = replace(SHORT, periods=8).fit(ratings.take(ratings.user < 250), QUICK)
    new = ratings.take(np.random.default_rng(1).permutation(np.flatnonzero(ratings.user >= 250)))
    known = np.arange(len(new)) % 3 > 0
    people, asked = model.fold_in(new.take(known), 1), new.take(~known)
    assert people.scorer.session_drift is None
    timed = rmse(people, asked, time=asked.timestamp)
    untimed = rmse(model.fold_in(replace(new.take(known), timestamp=None), 1), asked, time=asked.timestamp)
    assert timed < 0.35
    assert timed < 0.6 * untimed


def test_folding_in_the_users_of_the_fit_gives_them_back() -> None:
    ratings, _ = with_eras(noise=0.1)
    model = replace(SHORT, periods=8).fit(ratings, QUICK)
    again = model.fold_in(ratings, 1)
    np.testing.assert_array_equal(again.scorer.periods.home, model.scorer.periods.home)
    asked = ratings.user, ratings.item
    apart = predict_at(again, *asked).value - predict_at(without_sessions(model), *asked).value
    assert np.sqrt(np.mean(apart**2)) < 0.1


def test_they_are_saved_and_ask_for_times_when_folded_in(tmp_path) -> None:
    ratings, _ = with_eras(80, 30)
    model = replace(SHORT, draws=5, periods=4).fit(ratings, QUICK)
    people = model.fold_in(ratings, 1)
    for number, saved in enumerate((model, people)):
        save(saved, tmp_path / str(number))
        loaded = load(tmp_path / str(number))
        asked = ratings.user, ratings.item, ratings.timestamp
        np.testing.assert_array_equal(predict_at(loaded, *asked).value, predict_at(saved, *asked).value)
        np.testing.assert_array_equal(loaded.scorer.periods.edges, saved.scorer.periods.edges)
    assert people.scorer.timed
