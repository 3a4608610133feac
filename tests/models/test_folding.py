"""Folding in, where the answer is known: the rows that were fitted come back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from matinee.errors import NumericalError
from matinee.fitting.options import RunOptions
from matinee.models.baselines import Bias, Mean
from matinee.models.common.fill import FILLS
from matinee.models.truncated_svd import TruncatedSVD
from matinee.predicting.factors import LinearFactors
from tests.support.planted import planted, ratings_from
from tests.support.predicting import predict_at

QUICK = RunOptions(intervals=False)
EPS = 2.0**-23


@pytest.fixture(scope="module")
def ratings():
    return planted(150, 90, 0.3, seed=12)


@pytest.mark.parametrize("fill", FILLS)
def test_folding_a_training_row_into_a_truncated_svd_gives_back_its_row_of_u(fill, ratings) -> None:
    """``(r - fill) V Σ^(-1/2) = U √Σ``, to the rounding of V √Σ: one row sums fewer than 90 products."""
    model = TruncatedSVD(rank=4, fill=fill, tolerance=1e-12).fit(ratings, QUICK)
    folded = model.fold_in(ratings)
    largest = float(np.abs(model.scorer.user_factors).max())
    np.testing.assert_allclose(folded.scorer.user_factors, model.scorer.user_factors, rtol=0, atol=90 * EPS * largest)
    np.testing.assert_allclose(folded.scorer.user_bias, model.scorer.user_bias, rtol=0, atol=10 * EPS)


def test_a_row_folded_by_hand(ratings) -> None:
    """Not through the library's own product: NumPy in float64."""
    model = TruncatedSVD(rank=3, fill="zero").fit(ratings, QUICK)
    given = {4: 5.0, 17: 1.0, 60: 3.5}
    folded = model.fold_in(ratings_from([0, 0, 0], list(given), list(given.values())))
    row = np.zeros(90)
    row[list(given)] = list(given.values())
    side = model.scorer.item_factors.astype(np.float64)
    sigma = model.scorer.singular_values
    np.testing.assert_allclose(folded.scorer.user_factors[0], row @ side / sigma, rtol=1e-5, atol=1e-6)


def test_factors_that_hold_nothing_are_folded_to_nothing() -> None:
    """Equal ratings leave nothing to decompose: Σ is 0."""
    model = TruncatedSVD(rank=2).fit(ratings_from([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], [3.0] * 5), QUICK)
    folded = model.fold_in(ratings_from([0], [1], [5.0]))
    assert np.isfinite(folded.scorer.user_factors).all()
    found = predict_at(folded, np.zeros(3, int), np.arange(3))
    np.testing.assert_allclose(found.value, 3 + 2 / 4, atol=1e-5)


@pytest.mark.parametrize("damping", [0.0, 3.0, 25.0])
def test_a_training_user_s_bias_comes_back(damping, ratings) -> None:
    """The damped biases of both sides are solved together to 1e-7 stars."""
    model = Bias(damping=damping).fit(ratings, QUICK)
    folded = model.fold_in(ratings)
    np.testing.assert_allclose(folded.scorer.user_bias, model.scorer.user_bias, rtol=0, atol=2e-6)


def test_a_bias_by_hand(ratings) -> None:
    model = Bias(damping=3.0).fit(ratings, QUICK)
    folded = model.fold_in(ratings_from([1, 1], [5, 9], [5.0, 4.0], users=3))
    expected = (9.0 - 2 * model.scorer.mean - model.scorer.item_bias[[5, 9]].sum()) / 5
    assert folded.scorer.user_bias.tolist() == pytest.approx([0, expected, 0], abs=1e-6)


def test_the_mean_stays_the_mean(ratings) -> None:
    model = Mean().fit(ratings, QUICK)
    found = model.fold_in(ratings_from([0], [5], [5.0])).predict(10, 17)
    assert found.value[0] == pytest.approx(model.scorer.mean, abs=1e-12)


@pytest.mark.parametrize("config", [Mean(), Bias(), TruncatedSVD(rank=3)], ids=lambda config: config.name)
def test_the_biases_that_answer_for_unknown_films_are_those_of_the_new_people(config, ratings) -> None:
    model = config.fit(ratings, QUICK)
    folded = model.fold_in(ratings)
    np.testing.assert_allclose(folded.baseline.user, model.baseline.user, rtol=0, atol=2e-6)


@dataclass(frozen=True)
class _Exploding(Mean):
    """What it learns of user 17 and folds in for user 11 is infinite."""

    name: ClassVar[str] = "exploding"

    def learn(self, training, options):
        learnt = super().learn(training, options)
        bias = np.where(np.arange(len(learnt.scorer.user_bias)) == 7, np.float32(np.inf), 0).astype(np.float32)
        return learnt._replace(scorer=replace(learnt.scorer, user_bias=bias))

    def fold_rows(self, factors, rows, threads):
        bias, empty = super().fold_rows(factors, rows, threads)
        bias[1] = np.nan
        return bias, empty


def test_a_fit_that_is_not_finite_is_refused_and_the_user_named(ratings) -> None:
    says = r"^exploding: what was learnt of user 17 is not finite; allowed are finite numbers; try a larger regulariz"
    with pytest.raises(NumericalError, match=says):
        _Exploding().fit(ratings, QUICK)
    broken = replace(Mean().fit(ratings, QUICK), config=_Exploding())
    with pytest.raises(NumericalError, match=r"^exploding: what was learnt of user 11 is not finite"):
        broken.fold_in(ratings)


def test_factors_that_are_not_finite_are_named_too(ratings) -> None:
    model = TruncatedSVD(rank=3).fit(ratings, QUICK)
    model.scorer.check_finite("svd", model.users, model.items)
    rows = model.scorer.item_factors.copy()
    rows[5, 2] = -np.inf
    with pytest.raises(NumericalError, match=r"^svd: what was learnt of item 15 is not finite"):
        replace(model.scorer, item_factors=rows).check_finite("svd", model.users, model.items)


def test_opposite_infinities_and_large_numbers(ratings) -> None:
    """They do not hide each other in the sum, and what is finite is not taken for infinite."""
    users, items = len(ratings.users), len(ratings.items)
    rows = np.full((users, 3), np.finfo(np.float32).max)
    biases = np.zeros(users, np.float32), np.zeros(items, np.float32)
    scorer = LinearFactors(3.0, *biases, rows, np.zeros((items, 3), np.float32))
    scorer.check_finite("svd", ratings.users, ratings.items)
    broken = rows.copy()
    broken[3, 0], broken[4, 0] = np.inf, -np.inf
    with pytest.raises(NumericalError, match="of user 13 is"):
        replace(scorer, user_factors=broken).check_finite("svd", ratings.users, ratings.items)
