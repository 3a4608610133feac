"""Thresholds that do not fit the model are refused."""

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
from tests.support.planted import planted

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel


@pytest.fixture(scope="module")
def model() -> FittedModel:
    config = Bayesian(rank=2, draws=4, burn_in=1, likelihood="ordered-probit")
    return config.fit(planted(20, 15, 0.5), RunOptions(intervals=False))


def test_they_come_back(model: FittedModel) -> None:
    link, again = model.scorer.cutpoints, put_together(contents_of(model)).scorer.cutpoints
    np.testing.assert_array_equal(again.thresholds, link.thresholds)
    np.testing.assert_array_equal(again.stars, link.stars)
    assert again.noise == link.noise


@pytest.mark.parametrize(
    ("array", "spoil", "says"),
    [
        ("link.thresholds", lambda numbers: numbers[::-1].copy(), "do not ascend"),
        ("link.stars", lambda numbers: numbers * 0, "do not ascend"),
        ("link.stars", lambda numbers: numbers[:-1], "link.stars is float64 of shape"),
        ("link.thresholds", lambda numbers: numbers.astype(np.float32), "link.thresholds is float32"),
        ("link.thresholds", lambda numbers: numbers * np.nan, "holds NaN"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    contents.arrays[array] = spoil(contents.arrays[array])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("link", "says"),
    [("thresholds", "not a set of values"), ({"levels": -1, "noise": 1.0}, "whole number"), (None, "its arrays are"),
     ({"levels": 10, "noise": 0.0}, "noise is not over 0"), ({"levels": 10}, "not a finite number")],
)  # fmt: skip
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, link, says: str) -> None:
    contents = contents_of(model)
    values = copy.deepcopy(contents.values) | {"link": link}
    with pytest.raises(DamagedError, match=says):
        put_together(type(contents)(values, contents.arrays, contents.users, contents.items, contents.catalogue))
