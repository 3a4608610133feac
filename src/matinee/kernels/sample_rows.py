"""One posterior draw a row: half a sweep of Gibbs sampling, and folding in at the posterior mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.errors import NumericalError
from matinee.kernels import _native
from matinee.kernels.solve_rows import longest_first

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


@dataclass(frozen=True)
class Likelihood:
    """Likelihood of the rows of a sparse matrix, given the other side's factors.

    Entry e of row r, in column c, is ``value_e = shift + offset_c + b_r + x_r · q_c + n`` with n normal of variance
    ``1 / (row_precision_r scale_c²)``.

    Attributes
    ----------
    rows : compressed rows; values float32.
    other : q, float32, shape ``(columns, stride)``, C order, padded with zeros from ``rank`` on.
    offset, scale : float32, shape ``(columns,)``; scales over 0.
    row_precision : float32 over 0, shape ``(rows,)``.
    rank : factors of a row.
    shift : in the unit of the values.

    """

    rows: Compressed
    other: NDArray[np.float32]
    offset: NDArray[np.float32]
    scale: NDArray[np.float32]
    row_precision: NDArray[np.float32]
    rank: int
    shift: float


@dataclass(frozen=True)
class Prior:
    """Prior of the rows: ``x_rk ~ N(mean_rk, 1 / precision_k)``, and b likewise.

    ``mean``: float32, shape ``(rows, stride)``; ``precision``: float32 over 0 below the rank, shape ``(stride,)``;
    ``bias_mean``: float32, shape ``(rows,)``; ``bias_precision``: over 0.
    """

    mean: NDArray[np.float32]
    precision: NDArray[np.float32]
    bias_mean: NDArray[np.float32]
    bias_precision: float


def sample_rows(
    likelihood: Likelihood,
    prior: Prior,
    key: int | None,
    factors: NDArray[np.float32],
    bias: NDArray[np.float32],
    threads: int,
    order: NDArray[np.int32] | None = None,
) -> None:
    """Draw the factors and the bias of every row from their joint posterior, given everything else.

    Writes ``factors``, float32, shape ``(rows, stride)``, and ``bias``, ``(rows,)``. With ``A = Uᵀ U`` the
    precision of x given b and v its right-hand side, ``x = U⁻¹ (U⁻ᵀ v + z)``, z standard normal; b is drawn first,
    from its marginal (Salakhutdinov and Mnih 2008, equations 11 to 14, with a bias as one more unknown). Row r
    takes its numbers from the stream (``key``, r) and stays on one thread: the result does not depend on
    ``threads``. ``key`` ``None``: the posterior mean instead of a draw. Float32, sums in pieces.

    Raises `NumericalError`, naming the row, where a posterior precision is not positive definite, or not finite.
    """
    rows = likelihood.rows
    scale = likelihood.scale
    order = longest_first(rows.offsets) if order is None else order
    failed = _native.sample_rows(
        *rows, likelihood.other * scale[:, None], likelihood.offset, scale, likelihood.shift, likelihood.rank,
        likelihood.row_precision, prior.precision, prior.mean, prior.bias_mean, prior.bias_precision,
        0 if key is None else key, key is None, order, factors, bias, threads,
    )  # fmt: skip
    if failed >= 0:
        entries = len(rows.columns_of(failed))
        raise NumericalError(
            f"row {failed} with {entries:,} entries: its posterior precision is not positive definite, or not finite; "
            "allowed are finite ratings of a moderate size"
        )
