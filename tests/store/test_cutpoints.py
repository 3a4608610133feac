"""Thresholds that do not fit the model are refused."""

from __future__ import annotations

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
    cutpoints, again = model.scorer.cutpoints, put_together(contents_of(model)).scorer.cutpoints
    np.testing.assert_array_equal(again.thresholds, cutpoints.thresholds)
    np.testing.assert_array_equal(again.stars, cutpoints.stars)
    assert again.noise == cutpoints.noise


@pytest.mark.parametrize(
    ("array", "spoil", "says"),
    [
        ("scorer.cutpoints.thresholds", lambda numbers: numbers[::-1].copy(), "do not ascend"),
        ("scorer.cutpoints.stars", lambda numbers: numbers * 0, "do not ascend"),
        ("scorer.cutpoints.stars", lambda numbers: numbers[:-1], "cutpoints.stars is float64 of shape"),
        ("scorer.cutpoints.thresholds", lambda numbers: numbers.astype(np.float32), "cutpoints.thresholds is float32"),
        ("scorer.cutpoints.thresholds", lambda numbers: numbers * np.nan, "holds NaN"),
    ],
)
def test_what_does_not_fit_is_refused(model: FittedModel, array: str, spoil, says: str) -> None:
    contents = contents_of(model)
    contents.arrays[array] = spoil(contents.arrays[array])
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


@pytest.mark.parametrize(
    ("cutpoints", "says"),
    [
        ("thresholds", "not a set of values"),
        (None, "its arrays are"),
        ({"noise": 0.0}, "noise is not over 0"),
        ({"noise": "small"}, "its noise is 'small', not a finite number"),
        ({}, "not a finite number"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(model: FittedModel, cutpoints, says: str) -> None:
    contents = contents_of(model)
    contents.values["scorer"]["cutpoints"] = cutpoints
    with pytest.raises(DamagedError, match=says):
        put_together(contents)


def test_thresholds_without_an_expectation_of_new_ones_are_refused(model: FittedModel) -> None:
    """Their scores are latent: the fallback, in stars, cannot stand in for them."""
    contents = contents_of(model)
    contents.values["scorer"]["cold_start"] = None
    for name in [name for name in contents.arrays if name.startswith("scorer.cold_start.")]:
        del contents.arrays[name]
    with pytest.raises(DamagedError, match="scorer: there are cutpoints and no cold_start"):
        put_together(contents)
