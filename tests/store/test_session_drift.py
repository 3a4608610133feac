"""Session drift and noise that do not fit the model are refused, before anything is looked up in them."""

from __future__ import annotations

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
    np.testing.assert_array_equal(again.session_drift.level, model.scorer.session_drift.level)
    np.testing.assert_array_equal(again.item_noise, model.scorer.item_noise)


@pytest.mark.parametrize(
    ("array", "spoil", "says"),
    [
        ("scorer.session_drift.starts", lambda starts: starts + 1, "does not lead from 0"),
        (
            "scorer.session_drift.starts",
            lambda starts: np.append(starts[:-2], [starts[-1] + 5, starts[-1]]),
            "does not lead from 0",
        ),
        ("scorer.session_drift.time", lambda time: time[::-1].copy(), "does not ascend"),
        ("scorer.session_drift.scales", lambda scales: -scales, "a scale is not over 0"),
        ("scorer.session_drift.level", lambda level: level[:-1], "session_drift.level is float32 of shape"),
        ("scorer.session_drift.level", lambda level: level * np.nan, "holds NaN"),
        ("scorer.user_noise", lambda noise: noise[:-1], "user_noise is float32 of shape"),
        ("scorer.item_noise", lambda noise: -noise, "item_noise is .*, not over 0"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    contents.arrays[array] = spoil(contents.arrays[array])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([3], r"its session_drift is \[3\], not a set of values"),
        (True, "not a set of values"),
        (None, "its arrays are"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, value, says: str) -> None:
    contents = contents_of(model)
    contents.values["scorer"]["session_drift"] = value
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


def test_arrays_of_a_part_that_are_missing_are_named(model: FittedModel) -> None:
    contents = contents_of(model)
    del contents.arrays["scorer.session_drift.scales"]
    with pytest.raises(DamagedError, match=r"there is no array scorer\.session_drift\.scales"):
        put_together(contents)
