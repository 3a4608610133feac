"""NumPy twin of `matinee.kernels.solve_rows`: one dense float64 solve a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.solve_rows import Regressions

    Solved = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def solve_rows(problem: Regressions, with_bias: bool, diagonal: NDArray[np.floating] | None = None) -> Solved:
    """Factors ``(rows, rank)``, biases ``(rows,)`` and minima ``(rows,)``. ``diagonal`` is left as it is."""
    offsets = problem.rows.offsets
    rows = len(offsets) - 1
    rank = problem.rank
    factors = np.zeros((rows, rank))
    bias = np.zeros(rows)
    loss = np.zeros(rows)
    for row in range(rows):
        if offsets[row] == offsets[row + 1] and problem.prior is None:
            continue
        matrix, right, constant = normal_equations(problem, row)
        if diagonal is not None:
            matrix[:rank, :rank] += np.diag(diagonal[row, :rank].astype(np.float64))
        size = rank + 1 if with_bias else rank
        solution = np.linalg.solve(matrix[:size, :size], right[:size])
        factors[row] = solution[:rank]
        bias[row] = solution[rank] if with_bias else 0.0
        loss[row] = constant - right[:size] @ solution
    return factors, bias, loss


def normal_equations(problem: Regressions, row: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """The bordered system, the last unknown being the bias, and the sum of the squared targets."""
    offsets, indices, values = problem.rows
    here = slice(offsets[row], offsets[row + 1])
    rank = problem.rank
    ridge = problem.ridge
    q = np.column_stack([problem.other[indices[here], :rank].astype(np.float64), np.ones(here.stop - here.start)])
    target = values[here].astype(np.float64)
    weight = np.ones(len(q)) if problem.weights is None else problem.weights[here].astype(np.float64)
    if problem.weights is None:
        target -= problem.shift + (0.0 if problem.offset is None else problem.offset[indices[here]].astype(np.float64))
    matrix = q.T @ (weight[:, None] * q)
    right = q.T @ target
    penalty = np.full(rank + 1, ridge.constant + ridge.per_entry * len(q))
    penalty[rank] = ridge.bias + ridge.bias_per_entry * len(q)
    matrix += np.diag(penalty)
    if problem.base is not None:
        matrix[:rank, :rank] += problem.base[:rank, :rank]
    if problem.prior is not None:
        right[:rank] += problem.prior[row, :rank]
    return matrix, right, float(target @ target) if problem.weights is None else 0.0
