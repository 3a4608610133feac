"""The contract for `bayesian` with thresholds between stars: every test of it, once more."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from tests.contract import test_every_model as alone
from tests.contract import test_fold_in as folding
from tests.contract.test_every_model import FITTING, QUICK, config_of

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "bayesian"


def of(module) -> list[Callable[..., None]]:
    """Tests of every model that take nothing but the model, its fit and what it was fitted to."""
    known = {"name", "fitted", "split", "training", "people", "tmp_path"}
    tests = [test for name, test in vars(module).items() if name.startswith("test_")]
    return [test for test in tests if "name" in (asked := set(inspect.signature(test).parameters)) and asked <= known]


@pytest.fixture(scope="module", autouse=True)
def ordered_probit():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FITTING, NAME, FITTING[NAME] | {"likelihood": "ordered-probit"})
        yield


split, people, training = alone.split, folding.people, folding.training


@pytest.fixture(scope="module")
def fitted_alone(ordered_probit, split):
    return {NAME: config_of(NAME).fit(split.training, QUICK)}


@pytest.fixture(scope="module")
def fitted_folding(ordered_probit, training):
    return {NAME: config_of(NAME).fit(training, QUICK)}


def run(test: Callable[..., None], request: pytest.FixtureRequest, fitted: str) -> None:
    named = {"name": lambda: NAME, "fitted": lambda: request.getfixturevalue(fitted)}
    asked = inspect.signature(test).parameters
    test(**{part: named.get(part, lambda part=part: request.getfixturevalue(part))() for part in asked})


@pytest.mark.parametrize("test", of(alone), ids=lambda test: test.__name__)
def test_every_model(test, request) -> None:
    run(test, request, "fitted_alone")


@pytest.mark.parametrize("test", of(folding), ids=lambda test: test.__name__)
def test_fold_in(test, request) -> None:
    run(test, request, "fitted_folding")


@pytest.mark.parametrize(("users", "items"), [(1, 30), (30, 1), (1, 1)])
def test_one_user_or_one_film(users: int, items: int) -> None:
    alone.test_one_user_or_one_film(NAME, users, items)


@pytest.mark.parametrize("intervals", [False, True])
def test_single_rating(intervals: bool) -> None:
    alone.test_single_rating(NAME, intervals)


def test_equal_ratings_are_predicted_as_they_are() -> None:
    alone.test_equal_ratings_are_predicted_as_they_are(NAME, (12, 9))
