from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy import sparse

from matinee.matrix.sparse import RatingMatrix
from tests.support.arrays import Triplets, draw_triplets, triplets


def built(a: Triplets, threads: int | None = 2) -> RatingMatrix:
    return RatingMatrix.from_triplets(a.row, a.column, a.value, (a.rows, a.columns), threads)


def same(ours, theirs: sparse.csr_array | sparse.csc_array) -> None:
    theirs.sort_indices()
    for mine, expected in zip(ours, (theirs.indptr, theirs.indices, theirs.data), strict=True):
        np.testing.assert_array_equal(mine, expected)


@given(triplets())
@settings(max_examples=100)
def test_both_compressions_are_scipys(a: Triplets) -> None:
    matrix = built(a)
    expected = sparse.coo_array((a.value, (a.row, a.column)), shape=(a.rows, a.columns))
    same(matrix.by_user, expected.tocsr())
    same(matrix.by_item, expected.tocsc())
    assert matrix.shape == (a.rows, a.columns)
    assert len(matrix) == len(a.value)


@given(triplets())
@settings(max_examples=60)
def test_counts_and_mean(a: Triplets) -> None:
    matrix = built(a)
    np.testing.assert_array_equal(matrix.user_counts, np.bincount(a.row, minlength=a.rows))
    np.testing.assert_array_equal(matrix.item_counts, np.bincount(a.column, minlength=a.columns))
    if len(a.value):
        assert matrix.mean == pytest.approx(np.mean(a.value, dtype=np.float64), rel=1e-12, abs=1e-15)


def test_types_and_threads() -> None:
    a = draw_triplets(300, 200, 9_000, seed=1)
    first, *others = (built(a, threads) for threads in (1, 2, 5, None))
    assert [part.dtype for part in first.by_user] == [np.int64, np.int32, np.float32]
    for other in others:
        for mine, theirs in zip((*first.by_user, *first.by_item), (*other.by_user, *other.by_item), strict=True):
            np.testing.assert_array_equal(mine, theirs)


@given(triplets())
@settings(max_examples=60)
def test_residual_is_what_the_biases_leave(a: Triplets) -> None:
    rng = np.random.default_rng(0)
    user, item = rng.standard_normal(a.rows).astype("f4"), rng.standard_normal(a.columns).astype("f4")
    matrix = built(a)
    residual = matrix.residual(3.5, user, item)
    dense = np.where(sparse.csr_array(matrix.by_user[::-1], shape=matrix.shape).toarray() != 0, 1.0, 0.0)
    expected = (a.dense - 3.5 - user[:, None] - item) * dense
    found = sparse.csr_array(residual.by_user[::-1], shape=matrix.shape).toarray()
    np.testing.assert_allclose(found, expected, atol=16 * 2.0**-23)


@given(triplets())
@settings(max_examples=60)
def test_residual_is_one_matrix_seen_from_either_side(a: Triplets) -> None:
    """Bit for bit: a solver that is told of A and Aᵀ cannot be more precise than they agree."""
    rng = np.random.default_rng(1)
    residual = built(a).residual(3.3, rng.standard_normal(a.rows), rng.standard_normal(a.columns))
    by_user = sparse.csr_array(residual.by_user[::-1], shape=residual.shape)
    by_item = sparse.csc_array(residual.by_item[::-1], shape=residual.shape)
    np.testing.assert_array_equal(by_user.toarray(), by_item.toarray())


@pytest.mark.parametrize(("row", "column"), [(2, 0), (-1, 0), (0, 3), (0, -1)])
def test_entries_outside_are_refused(row: int, column: int) -> None:
    at = np.array([row], np.int32), np.array([column], np.int32)
    with pytest.raises(ValueError, match="must be 0 or more and under the number of"):
        RatingMatrix.from_triplets(*at, np.ones(1, np.float32), (2, 3), 1)
