"""Matrices, tolerances and choices that the kernels' tests share."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from matinee.kernels.isa import instruction_set, instruction_sets, use_instruction_set
from matinee.kernels.reference.compress import compress

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTRUCTION_SETS = instruction_sets()
THREADS = (1, 2, 5)


@contextmanager
def running(name: str) -> Iterator[None]:
    """The kernels of one instruction set, and after it those that were in use before."""
    before = instruction_set()
    use_instruction_set(name)
    try:
        yield
    finally:
        use_instruction_set(before)


@dataclass(frozen=True)
class Triplets:
    """Entries in no order, each cell at most once unless asked otherwise."""

    row: np.ndarray
    column: np.ndarray
    value: np.ndarray
    rows: int
    columns: int

    @property
    def compressed(self):
        return compress(self.row, self.column, self.value, self.rows)

    @property
    def dense(self) -> np.ndarray:
        out = np.zeros((self.rows, self.columns))
        np.add.at(out, (self.row, self.column), self.value.astype(np.float64))
        return out


def draw_triplets(rows: int, columns: int, entries: int, seed: int, repeated: bool = False) -> Triplets:
    """``entries`` random entries; half of the rows, drawn at random, stay empty where there are over two."""
    rng = np.random.default_rng(seed)
    allowed = rng.choice(rows, max(1, rows // 2), replace=False) if rows > 2 else np.arange(rows)
    cells = len(allowed) * columns
    picked = rng.integers(0, max(1, cells), entries) if repeated else rng.permutation(cells)[:entries]
    row, column = allowed[picked // max(1, columns)], picked % max(1, columns)
    value = rng.standard_normal(len(picked)) * 3
    return Triplets(row.astype(np.int32), column.astype(np.int32), value.astype(np.float32), rows, columns)


@st.composite
def triplets(draw: st.DrawFn, most: int = 60, repeated: bool = False) -> Triplets:
    """Matrices down to one row, one column and no entries; empty rows and full ones."""
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    entries = draw(st.one_of(st.just(0), st.just(1), st.integers(0, rows * columns)))
    return draw_triplets(rows, columns, entries, draw(st.integers(0, 2**32 - 1)), repeated)


def rounding(dtype: object, terms: int) -> float:
    """How far a sum of ``terms`` products may be off, relative to the sum of their magnitudes: n eps, four times."""
    return 4 * float(np.finfo(dtype).eps) * (terms + 2)
