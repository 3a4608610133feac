"""One small ridge regression a row, its solution 0 or more: the half-sweep of non-negative factorisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native
from matinee.kernels.solve_rows import longest_first, not_positive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.solve_rows import Regressions


def nonnegative_rows(
    problem: Regressions,
    factors: NDArray[np.float32],
    bias: NDArray[np.float32] | None,
    passes: int,
    threads: int,
    order: NDArray[np.int32] | None = None,
) -> NDArray[np.float64]:
    """Lower the objective of every row of ``problem``, over solutions that are 0 or more.

    ``factors``, shape ``(rows, stride)``, is where each row starts, negative numbers as 0, and is written; so is
    ``bias`` (``(rows,)``; without one there is no bias), which may be negative. In each of ``passes`` one unknown
    after the other goes to its minimum, or to 0 (Hsieh and Dhillon 2011), until none moves by a millionth of
    itself. There are no weights. ``order``: each row once, as the threads take them.

    Returns the objective that each row reached, float64. A row without entries and prior gets zeros. Normal
    equations in float32, sums in pieces; each row on one thread: the result does not depend on ``threads``. Memory:
    as of `solve_rows`.

    Raises `NumericalError`, naming the row, where the curvature in an unknown is not positive.
    """
    loss = np.empty(len(factors))
    order = longest_first(problem.rows.offsets) if order is None else order
    failed = _native.nonnegative_rows(
        *problem.rows, problem.other, problem.offset, problem.shift, problem.rank, problem.base, problem.prior,
        problem.ridge.numbers(), order, factors, bias, loss, passes, threads,
    )  # fmt: skip
    if failed >= 0:
        raise not_positive(failed, problem.rows)
    return loss
