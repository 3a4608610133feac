"""Moods and noise that do not fit the model are refused, before anything is looked up in them."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.models.bayesian.model import Bayesian
from matinee.store.contents import contents_of
from matinee.store.payloads import DamagedError
from matinee.store.rebuild import put_together
from tests.support.planted import planted, with_times

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return Bayesian(rank=2, draws=4, burn_in=1).fit(with_times(planted(20, 15, 0.5)), RunOptions(intervals=False))


def test_they_come_back(model: FittedModel) -> None:
    again = put_together(contents_of(model)).scorer
    np.testing.assert_array_equal(again.moods.level, model.scorer.session_drift.level)
    np.testing.assert_array_equal(again.item_noise, model.scorer.item_noise)


@pytest.mark.parametrize(
    ("array", "spoil", "says"),
    [
        ("moods.starts", lambda starts: starts + 1, "does not lead from 0"),
        ("moods.starts", lambda starts: np.append(starts[:-2], [starts[-1] + 5, starts[-1]]), "does not lead from 0"),
        ("moods.time", lambda time: time[::-1].copy(), "does not ascend"),
        ("moods.scales", lambda scales: -scales, "a scale is not over 0"),
        ("moods.level", lambda level: level[:-1], "moods.level is float32 of shape"),
        ("moods.level", lambda level: level * np.nan, "holds NaN"),
        ("user_noise", lambda noise: noise[:-1], "user_noise is float32 of shape"),
        ("item_noise", lambda noise: -noise, "item_noise is .*, not over 0"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    contents.arrays[array] = spoil(contents.arrays[array])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [("moods", [3], "not two whole numbers"), ("moods", [-1, 3], "whole number"), ("noise", "both", "its noise is"),
     ("noise", ["films"], "its noise is"), ("moods", None, "its arrays are")],
)  # fmt: skip
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, key: str, value, says: str) -> None:
    contents = contents_of(model)
    values = copy.deepcopy(contents.values) | {key: value}
    with pytest.raises(DamagedError, match=says):
        put_together(type(contents)(values, contents.arrays, contents.users, contents.items, contents.catalogue))
