"""One way to score: rows and pairs agree, parts add up, and reports are read as they were written, for every model."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.models.registry import MODELS
from matinee.predicting.pairs import Side
from matinee.store.load import load
from matinee.store.save import save
from tests.support.contract import config_of
from tests.support.described import described
from tests.support.pairs import every_pair, raw_ids
from tests.support.planted import with_times

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.ratings import Ratings
    from matinee.predicting.fitted import FittedModel

CLOSE = 1e-5
"""Stars by which float32 rows may differ from float64 pairs."""

TOP = 10

SHORT = {"rank": 3, "sweeps": 6, "epochs": 6, "draws": 12, "burn_in": 6, "user_features": 4, "item_features": 4}

FURTHER: dict[str, list[dict[str, Any]]] = {
    "bayesian": [
        {"periods": 3},
        {"periods": 3, "likelihood": "ordered-probit"},
        {"likelihood": "ordered-probit", "noise": "equal", "times": "ignored"},
        {"chains": 2, "user_features": 0, "item_features": 0},
    ],
    "als": [{"implicit_weight": 0.0}],
    "ease": [{"liked": 3.5}],
    "item-knn": [{"liked": 3.5, "neighbours": 4}],
    "implicit-als": [{"liked": 3.5}],
}
"""Options that change scores, beside every choice that a parameter has, which are found by themselves."""


def options_of(name: str) -> list[dict[str, Any]]:
    choices = [
        {field.name: choice}
        for field in dataclasses.fields(MODELS[name])
        for choice in field.metadata.get("choices", ())
        if choice != field.default
    ]
    return [{}, *choices, *FURTHER.get(name, [])]


CASES = {
    " ".join([name, *(f"{key}={value}" for key, value in options.items())]): (name, options)
    for name in MODELS
    for options in options_of(name)
}

every_case = pytest.mark.parametrize("case", CASES)


def ratings_of(seed: int, users: int) -> Ratings:
    """Timed ratings of described films; nobody rated film 0, and user 0 rated none."""
    whole = described(users, 30, 0.4, seed=seed)
    return with_times(whole.take((whole.user > 0) & (whole.item > 0)))


@cache
def fitted(case: str) -> FittedModel:
    name, options = CASES[case]
    return config_of(name, **SHORT | options).fit(ratings_of(1, 40), RunOptions(intervals=False))


@cache
def folded(case: str) -> FittedModel:
    return fitted(case).fold_in(ratings_of(2, 12))


def times_of(model: FittedModel) -> np.ndarray:
    """A time for each user, some before, some after and some among those of training."""
    return 10**9 + np.linspace(-(10**5), 10**5, len(model.users)).astype(np.int64)


def assert_rows_are_pairs(model: FittedModel) -> None:
    assert (model.user_counts == 0).any()
    assert (model.item_counts == 0).any()
    for time in (None, times_of(model)):
        table = model.score_rows(Side.everyone(model.user_counts), time)
        value = model.predict_pairs(every_pair(model, time)).value.reshape(len(model.users), len(model.items))
        assert table.dtype == np.float32
        assert table.shape == value.shape
        np.testing.assert_allclose(table, value, rtol=0, atol=CLOSE)
        chosen = np.argsort(-table, axis=1, kind="stable")[:, :TOP]
        best = -np.sort(-value, axis=1)[:, :TOP]
        np.testing.assert_allclose(np.take_along_axis(value, chosen, axis=1), best, rtol=0, atol=CLOSE)


@every_case
def test_rows_are_pairs_and_so_are_the_first_ten_films(case: str) -> None:
    assert_rows_are_pairs(fitted(case))


@every_case
def test_rows_of_people_folded_in_are_pairs(case: str) -> None:
    assert_rows_are_pairs(folded(case))


@every_case
def test_rows_of_a_saved_model_are_what_they_were(case: str, tmp_path: Path) -> None:
    for number, model in enumerate((fitted(case), folded(case))):
        save(model, tmp_path / str(number))
        loaded = load(tmp_path / str(number))
        assert_rows_are_pairs(loaded)
        before, after = (some.score_rows(Side.everyone(some.user_counts), times_of(some)) for some in (model, loaded))
        np.testing.assert_array_equal(before, after)


@every_case
def test_rows_of_few_people_are_those_of_all(case: str) -> None:
    """In any order, one twice; a stranger gets what a pair with an unknown user gets."""
    model = fitted(case)
    everyone = Side.everyone(model.user_counts)
    some = np.array([3, 0, 17, 3])
    rows = model.score_rows(everyone.take(some))
    np.testing.assert_allclose(rows, model.score_rows(everyone)[some], rtol=0, atol=CLOSE)
    stranger = Side(np.zeros(2, np.int32), np.zeros(2, np.bool_), np.zeros(2, np.int64))
    unknown = model.predict(-1, raw_ids(model.items, range(len(model.items)))).value
    for row in model.score_rows(stranger):
        np.testing.assert_allclose(row, unknown, rtol=0, atol=CLOSE)


@every_case
def test_contributions_add_up_to_the_score(case: str) -> None:
    for model in (fitted(case), folded(case)):
        for time in (None, times_of(model)):
            pairs = every_pair(model, time)
            pairs = pairs.take(pairs.rated)
            parts = model.scorer.contributions(pairs)
            np.testing.assert_allclose(parts.total, model.scorer.score(pairs).value, rtol=0, atol=1e-9)
            np.testing.assert_allclose(parts.total, model.predict_pairs(pairs).value, rtol=0, atol=1e-9)
            assert parts.offsets.shape == (len(pairs) + 1,)
            assert (parts.offsets[0], parts.offsets[-1]) == (0, len(parts.items))
            assert parts.items.shape == parts.ratings.shape


@every_case
def test_contributions_are_of_films_that_the_user_rated(case: str) -> None:
    model, training = fitted(case), ratings_of(1, 40)
    user, item = model.users.ids[5], model.items.ids[7]
    parts = model.contributions(user, item)
    rated = training.items.ids.gather(training.item[training.user == training.users.index(user)])
    assert set(model.items.ids.gather(parts.items)) <= set(rated)
    assert parts.total[0] == pytest.approx(model.predict(user, item).value[0], abs=1e-9)


def test_no_pairs_have_no_scores() -> None:
    for model in map(fitted, MODELS):
        nothing = every_pair(model).take(slice(0, 0))
        assert len(model.predict_pairs(nothing).value) == len(model.predict([], []).value) == 0
        assert len(model.scorer.contributions(nothing).total) == 0


@every_case
def test_a_report_is_read_as_it_was_written(case: str) -> None:
    report = fitted(case).report
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    again = type(report).from_dict(plain, report.seed, report.seconds)
    assert (again.seed, again.seconds, again.iteration) == (report.seed, report.seconds, report.iteration)
    assert json.loads(json.dumps(again.to_dict(), allow_nan=False)) == plain == report.to_dict()
    assert type(report) is MODELS[CASES[case][0]].report
    for field in dataclasses.fields(report):
        one, other = (getattr(some, field.name) for some in (report, again))
        assert (one is None) == (other is None), f"{field.name} is not saved"


def test_every_model_and_choice_is_tried() -> None:
    assert {name for name, _ in CASES.values()} == set(MODELS)
    tried = {(name, key, value) for name, options in CASES.values() for key, value in options.items()}
    assert ("truncated-svd", "fill", "zero") in tried
    assert ("bayesian", "times", "ignored") in tried
