"""Truncated singular value decomposition: the solver's front door."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.project_out import BLOCK
from matinee.models.svd.certificate import Certificate, orthogonality
from matinee.models.svd.krylov import Limits, leading_vectors
from matinee.models.svd.operator import TallOperator, gram

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike, NDArray

    from matinee.matrix.sparse import RatingMatrix

DEFAULT_TOLERANCE: Final = 1e-5
_SINGLE_PRECISION_TOLERANCE: Final = 3e-6
"""Below this the iteration runs in float64: float32 rounding leaves residuals of about 1e-6 σ₁."""

_DENSE_SIDE: Final = 256
_LARGEST_DENSE: Final = 20_000
"""Longest shorter side that LAPACK gets whole: 3.2 GB a copy."""

_MOST_BLOCKS: Final = 600
_BASIS_BYTES: Final = 1 << 30


@dataclass(frozen=True)
class Decomposition:
    """The leading singular triplets of a user × item matrix, and their certificate.

    Attributes
    ----------
    left : U, float64, shape ``(users, rank)``, orthonormal columns.
    values : σ, float64, shape ``(rank,)``, descending, ≥ 0.
    right : V, float64, shape ``(items, rank)``, orthonormal columns.
    certificate : the residuals of each triplet, measured on the matrix itself.

    """

    left: NDArray[np.float64]
    values: NDArray[np.float64]
    right: NDArray[np.float64]
    certificate: Certificate


def truncated_svd(
    matrix: RatingMatrix,
    rank: int,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Decomposition:
    """The best rank-``rank`` approximation ``U diag(σ) Vᵀ`` of a sparse matrix (Eckart and Young 1936).

    ``tolerance``: the largest ``‖A v - σ u‖`` and ``‖Aᵀ u - σ v‖`` allowed, relative to σ₁; the iteration stops
    short of it after ``time_limit`` seconds, and ``certificate.holds`` is then false. The result does not depend
    on ``threads``. ``progress`` is called with the share done, 0 to 1. `ConfigError` for a rank under 1 or over
    the shorter side.
    """
    operator = TallOperator(matrix, threads)
    _check_rank(rank, operator.shape[1])
    with single_threaded_blas():
        if _small(operator.shape[1], rank):
            return _refined(operator, _dense_vectors(operator, rank), tolerance, "lapack")
        limits = _limits(operator.shape[1], rank, tolerance, time_limit)
        dtype = np.float32 if tolerance >= _SINGLE_PRECISION_TOLERANCE else np.float64
        start = leading_vectors(operator, rank, limits, seed, dtype, progress)
        return _refined(operator, start, tolerance, "block-krylov")


def _check_rank(rank: int, short_side: int) -> None:
    if short_side > _LARGEST_DENSE and _small(short_side, rank):
        raise ConfigError(
            f"rank: found {rank}; of a matrix whose shorter side is {short_side:,} at most {short_side // 8 - BLOCK:,} "
            "values are computed; choose a smaller rank"
        )
    if not 1 <= rank <= short_side:
        raise ConfigError(
            f"rank: found {rank}; allowed is 1 to {short_side}, the number of users or items, whichever is smaller; "
            "choose a smaller rank"
        )


def _small(short_side: int, rank: int) -> bool:
    return short_side <= _DENSE_SIDE or 8 * rank + 8 * BLOCK >= short_side


def _limits(short_side: int, rank: int, tolerance: float, time_limit: float | None) -> Limits:
    room = max(3 * rank + 4 * BLOCK, min(_BASIS_BYTES // (4 * short_side), 12 * rank + 32 * BLOCK))
    basis = min(room, short_side - 2 * BLOCK) // BLOCK * BLOCK
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    return Limits(tolerance, basis, _MOST_BLOCKS, deadline)


def _dense_vectors(operator: TallOperator, rank: int) -> NDArray[np.float64]:
    """Leading eigenvectors of AᵀA by LAPACK."""
    return np.ascontiguousarray(np.linalg.eigh(gram(operator))[1][:, ::-1][:, :rank])


def _refined(operator: TallOperator, start: NDArray[np.floating], tolerance: float, method: str) -> Decomposition:
    """Two half-steps of subspace iteration, then the residuals of what came out.

    Panels are multiplied in the type of ``start``; everything small is float64.
    """

    def double(product: Callable[..., NDArray[Any]], panel: NDArray[np.floating]) -> NDArray[np.float64]:
        return product(_padded(panel, start.dtype))[:, : start.shape[1]].astype(np.float64)

    u, _ = _orthonormal_columns(double(operator.times, start))
    image = double(operator.back, u)
    turn, values, v = _small_svd(image)
    u = u @ turn
    first = max(float(values[0]), 1e-300)
    certificate = Certificate(
        residual_left=_norms(double(operator.times, v) - u * values, first),
        residual_right=_norms(image @ turn - v * values, first),
        orthogonality=max(orthogonality(u), orthogonality(v)),
        share_of_variance=float(np.sum(values**2) / max(operator.squared_norm(), 1e-300)),
        tolerance=tolerance,
        method=method,
        multiplications=operator.multiplications,
    )
    users, items = (v, u) if operator.turned else (u, v)
    return Decomposition(users, values, items, certificate)


def _norms(residual: NDArray[np.float64], first: float) -> tuple[float, ...]:
    return tuple(float(x) for x in np.linalg.norm(residual, axis=0) / first)


def _padded(panel: NDArray[np.floating], dtype: DTypeLike) -> NDArray[Any]:
    """``panel`` in C order, with columns of zeros up to a multiple of what the kernel likes."""
    padded = np.zeros((len(panel), -(-panel.shape[1] // BLOCK) * BLOCK), dtype=dtype)
    padded[:, : panel.shape[1]] = panel
    return padded


def _orthonormal_columns(panel: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(q, r)`` with ``panel = q r`` and orthonormal columns in q, even where those of ``panel`` are dependent."""
    try:
        lower = np.asarray(np.linalg.cholesky(panel.T @ panel), dtype=np.float64)
    except np.linalg.LinAlgError:
        return _householder(panel)
    diagonal = np.diag(lower)
    if diagonal.min() < 1e-2 * diagonal.max():
        return _householder(panel)
    return panel @ np.linalg.inv(lower).T, lower.T


def _householder(panel: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    q, r = np.linalg.qr(panel)
    return np.asarray(q), np.asarray(r)


def _small_svd(
    panel: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """``(turn, values, right)`` with ``panel @ turn = right * values``: the SVD of a tall thin panel."""
    q, r = _orthonormal_columns(panel)
    inner, values, turned = np.linalg.svd(r)
    return turned.T, values, q @ inner
