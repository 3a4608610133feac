"""Implicit factors: a row's factors as expected from the columns that it has entries in, whatever their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from matinee.kernels import _native
from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


@dataclass(frozen=True)
class Pattern:
    """Cells of a sparse matrix that have an entry, by row and by column.

    Attributes
    ----------
    rows, columns : the compressed rows and columns, their values 1 (one array).
    scale : ``|N(r)|^(-1/2)``, N(r) being the columns of row r; float32, shape ``(rows,)``; 1 for an empty row.
    curvature : ``1 + Σ scale²`` over the rows of each column, float32, shape ``(columns,)``.

    """

    rows: Compressed
    columns: Compressed
    scale: NDArray[np.float32]
    curvature: NDArray[np.float32]

    @classmethod
    def of(cls, rows: Compressed, columns: Compressed, threads: int) -> Self:
        """The pattern of a matrix given both ways."""
        ones = np.ones_like(rows.values)
        by_row = rows.with_values(ones)
        by_column = columns.with_values(ones)
        scale = row_scale(rows.offsets)
        curvature = np.float32(1.0) + spmm(by_column, np.square(scale)[:, None], threads)[:, 0]
        return cls(by_row, by_column, scale, curvature)


def row_scale(offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """``n^(-1/2)`` of rows with n entries, float32, shape ``(rows,)``; 1 for an empty one."""
    return (1.0 / np.sqrt(np.maximum(np.diff(offsets), 1))).astype(np.float32)


def improve_implicit(
    pattern: Pattern,
    known: NDArray[np.float32],
    factors: NDArray[np.float32],
    expected: NDArray[np.float32],
    steps: int,
    threads: int,
) -> None:
    """Improve implicit factors y, in place, towards those that explain the rows' factors x best.

    Makes ``steps`` (1 or more) steps of conjugate gradients (Hestenes and Stiefel 1952; for such regressions Simm
    et al. 2015), each column of y on its own and preconditioned by the curvature, on::

        Σ_r |x_r - z_r|² + Σ_c |y_c|²,    z_r = |N(r)|^(-1/2) Σ_(c in N(r)) y_c

    ``known``: x, float32, shape ``(rows, stride)``, C order. ``factors``: y, shape ``(columns, stride)``, and
    ``expected``: z, shape ``(rows, stride)``, are read and written; they must fit together. ``stride`` is a multiple
    of 16 (`solve_rows.padded`). Products run in float32, sums over rows in float64 by blocks of 128: the result does
    not depend on ``threads``. Memory while it runs: ``4 stride (rows + 3 columns)`` bytes.
    """
    _native.improve_implicit(
        *pattern.rows[:2], *pattern.columns, pattern.scale, pattern.curvature, known, factors, expected, steps, threads
    )
