from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.compress import compress, duplicate_count, transpose
from matinee.kernels.reference import compress as twin
from tests.support.arrays import THREADS, Triplets, draw_triplets, triplets


def same(ours, theirs) -> None:
    for mine, expected in zip(ours, theirs, strict=True):
        assert mine.dtype == expected.dtype
        np.testing.assert_array_equal(mine, expected)


@given(triplets(repeated=True))
@settings(max_examples=150)
def test_compress_is_a_stable_sort_by_row_and_column(a: Triplets) -> None:
    expected = twin.compress(a.row, a.column, a.value, a.rows)
    for threads in THREADS:
        same(compress(a.row, a.column, a.value, a.rows, threads), expected)


@given(triplets(repeated=True))
@settings(max_examples=150)
def test_transpose_is_its_twin_on_any_number_of_threads(a: Triplets) -> None:
    for threads in THREADS:
        same(transpose(a.compressed, a.columns, threads), twin.transpose(a.compressed, a.columns))


@given(triplets(repeated=True))
@settings(max_examples=100)
def test_two_transposes_give_the_matrix_back(a: Triplets) -> None:
    back = transpose(transpose(a.compressed, a.columns, 2), a.rows, 2)
    same(back, a.compressed)


@given(triplets(most=12, repeated=True))
@settings(max_examples=150)
def test_duplicate_count_is_its_twin(a: Triplets) -> None:
    assert duplicate_count(a.row, a.column, a.rows, a.columns) == twin.duplicate_count(
        a.row, a.column, a.rows, a.columns
    )


def test_many_entries_a_column_are_cut_among_threads() -> None:
    """The transpose splits its work by entries only from four entries a column on: several parts here."""
    a = draw_triplets(3_000, 7, 9_000, seed=3)
    for threads in (1, 2, 5, 16):
        same(transpose(a.compressed, a.columns, threads), twin.transpose(a.compressed, a.columns))


def test_compress_of_sorted_rows_keeps_the_same_result() -> None:
    a = draw_triplets(50, 40, 700, seed=4)
    order = np.argsort(a.row, kind="stable")
    same(compress(a.row[order], a.column[order], a.value[order], a.rows, 2), a.compressed)


@pytest.mark.parametrize("rows", [0, 5])
def test_no_entries(rows: int) -> None:
    nothing = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    matrix = compress(*nothing, rows, 2)
    assert matrix.offsets.tolist() == [0] * (rows + 1)
    assert len(matrix.indices) == len(matrix.values) == 0
    assert transpose(matrix, 3, 2).offsets.tolist() == [0, 0, 0, 0]
    assert duplicate_count(nothing[0], nothing[1], rows, 3) == 0


@given(triplets(), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=100)
def test_parts_of_compressed_rows(a: Triplets, start: int, more: int) -> None:
    stop = min(start, a.rows) + more
    part = a.compressed.part(min(start, a.rows), stop)
    dense = np.zeros((part.row_count, a.columns))
    dense[part.row_of_entries(), part.indices] = part.values
    np.testing.assert_array_equal(dense, a.dense[min(start, a.rows) : stop])
    np.testing.assert_array_equal(part.lengths, np.count_nonzero(dense, axis=1))
    for row in range(part.row_count):
        np.testing.assert_array_equal(part.columns_of(row), np.flatnonzero(dense[row]))
    np.testing.assert_array_equal(part.with_ones().values, 1)


@given(triplets(), st.integers(0, 2**32 - 1))
@settings(max_examples=100)
def test_rows_taken_in_any_order(a: Triplets, seed: int) -> None:
    picked = np.random.default_rng(seed).integers(0, a.rows, 30)
    taken = a.compressed.take(picked)
    assert taken.offsets.dtype == np.int64
    dense = np.zeros((taken.row_count, a.columns))
    dense[taken.row_of_entries(), taken.indices] = taken.values
    np.testing.assert_array_equal(dense, a.dense[picked])
