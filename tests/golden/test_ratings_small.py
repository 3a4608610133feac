"""Figures on real ratings that an exact rank-20 SVD gives, computed once, outside this code, by LAPACK."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import coo_array, eye_array, vstack
from scipy.sparse.linalg import lsmr

from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.models.baselines import Bias
from matinee.models.truncated_svd import TruncatedSVD
from tests.support.held_out import QUICK, rmse
from tests.support.sparse import to_scipy

if TYPE_CHECKING:
    from matinee.matrix.split import Split

BEST_OF_BIAS = 0.8815
EXACT = {"zero": 2.7496, "mean": 1.0021, "user": 0.9314, "item": 0.9632}
OFF = 0.0005


def seen(split: Split) -> np.ndarray:
    """Hidden cells whose user and film both occur in training."""
    training, hidden = split.training, split.hidden
    return np.isin(hidden.user, training.user) & np.isin(hidden.item, training.item)


def test_split_is_the_published_one(split) -> None:
    assert (len(split.training), len(split.hidden), int(seen(split).sum())) == (90_004, 10_000, 9_632)


def test_bias_fill_over_all_hidden_cells(split) -> None:
    everything = np.ones(len(split.hidden), dtype=bool)
    found = rmse(TruncatedSVD(rank=20), split, everything)
    assert found <= BEST_OF_BIAS
    assert found > 0.87
    assert found < rmse(Bias(), split, everything) - 0.01


@pytest.mark.parametrize("fill", EXACT)
def test_other_fills_over_the_cells_seen(split, fill) -> None:
    assert rmse(TruncatedSVD(rank=20, fill=fill), split, seen(split)) == pytest.approx(EXACT[fill], abs=OFF)


@pytest.mark.parametrize("fill", ["zero", "mean", "user", "item", "bias"])
def test_singular_values_are_lapacks(split, fill) -> None:
    matrix = RatingMatrix.from_ratings(split.training, 2)
    filled, svd = TruncatedSVD(rank=20, fill=fill, tolerance=1e-9).decompose(matrix, QUICK)
    residual = to_scipy(matrix.residual(filled.mean, filled.user, filled.item))
    squares = np.linalg.eigvalsh((residual @ residual.T).toarray())[::-1][:20]
    np.testing.assert_allclose(svd.values, np.sqrt(squares), rtol=1e-9)
    assert svd.certificate.holds


def test_biases_are_those_of_least_squares(split) -> None:
    """The same ridge regression as one sparse problem, by SciPy."""
    matrix, damping = RatingMatrix.from_ratings(split.training, 2), 3.0
    (users, items), training = matrix.shape, split.training
    at, ones = np.arange(len(training)), np.ones(len(training))
    design = coo_array((ones, (at, training.user)), shape=(len(at), users + items))
    design += coo_array((ones, (at, users + training.item)), shape=design.shape)
    left = vstack([design, np.sqrt(damping) * eye_array(users + items)]).tocsr()
    right = np.concatenate([training.value - matrix.mean, np.zeros(users + items)])
    biases = lsmr(left, right, atol=1e-13, btol=1e-13, maxiter=5_000)[0]
    found = damped_baseline(matrix, damping, 2)
    np.testing.assert_allclose(np.concatenate([found.user, found.item]), biases, atol=2e-6)
