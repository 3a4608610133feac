"""Periods that do not fit the model are refused, before anything is looked up in them."""

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
    config = Bayesian(rank=2, draws=4, burn_in=1, periods=3)
    return config.fit(with_times(planted(20, 15, 0.5)), RunOptions(intervals=False))


def test_they_come_back(model: FittedModel) -> None:
    again = put_together(contents_of(model)).scorer.periods
    for name in ("edges", "factors", "bias", "home"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model.scorer.periods, name))


@pytest.mark.parametrize(
    ("array", "spoil", "says"),
    [
        ("edges", lambda edges: edges[::-1].copy(), "edges do not ascend"),
        ("edges", lambda edges: edges[:-1], "periods.factors is float32 of shape"),
        ("home", lambda home: home - 1, "home is not from 0 to 2"),
        ("home", lambda home: home + 1, "home is not from 0 to 2"),
        ("home", lambda home: home.astype(np.int64), "periods.home is int64 of shape"),
        ("factors", lambda factors: factors * np.nan, "holds NaN"),
        ("bias", lambda bias: bias[:-1], "periods.bias is float32 of shape"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    name = f"scorer.periods.{array}"
    contents.arrays[name] = spoil(contents.arrays[name])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("value", "says"),
    [(0, "its periods is 0, not a set of values"), ([3], "not a set of values"), (None, "its arrays are")],
)
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, value, says: str) -> None:
    contents = contents_of(model)
    contents.values["scorer"]["periods"] = value
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


def test_no_periods_at_all_are_refused(model: FittedModel) -> None:
    """Nobody could be at home in one."""
    contents = contents_of(model)
    for name, axes in (("factors", (0, 2)), ("bias", (0,))):
        contents.arrays[f"scorer.periods.{name}"] = np.zeros(axes, np.float32)
    contents.arrays["scorer.periods.edges"] = np.zeros(0, np.int64)
    with pytest.raises(DamagedError, match=r"scorer\.periods\.factors is float32 of shape \(0, 2\)"):
        put_together(contents)
