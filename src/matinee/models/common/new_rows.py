"""New people's rows: one more regression on the items, which stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.solve_rows import Regressions, padded, solve_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.kernels.solve_rows import Ridge
    from matinee.predicting.factors import LinearFactors

    Rows = tuple[NDArray[np.float32], NDArray[np.float32]]


def rated_items(rows: Compressed) -> tuple[Compressed, NDArray[np.int32]]:
    """``rows`` over the items that occur in them alone, and those items: the others need not be copied."""
    items, column = np.unique(rows.indices, return_inverse=True)
    return rows._replace(indices=column.astype(np.int32).ravel()), items


def solved(problem: Regressions, threads: int, diagonal: NDArray[np.float32] | None = None) -> Rows:
    """Biases ``(b,)`` and factors ``(b, k)`` that solve each row of ``problem``; ``diagonal``: see `solve_rows`.

    Raises `NumericalError`, naming the row, where the answer is left open.
    """
    people = problem.rows.row_count
    factors = padded(np.zeros((people, problem.rank), np.float32))
    bias = np.zeros(people, np.float32)
    solve_rows(problem, factors, bias, threads, diagonal=diagonal)
    return bias, np.ascontiguousarray(factors[:, : problem.rank])


def ridge_rows(factors: LinearFactors, rows: Compressed, ridge: Ridge, threads: int) -> Rows:
    """Biases ``(b,)`` and factors ``(b, k)`` that fit each row best.

    Minimises ``Σ (r - mean - b_u - b_i - p·q)²`` and what ``ridge`` asks for, exactly.
    """
    rows, items = rated_items(rows)
    other = padded(factors.item_factors[items])
    return solved(Regressions(rows, other, factors.rank, ridge, factors.mean, factors.item_bias[items]), threads)
