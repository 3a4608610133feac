"""NumPy twin of `matinee.kernels.nonnegative_rows`: one unknown after the other in float64."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.reference.solve_rows import normal_equations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.reference.solve_rows import Solved
    from matinee.kernels.solve_rows import Regressions


def nonnegative_rows(
    problem: Regressions, factors: NDArray[np.floating], bias: NDArray[np.floating] | None, passes: int
) -> Solved:
    """Factors ``(rows, rank)``, biases ``(rows,)`` and the objectives reached ``(rows,)``."""
    offsets = problem.rows.offsets
    rank = problem.rank
    rows = problem.rows.row_count
    solutions = np.zeros((rows, rank))
    biases = np.zeros(rows)
    loss = np.zeros(rows)
    for row in range(rows):
        if offsets[row] == offsets[row + 1] and (problem.prior is None or not problem.prior[row].any()):
            continue
        matrix, right, constant = normal_equations(problem, row)
        x = np.append(np.maximum(factors[row, :rank].astype(np.float64), 0.0), 0.0 if bias is None else bias[row])
        for _ in range(passes):
            for k in range(-1 if bias is not None else 0, rank):
                minimum = x[k] + (right[k] - matrix[k] @ x) / matrix[k, k]
                x[k] = minimum if k == -1 else max(0.0, minimum)
        solutions[row] = x[:rank]
        biases[row] = x[rank]
        loss[row] = constant - 2 * right @ x + x @ matrix @ x
    return solutions, biases, loss
