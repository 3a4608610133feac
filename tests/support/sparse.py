"""Sparse matrices with known singular values, and what the solver's answers are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from matinee.matrix.sparse import RatingMatrix

if TYPE_CHECKING:
    from matinee.models.svd.solve import Decomposition

EPS = 2.0**-52


def from_dense(dense: np.ndarray) -> RatingMatrix:
    """Every number that is not 0 becomes an entry; rounded to float32, as entries are."""
    user, item = np.nonzero(dense)
    value = dense[user, item].astype(np.float32)
    return RatingMatrix.from_triplets(user.astype(np.int32), item.astype(np.int32), value, dense.shape, 2)


def to_scipy(matrix: RatingMatrix) -> sparse.csr_array:
    offsets, items, values = matrix.by_user
    return sparse.csr_array((values.astype(np.float64), items, offsets), shape=matrix.shape)


def random_matrix(users: int, items: int, share: float, seed: int = 0) -> RatingMatrix:
    """Ratings of 0.5 to 5 at a random share of the cells."""
    rng = np.random.default_rng(seed)
    stars = rng.integers(1, 11, (users, items)) / 2.0
    return from_dense(np.where(rng.random((users, items)) < share, stars, 0.0))


def diagonal(values: np.ndarray, users: int, items: int, seed: int = 0) -> RatingMatrix:
    """A matrix whose singular values are exactly ``values`` (float32), each row and column in a random place."""
    rng = np.random.default_rng(seed)
    user, item = rng.permutation(users)[: len(values)], rng.permutation(items)[: len(values)]
    kept = np.asarray(values, np.float32)
    return RatingMatrix.from_triplets(user.astype(np.int32), item.astype(np.int32), kept, (users, items), 2)


def residuals(matrix: RatingMatrix, svd: Decomposition) -> tuple[np.ndarray, np.ndarray]:
    """``‖A v - σ u‖`` and ``‖Aᵀ u - σ v‖`` of each triplet by SciPy, relative to σ₁."""
    a, first = to_scipy(matrix), max(float(svd.values[0]), 1e-300)
    left = np.linalg.norm(a @ svd.right - svd.left * svd.values, axis=0) / first
    return left, np.linalg.norm(a.T @ svd.left - svd.right * svd.values, axis=0) / first


def holds(matrix: RatingMatrix, svd: Decomposition, rank: int, precision: float) -> None:
    """Shapes, order, orthonormal vectors, and residuals within ``precision`` of σ₁; and the certificate says so."""
    users, items = matrix.shape
    assert svd.left.shape == (users, rank)
    assert svd.values.shape == (rank,)
    assert svd.right.shape == (items, rank)
    assert np.all(np.diff(svd.values) <= 0)
    assert np.all(svd.values >= 0)
    for vectors in (svd.left, svd.right):
        assert np.max(np.abs(vectors.T @ vectors - np.eye(rank))) < 1e-12
    for found in residuals(matrix, svd):
        assert np.max(found) <= precision
    assert svd.certificate.worst_residual <= precision
