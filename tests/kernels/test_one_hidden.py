from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matinee.kernels.one_hidden import one_hidden
from matinee.kernels.reference.one_hidden import one_hidden as twin
from tests.support.arrays import INSTRUCTION_SETS, THREADS, running
from tests.support.changed_matrix import (
    Decomposed,
    column_changes,
    entry_changes,
    relative_gap,
    row_changes,
    truncated_entry,
)

SURE_GAP = 1e-11
"""From this relative gap on the approximation must be found; the table of signs reaches 1e-13 of the spectrum."""


def precision(gap: float) -> float:
    """Of a value, relative to the size of the matrix: the sign's share, and rounding made larger by a narrow gap."""
    return 1e-12 + 1e-13 / gap


def draw_dense(rows: int, columns: int, seed: int, share: float = 0.4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    stars = rng.integers(1, 11, (rows, columns)) / 2.0
    return np.where(rng.random((rows, columns)) < share, stars, 0.0)


sides = st.integers(2, 33)
seeds = st.integers(0, 10_000)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(rows=sides, columns=sides, seed=seeds, data=st.data())
@settings(max_examples=60)
def test_removed_entry_is_that_of_the_decomposed_changed_matrix(name, rows, columns, seed, data) -> None:
    dense = draw_dense(rows, columns, seed)
    known = np.argwhere(dense)
    assume(len(known) > 0)
    row, column = known[data.draw(st.integers(0, len(known) - 1))]
    rank = data.draw(st.integers(1, rows - 1))
    changed = dense.copy()
    changed[row, column] = 0.0
    gap = relative_gap(changed, rank)
    assume(gap > SURE_GAP)
    a = Decomposed.of(dense)
    with running(name):
        value, defined = one_hidden(
            a.squares, rank, a.basis, a.columns, entry_changes(a, [row], [column], [-dense[row, column]]), 1
        )
    assert defined.all()
    expected = truncated_entry(changed, rank, row, column)
    assert value[0] == pytest.approx(expected, abs=precision(gap) * np.linalg.norm(dense))


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("kind", ["entry", "row", "column"])
@given(rows=sides, columns=sides, seed=seeds, data=st.data())
@settings(max_examples=40)
def test_any_change_is_its_twin_and_the_truth(name, kind, rows, columns, seed, data) -> None:
    rank = data.draw(st.integers(1, rows - 1))
    rng = np.random.default_rng(seed)
    dense, n = draw_dense(rows, columns, seed), 5
    a = Decomposed.of(dense)
    row, column = rng.integers(0, rows, n), rng.integers(0, columns, n)
    moves = rng.standard_normal((n, rows if kind == "column" else columns))
    changed = np.repeat(dense[None], n, axis=0)
    if kind == "entry":
        told = entry_changes(a, row, column, moves[:, 0])
        changed[np.arange(n), row, column] += moves[:, 0]
    elif kind == "row":
        told = row_changes(a, row, column, moves)
        changed[np.arange(n), row] += moves
    else:
        told = column_changes(a, row, column, moves)
        changed[np.arange(n), :, column] += moves
    with running(name):
        value, defined = one_hidden(a.squares, rank, a.basis, a.columns, told, 2)
    theirs = twin(a.squares, rank, a.basis, a.columns, told)
    for e in range(n):
        gap = relative_gap(changed[e], rank)
        if gap <= SURE_GAP:
            continue
        off = precision(gap) * np.linalg.norm(changed[e])
        assert defined[e]
        assert value[e] == pytest.approx(theirs[e], abs=off)
        assert value[e] == pytest.approx(truncated_entry(changed[e], rank, row[e], column[e]), abs=off)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_ties_are_said_and_not_guessed(name: str) -> None:
    a = Decomposed.of(np.diag([3.0, 2.0, 2.0, 1.0, 0.0, 0.0]))
    untouched = entry_changes(a, [0], [0], [0.0])
    with running(name):
        found = [one_hidden(a.squares, rank, a.basis, a.columns, untouched, 1) for rank in range(1, 6)]
    assert [bool(defined[0]) for _, defined in found] == [True, False, True, True, False]
    assert [value[0] for value, defined in found if defined[0]] == pytest.approx([3.0, 3.0, 3.0], abs=1e-10)
    assert all(value[0] == 0 for value, defined in found if not defined[0])


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_a_change_that_makes_a_tie_and_one_that_breaks_it(name: str) -> None:
    a = Decomposed.of(np.diag([3.0, 2.0, 1.5]))
    both = entry_changes(a, [2, 2], [2, 2], [0.5, 0.6])
    with running(name):
        value, defined = one_hidden(a.squares, 2, a.basis, a.columns, both, 1)
    assert defined.tolist() == [False, True]
    assert value[1] == pytest.approx(2.1, abs=1e-10)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
def test_threads_change_not_one_bit(name: str) -> None:
    dense = draw_dense(40, 60, 1)
    a = Decomposed.of(dense)
    row, column = np.nonzero(dense)
    told = entry_changes(a, row, column, -dense[row, column])
    with running(name):
        first, *others = (one_hidden(a.squares, 7, a.basis, a.columns, told, threads) for threads in THREADS)
    assert first[1].all()
    for value, defined in others:
        np.testing.assert_array_equal(value, first[0])
        np.testing.assert_array_equal(defined, first[1])


def test_no_entries() -> None:
    a = Decomposed.of(draw_dense(4, 6, 2))
    value, defined = one_hidden(a.squares, 2, a.basis, a.columns, entry_changes(a, [], [], []), 2)
    assert len(value) == len(defined) == 0
