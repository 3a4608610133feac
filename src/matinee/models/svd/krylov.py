"""Block Krylov iteration with thick restarts for the leading right singular vectors.

Lanczos on AᵀA in blocks (Golub and Underwood 1977; Golub, Luk and Overton 1981), with full
orthogonalisation, restarted from the best Ritz vectors when the basis has no more room (Wu and Simon 2000).
Only the short side is stored: ``(basis + block) × short side`` numbers.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels.project_out import BLOCK, project_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike, NDArray

    from matinee.models.svd.operator import TallOperator

_VALUE_PRECISION: Final = 3e-7
"""Relative accuracy of the singular values that convergence asks for, besides the residual."""


@dataclass(frozen=True)
class Limits:
    """Limits of the iteration: ``basis`` vectors at most at once, ``blocks`` multiplications in all, and ``deadline``.

    The deadline is by `time.monotonic`; the basis always reaches the rank.
    """

    tolerance: float
    basis: int
    blocks: int
    deadline: float = math.inf


@dataclass
class _Ritz:
    """Eigenpairs of the projection (descending), and the residual of each as an eigenpair of AᵀA."""

    squares: NDArray[np.float64]
    vectors: NDArray[np.float64]
    residuals: NDArray[np.float64]


class BlockKrylov:
    """The state of one iteration: the basis in panels, its projection, the panel to come."""

    def __init__(self, operator: TallOperator, limits: Limits, seed: int, dtype: DTypeLike) -> None:
        self.operator = operator
        self.limits = limits
        self._rng = np.random.default_rng(seed)
        short = operator.shape[1]
        self.basis = np.empty((limits.basis // BLOCK + 1, short, BLOCK), dtype=dtype)
        self.projection = np.zeros((limits.basis, limits.basis))
        self.size = self.blocks_done = self._ritz_kept = 0
        self._long = np.empty((operator.shape[0], BLOCK), dtype=dtype)
        start = self._rng.standard_normal((short, BLOCK)).astype(dtype)
        self.basis[0], self.coupling = self._orthonormal(start)

    def expand(self) -> None:
        """Multiply the newest panel by AᵀA, project it on the basis, and orthogonalise the residual into the next."""
        start = self.size
        stop = start + BLOCK
        panel = self.basis[stop // BLOCK]
        self.operator.back(self.operator.times(self.basis[start // BLOCK], self._long), panel)
        column = np.zeros((stop, BLOCK))
        for first in self._passes(start):
            basis = self.basis[first // BLOCK : stop // BLOCK]
            column[first:] += project_out(basis, panel, self.operator.threads)
        self.projection[:stop, start:stop] = column
        self.projection[start:stop, :stop] = column.T
        self.size = stop
        self.blocks_done += 1
        self.basis[stop // BLOCK], self.coupling = self._orthonormal(panel)

    def _passes(self, start: int) -> tuple[int, int]:
        """First vectors of the basis in each of two orthogonalisation passes.

        In exact arithmetic only the last two panels are met (and after a restart, all Ritz vectors): large components
        go first, so that one pass over the whole basis then removes rounding alone.
        """
        return (0 if start == self._ritz_kept else max(0, start - BLOCK), 0)

    def ritz(self) -> _Ritz:
        """Eigenpairs of the projection and their residuals, largest first."""
        squares, vectors = np.linalg.eigh(self.projection[: self.size, : self.size])
        vectors = vectors[:, ::-1]
        residuals = np.linalg.norm(self.coupling @ vectors[-BLOCK:], axis=0)
        return _Ritz(np.maximum(squares[::-1], 0.0), vectors, residuals)

    def restart(self, ritz: _Ritz, keep: int) -> None:
        """Replace the basis by its ``keep`` best Ritz vectors; the panel to come stays next."""
        following = self.basis[self.size // BLOCK].copy()
        best = self.vectors(ritz, keep)
        self.basis[: keep // BLOCK] = best.reshape(len(best), -1, BLOCK).swapaxes(0, 1)
        self.basis[keep // BLOCK] = following
        self.projection[:] = 0.0
        self.projection[np.arange(keep), np.arange(keep)] = ritz.squares[:keep]
        self.size = self._ritz_kept = keep

    def vectors(self, ritz: _Ritz, count: int) -> NDArray[np.floating]:
        """The best ``count`` Ritz vectors, shape ``(short side, count)``."""
        best = ritz.vectors[:, :count].astype(self.basis.dtype).reshape(-1, BLOCK, count)
        total = np.zeros((self.basis.shape[1], count), dtype=self.basis.dtype)
        for panel, turn in zip(self.basis, best, strict=False):
            total += panel @ turn
        return total

    def _orthonormal(self, panel: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
        """``(q, r)`` with ``panel = q r`` and the columns of ``q`` orthonormal, to each other and to the basis.

        Directions without a residual are replaced by fresh ones, which couple to nothing.
        """
        scale = float(np.max(np.abs(np.diag(self.projection)), initial=0.0))
        q, r = _cholesky_qr(panel)
        size = np.abs(np.diag(r))
        largest = max(scale, float(np.max(size)))
        if np.min(size) > 1e-2 * largest > 0:
            return q, r
        gone = size <= 8 * np.finfo(panel.dtype).eps * max(largest, 1e-30)
        q[:, gone] = self._rng.standard_normal((len(q), int(gone.sum())))
        r[gone] = 0.0
        for _ in range(2):
            if self.size:
                project_out(self.basis[: self.size // BLOCK], q, self.operator.threads)
            q = np.ascontiguousarray(_householder_qr(q)[0])
        return q, r


def _cholesky_qr(panel: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """Columns orthonormalised by Cholesky, summed in float64: once is enough for panels not close to dependent."""
    wide = panel.astype(np.float64)
    try:
        lower = np.asarray(np.linalg.cholesky(wide.T @ wide), dtype=np.float64)
    except np.linalg.LinAlgError:
        return _householder_qr(panel)
    turn: NDArray[np.floating] = np.linalg.inv(lower).T.astype(panel.dtype)
    return panel @ turn, lower.T


def _householder_qr(panel: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """``(q, r)`` with ``panel = q r``, the diagonal of ``r`` not negative."""
    q, r = np.linalg.qr(panel.astype(np.float64))
    sign = np.where(np.diag(r) < 0, -1.0, 1.0)
    return (q * sign).astype(panel.dtype), r * sign[:, None]


def leading_vectors(
    operator: TallOperator,
    rank: int,
    limits: Limits,
    seed: int,
    dtype: DTypeLike,
    progress: Callable[[float], None],
) -> NDArray[np.floating]:
    """The leading ``rank`` right singular vectors on the short side, shape ``(short side, rank)``.

    Stops when each triplet's residual is under ``limits.tolerance`` σ₁ and its value has settled, or after
    ``limits.blocks`` multiplications, or at ``limits.deadline``; the certificate tells which.
    ``progress`` is told how much is done, 0 to 1, as far as can be foreseen.
    """
    return _iterate(BlockKrylov(operator, limits, seed, dtype), rank, progress)


def _iterate(state: BlockKrylov, rank: int, progress: Callable[[float], None]) -> NDArray[np.floating]:
    limits = state.limits
    check = _first_check(rank, limits)
    history: list[tuple[int, float]] = []
    while True:
        ahead = state.blocks_done + (min(check, limits.basis) - state.size) // BLOCK + 2
        while state.size < min(check, limits.basis) and not _spent(state, rank):
            state.expand()
            progress(state.blocks_done / ahead)
        ritz = state.ritz()
        worst = _worst(ritz, rank, limits.tolerance)
        history.append((state.blocks_done, worst))
        if worst <= 1.0 or _spent(state, rank):
            return state.vectors(ritz, rank)
        if state.size >= limits.basis:
            state.restart(ritz, _keep(rank, limits.basis))
            history.clear()
        check = state.size + BLOCK * _blocks_to_go(history)


def _spent(state: BlockKrylov, rank: int) -> bool:
    """True if the multiplications or the time allowed are used up, and the basis has enough vectors."""
    limits = state.limits
    return state.size >= rank and (state.blocks_done >= limits.blocks or time.monotonic() >= limits.deadline)


def _worst(ritz: _Ritz, rank: int, tolerance: float) -> float:
    """The largest residual of the leading ``rank`` triplets, in units of the tolerance."""
    squares = ritz.squares[:rank]
    residuals = ritz.residuals[:rank]
    first = max(float(squares[0]), 1e-300)
    sigma = np.sqrt(np.maximum(squares, 1e-16 * first))
    triplet = residuals / sigma / np.sqrt(first)
    following = float(ritz.squares[rank]) if len(ritz.squares) > rank else 0.0
    gap = np.maximum(1.0 - following / np.maximum(squares, 1e-300), 1e-3)
    value = np.square(residuals / np.maximum(sigma**2, 1e-300)) / gap
    settled = np.sqrt(value / _VALUE_PRECISION) * (sigma > 1e-6 * sigma[0])
    return float(max(np.max(triplet) / tolerance, np.max(settled)))


def _first_check(rank: int, limits: Limits) -> int:
    """Vectors before the first look: what ratings need as measured at rank 5 to 200, 2 + 3 √rank panels."""
    panels = max(round(2 + 3 * math.sqrt(rank)), -(-rank // BLOCK) + 2)
    return min(limits.basis, panels * BLOCK)


def _keep(rank: int, basis: int) -> int:
    """Ritz vectors kept at a restart: the leading ``rank`` and half of the room beside them."""
    fewest = -(-rank // BLOCK) * BLOCK
    return max(fewest, (fewest + basis) // 2 // BLOCK * BLOCK)


def _blocks_to_go(history: list[tuple[int, float]]) -> int:
    """Blocks until the residual is expected to be small enough, from its fall so far."""
    if len(history) < 2:
        return 2
    (blocks0, worst0), (blocks1, worst1) = history[-2:]
    fall = np.log(worst0 / worst1) / max(1, blocks1 - blocks0)
    if fall <= 0:
        return 2
    return int(np.clip(np.ceil(np.log(worst1) / fall), 1, 16))
