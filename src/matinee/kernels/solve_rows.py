"""One small ridge regression a row: the half-sweep of alternating least squares, and folding in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import NumericalError
from matinee.kernels import _native
from matinee.kernels.aligned import aligned_zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

BLOCK: Final = 16
"""Factors are stored in rows of a multiple of this many numbers: one float32 register of the widest set."""


_SHORT: Final = 10
"""Rows with fewer entries than this power of two are as good as any at the end."""


@dataclass(frozen=True)
class Ridge:
    """Penalties of a ridge regression.

    ``constant`` and ``per_entry`` are of the factors: the penalty of a row with n entries is
    ``(constant + per_entry n) |x|²``; ``bias`` and ``bias_per_entry`` likewise are of its bias.
    """

    constant: float = 0.0
    per_entry: float = 0.0
    bias: float = 0.0
    bias_per_entry: float = 0.0

    def numbers(self) -> list[float]:
        """In the kernel's order."""
        return [self.constant, self.per_entry, self.bias, self.bias_per_entry]


@dataclass(frozen=True)
class Regressions:
    """The regressions of all rows of a sparse matrix on the other side's factors.

    Row r has solution ``x`` and, optionally, bias ``b``, which minimise::

        Σ_e w_e (t_e - x·q_e - b)² + xᵗ base x - 2 x·prior_r + ridge(n) |x|² + bias ridge(n) b²

    over its n entries e, with ``t_e = value_e - shift - offset[column]``. With weights, which go without a bias,
    ``value_e`` is ``w_e t_e``: what q_e is multiplied by on the right-hand side.

    Attributes
    ----------
    rows : compressed rows; values float32.
    other : q, float32, shape ``(columns, stride)``, C order; see `padded`. Columns from ``rank`` on are zero.
    rank : unknowns of a row besides its bias.
    ridge : penalties.
    shift, offset : stars taken off each value; ``offset`` float32, shape ``(columns,)``.
    weights : float32, one an entry, ≥ 0; ``None``: 1 each.
    base : float32, shape ``(stride, stride)``, symmetric, zero from ``rank`` on; ``None``: 0.
    prior : float32, shape ``(rows, stride)``; ``None``: 0.

    """

    rows: Compressed
    other: NDArray[np.float32]
    rank: int
    ridge: Ridge
    shift: float = 0.0
    offset: NDArray[np.float32] | None = None
    weights: NDArray[np.float32] | None = None
    base: NDArray[np.float32] | None = None
    prior: NDArray[np.float32] | None = None


def longest_first(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """The rows as threads take them, shape ``(rows,)``: long ones first, so that no thread ends with one.

    Rows with the same power of two of entries below them keep their order, and so do all with fewer than 1,024:
    neighbours in memory then follow each other.
    """
    doublings = np.frexp(np.diff(offsets).astype(np.float64))[1]
    return np.argsort(-np.maximum(doublings, _SHORT), kind="stable").astype(np.int32)


def padded(factors: NDArray[np.floating]) -> NDArray[np.float32]:
    """``factors`` as float32 in C order, with columns of zeros up to a multiple of `BLOCK` (at least one block).

    It starts on a cache line, so that no register of a row lies across two.
    """
    stride = stride_of(factors.shape[1])
    out = aligned_zeros(len(factors), stride)
    out[:, : factors.shape[1]] = factors
    return out


def padded_square(matrix: NDArray[np.floating]) -> NDArray[np.float32]:
    """A square matrix as float32 in C order, with rows and columns of zeros up to a multiple of `BLOCK`."""
    return padded(padded(matrix).T).T.copy()


def stride_of(rank: int) -> int:
    """Numbers in a padded row of ``rank`` factors."""
    return max(1, -(-rank // BLOCK)) * BLOCK


def solve_rows(
    problem: Regressions,
    factors: NDArray[np.float32],
    bias: NDArray[np.float32] | None,
    threads: int,
    order: NDArray[np.int32] | None = None,
    steps: int = 0,
    diagonal: NDArray[np.float32] | None = None,
) -> NDArray[np.float64]:
    """Solve every row exactly, or with ``steps`` improve it by so many steps of conjugate gradients.

    Writes ``factors`` (shape ``(rows, stride)``) and ``bias`` (``(rows,)``; without one there is no bias).
    Steps start from what ``factors`` and ``bias`` hold. ``order``: each row once, as the threads take them.
    ``diagonal`` (shape ``(rows, stride)``, ≥ 0; not with steps) is added to the diagonals of the normal matrices,
    as a penalty ``diagonal · x²`` that differs by row, and is overwritten by those diagonals (1 more than it
    was in the padding).

    Returns the minimum of each row (with steps: the value reached), float64; with weights less ``Σ value t``, which
    nothing changes. A row without entries, prior and diagonal gets zeros. Normal equations by Cholesky in float32,
    sums in pieces; each row on one thread: the result does not depend on ``threads``. Memory:
    ``4 (2 stride² + 34 stride)`` bytes and a panel of at most 48 KiB (from stride 192 on ``256 stride``) for each
    thread, with steps 0.5 MiB more.
    Steps leave the matrix unformed (Hestenes and Stiefel 1952; Hu, Koren and Volinsky 2008 for the base); rows with
    over ``131072 / stride`` entries are solved exactly all the same.

    Raises `NumericalError`, naming the row, where a matrix is not positive definite.
    """
    loss = np.empty(len(factors))
    order = longest_first(problem.rows.offsets) if order is None else order
    failed = _native.solve_rows(
        *problem.rows, problem.weights, problem.other, problem.offset, problem.shift, problem.rank, problem.base,
        problem.prior, problem.ridge.numbers(), order, factors, bias, diagonal, loss, steps, threads,
    )  # fmt: skip
    if failed >= 0:
        raise not_positive(failed, problem.rows)
    return loss


def not_positive(row: int, rows: Compressed) -> NumericalError:
    """The error for a row whose regression has no unique solution."""
    entries = len(rows.columns_of(row))
    return NumericalError(
        f"row {row} with {entries:,} entries: its normal matrix is not positive definite, or not finite; "
        "a larger regularization makes it so"
    )
