"""Periods that do not fit the model are refused, before anything is looked up in them."""

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
        ("edges", lambda edges: edges[:-1], "periods.edges is int64 of shape"),
        ("home", lambda home: home - 1, "home is not from 0 to 2"),
        ("home", lambda home: home + 1, "home is not from 0 to 2"),
        ("home", lambda home: home.astype(np.int64), "periods.home is int64 of shape"),
        ("factors", lambda factors: factors * np.nan, "holds NaN"),
        ("bias", lambda bias: bias[:-1], "periods.bias is float32 of shape"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    contents.arrays[f"periods.{array}"] = spoil(contents.arrays[f"periods.{array}"])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("value", "says"), [(0, "its periods are 0"), (-1, "whole number"), ([3], "whole number"), (None, "its arrays are")]
)
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, value, says: str) -> None:
    contents = contents_of(model)
    values = copy.deepcopy(contents.values) | {"periods": value}
    with pytest.raises(DamagedError, match=says):
        put_together(type(contents)(values, contents.arrays, contents.users, contents.items, contents.catalogue))
