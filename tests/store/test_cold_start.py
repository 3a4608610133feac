"""Expectations of users and films without ratings are refused where they do not fit the model."""

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
from tests.support.described import described

if TYPE_CHECKING:
    from matinee.store.contents import Contents

SHORT = Bayesian(rank=2, draws=4, burn_in=2)


@pytest.fixture(scope="module")
def whole() -> Contents:
    return contents_of(SHORT.fit(described(30, 20), RunOptions(intervals=False)))


@pytest.fixture
def contents(whole: Contents) -> Contents:
    return copy.deepcopy(whole)


def test_as_it_was_saved_it_fits(contents: Contents) -> None:
    assert put_together(contents).scorer.cold_start is not None


@pytest.mark.parametrize("name", ["user_bias", "user_factors", "item_bias", "item_factors", "user_gain", "width"])
def test_arrays_of_another_shape_or_type(name: str, contents: Contents) -> None:
    content = contents.arrays[f"scorer.cold_start.{name}"]
    for wrong in (content[1:], content.astype(np.float64), np.full_like(content, np.nan)):
        contents.arrays[f"scorer.cold_start.{name}"] = wrong
        with pytest.raises(DamagedError, match=f"scorer.cold_start.{name}"):
            put_together(contents)


def test_arrays_that_are_missing_or_too_many(contents: Contents) -> None:
    gain = contents.arrays.pop("scorer.cold_start.item_gain")
    with pytest.raises(DamagedError, match="its arrays are"):
        put_together(contents)
    contents.arrays["scorer.cold_start.item_gain"] = gain
    contents.values["scorer"]["cold_start"] = None
    with pytest.raises(DamagedError, match="its arrays are"):
        put_together(contents)
    contents.values["scorer"]["cold_start"] = 1
    with pytest.raises(DamagedError, match="its cold_start is 1, not a set of values"):
        put_together(contents)
