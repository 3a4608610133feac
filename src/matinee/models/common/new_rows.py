"""New people's rows: one more regression on the items, which stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.kernels.solve_rows import Regressions, padded, solve_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows
    from matinee.kernels.compress import Compressed
    from matinee.kernels.solve_rows import Ridge
    from matinee.predicting.factors import LinearFactors


def rated_items(rows: Compressed) -> tuple[Compressed, NDArray[np.int32]]:
    """``rows`` over the items that occur in them alone, and those items: the others need not be copied."""
    items, column = np.unique(rows.indices, return_inverse=True)
    return rows._replace(indices=column.astype(np.int32).ravel()), items


def regressions_on(
    factors: LinearFactors, rows: Compressed, ridge: Ridge, items: Any = slice(None), **parts: Any
) -> Regressions:
    """The regressions of ``rows`` on ``items`` of ``factors`` (default: all); ``parts``: fields of `Regressions`."""
    other = padded(factors.item_factors[items])
    return Regressions(rows, other, factors.rank, ridge, factors.mean, factors.item_bias[items], **parts)


def from_zero(problem: Regressions, solve: Callable[[NDArray[np.float32], NDArray[np.float32]], object]) -> FoldedRows:
    """Biases and factors of the rows of ``problem``, solved in place by ``solve(factors, bias)`` from 0."""
    people = problem.rows.row_count
    factors = padded(np.zeros((people, problem.rank), np.float32))
    bias = np.zeros(people, np.float32)
    solve(factors, bias)
    return bias, np.ascontiguousarray(factors[:, : problem.rank])


def solved(problem: Regressions, threads: int, diagonal: NDArray[np.float32] | None = None) -> FoldedRows:
    """Biases and factors that solve each row of ``problem`` exactly; ``diagonal``: see `solve_rows`.

    Raises `NumericalError`, naming the row, where the solution is not unique.
    """
    return from_zero(problem, lambda factors, bias: solve_rows(problem, factors, bias, threads, diagonal=diagonal))


def ridge_rows(factors: LinearFactors, rows: Compressed, ridge: Ridge, threads: int) -> FoldedRows:
    """Biases and factors that minimise ``Σ (r - mean - b_u - b_i - p·q)²`` and ``ridge`` for each row, exactly."""
    rows, items = rated_items(rows)
    return solved(regressions_on(factors, rows, ridge, items), threads)
