"""What is particular to sgd: it descends, folds in exactly, knows no unit, and each parameter counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.data.scale import Scale
from matinee.errors import NumericalError
from matinee.fitting.options import RunOptions
from matinee.models.sgd import SGD
from tests.support.planted import planted
from tests.support.predicting import predict_at

QUICK = RunOptions(seed=3, threads=2, intervals=False)
SMALL = {"rank": 4, "epochs": 6, "patience": 0}


@pytest.fixture(scope="module")
def ratings():
    return planted(120, 80, 0.3, seed=6)


def objective(config: SGD, ratings, model) -> float:
    """The objective spelled out in float64."""
    own, variance = model.scorer, np.var(ratings.value, dtype=np.float64)
    total = np.sum((ratings.value - own.at(ratings.user, ratings.item)) ** 2)
    for index, bias, factors, unit in (
        (ratings.user, own.user_bias, own.user_factors, 1.0),
        (ratings.item, own.item_bias, own.item_factors, variance),
    ):
        squares = unit * np.sum(factors.astype(np.float64) ** 2, axis=1) + 0.1 * bias.astype(np.float64) ** 2
        total += config.regularization * np.sum(squares[index])
    return float(total)


def trace(model) -> np.ndarray:
    return np.array([step.objective for step in model.report.iteration.trace])


def test_the_objective_falls_and_is_what_it_is_said_to_be(ratings) -> None:
    """Steps of next to no length leave the errors as they were: then the trace has the objective itself."""
    found = trace(SGD(**{**SMALL, "epochs": 15}).fit(ratings, QUICK))
    assert np.all(np.diff(found) < 0)
    still = SGD(rank=4, epochs=1, patience=0, learning_rate=1e-6)
    model = still.fit(ratings, QUICK)
    assert trace(model)[0] == pytest.approx(objective(still, ratings, model), rel=1e-4)


def test_it_comes_near_to_where_no_gradient_is_left(ratings) -> None:
    """By hand: the gradient of the objective in each row of P and Q, against that of where it began."""
    config = SGD(rank=3, epochs=400, patience=0, regularization=0.1)
    ends = [replace(config, epochs=epochs).fit(ratings, QUICK) for epochs in (1, 400)]
    lengths = [np.linalg.norm(gradient(config, ratings, model)) for model in ends]
    assert lengths[1] < 0.1 * lengths[0]


def gradient(config: SGD, ratings, model) -> np.ndarray:
    own, variance = model.scorer, np.var(ratings.value, dtype=np.float64)
    error = ratings.value - own.at(ratings.user, ratings.item)
    p, q = own.user_factors.astype(np.float64), own.item_factors.astype(np.float64)
    of_p, of_q = np.zeros_like(p), np.zeros_like(q)
    strength = config.regularization
    np.add.at(of_p, ratings.user, strength * p[ratings.user] - error[:, None] * q[ratings.item])
    np.add.at(of_q, ratings.item, strength * variance * q[ratings.item] - error[:, None] * p[ratings.user])
    return np.concatenate([of_p, of_q / np.sqrt(variance)])


def test_folding_in_is_refitting_a_row_with_the_other_side_frozen(ratings) -> None:
    """The least squares problem of each row, stacked with its penalty, in float64."""
    config = SGD(**SMALL, regularization=0.07)
    model = config.fit(ratings, QUICK)
    folded, own = model.fold_in(ratings), model.scorer
    q = np.hstack([own.item_factors, np.ones((len(model.items), 1))]).astype(np.float64)
    for user in range(0, len(model.users), 7):
        mine = ratings.user == user
        weight = np.sqrt(mine.sum() * config.regularization * np.array([1.0] * config.rank + [0.1]))
        left = ratings.value[mine] - own.mean - own.item_bias[ratings.item[mine]].astype(np.float64)
        stacked = np.vstack([q[ratings.item[mine]], np.diag(weight)])
        expected = np.linalg.lstsq(stacked, np.concatenate([left, np.zeros(len(weight))]), rcond=None)[0]
        found = np.append(folded.scorer.user_factors[user], folded.scorer.user_bias[user])
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_people_fitted_long_enough_are_folded_in_to_where_they_are(ratings) -> None:
    model = SGD(rank=3, epochs=400, patience=0, regularization=0.1).fit(ratings, QUICK)
    folded = model.fold_in(ratings)
    pairs = ratings.user, ratings.item
    np.testing.assert_allclose(predict_at(model, *pairs).value, predict_at(folded, *pairs).value, atol=0.1)


@pytest.mark.parametrize("unit", [0.25, 16.0])
def test_the_unit_of_ratings_does_not_matter(ratings, unit) -> None:
    """Powers of two change no digit: predictions are the same in the other unit."""
    scale = Scale(0.5 * unit, 5.0 * unit, 0.5 * unit)
    other = replace(ratings, value=ratings.value * np.float32(unit), scale=scale)
    one, two = (SGD(**SMALL).fit(given, QUICK).scorer for given in (ratings, other))
    np.testing.assert_allclose(two.user_factors, unit * one.user_factors, rtol=1e-6)
    np.testing.assert_array_equal(two.item_factors, one.item_factors)
    np.testing.assert_allclose(two.item_bias, unit * one.item_bias, rtol=1e-6)


@pytest.mark.parametrize(
    "change", [{"rank": 5}, {"regularization": 0.08}, {"learning_rate": 0.05}, {"epochs": 7}, {"patience": 1}]
)
def test_each_parameter_changes_the_result(ratings, change) -> None:
    long = {"rank": 16, "epochs": 60, "regularization": 0.001}
    base = SGD(**{**SMALL, **(long if "patience" in change else {})})
    one, other = (config.fit(ratings, QUICK).scorer for config in (base, replace(base, **change)))
    assert one.user_factors.shape != other.user_factors.shape or not np.allclose(
        one.user_factors, other.user_factors, atol=1e-4
    )


def test_the_seed_changes_the_result_and_nothing_else_does(ratings) -> None:
    one, again, other = (SGD(**SMALL).fit(ratings, replace(QUICK, seed=seed)).scorer for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.user_factors, again.user_factors)
    assert not np.allclose(one.user_factors, other.user_factors, atol=1e-3)


def test_steps_that_are_too_long_are_named(ratings) -> None:
    with pytest.raises(NumericalError, match=r"epoch [0-9]+: the objective is (inf|nan).*a smaller learning_rate"):
        SGD(rank=64, epochs=200, patience=0, learning_rate=1.0, regularization=0.0).fit(
            replace(ratings, value=np.where(ratings.value > 3, 5, 0.5).astype(np.float32)), QUICK
        )


def test_whoever_rated_nothing_has_no_factors(ratings) -> None:
    model = SGD(**SMALL).fit(ratings.take((ratings.user > 0) & (ratings.item > 0)), QUICK)
    assert not model.scorer.user_factors[0].any()
    assert not model.scorer.item_factors[0].any()
