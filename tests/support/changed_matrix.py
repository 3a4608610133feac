"""Dense matrices changed in one entry, one row or one column, as `one_hidden` is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matinee.kernels.one_hidden import Changes


@dataclass(frozen=True)
class Decomposed:
    """A dense matrix with its complete left singular vectors."""

    dense: np.ndarray
    squares: np.ndarray
    basis: np.ndarray
    columns: np.ndarray

    @classmethod
    def of(cls, dense: np.ndarray) -> Decomposed:
        left, values, _ = np.linalg.svd(dense)
        squares = np.zeros(len(dense))
        squares[: len(values)] = values**2
        return cls(dense, squares, np.ascontiguousarray(left), np.ascontiguousarray(dense.T @ left))


def changes(row, column, alpha, beta, gamma, q, extras, whole_column: bool = False) -> Changes:
    """`Changes` from lists; entry e takes ``extras[e]``."""
    n = len(row)
    extra = np.arange(n, dtype=np.int32)
    numbers = [np.broadcast_to(np.asarray(x, float), (n,)).copy() for x in (alpha, beta, gamma, q)]
    at = np.asarray(row, np.int32), np.asarray(column, np.int32)
    return Changes(*at, extra, *numbers, np.ascontiguousarray(extras, dtype=float), whole_column)


def entry_changes(a: Decomposed, row, column, delta) -> Changes:
    """``A + delta e_row e_columnᵀ``, one for each."""
    delta = np.asarray(delta, float)
    return changes(row, column, 0.0, delta, delta, delta**2, np.zeros((len(row), len(a.squares))))


def row_changes(a: Decomposed, row, column, moves: np.ndarray) -> Changes:
    """``A + e_row movesᵀ``; ``moves`` has shape ``(n, columns of A)``."""
    own = moves[np.arange(len(row)), column]
    return changes(row, column, 1.0, 0.0, own, np.sum(moves**2, axis=1), moves @ a.columns)


def column_changes(a: Decomposed, row, column, moves: np.ndarray) -> Changes:
    """``A + moves e_columnᵀ``; ``moves`` has shape ``(n, rows of A)``."""
    return changes(row, column, 1.0, 0.0, 0.0, 1.0, moves @ a.basis, whole_column=True)


def truncated_entry(dense: np.ndarray, rank: int, row: int, column: int) -> float:
    """One entry of the best approximation of that rank, by LAPACK."""
    left, values, right = np.linalg.svd(dense, full_matrices=False)
    return float((left[row, :rank] * values[:rank]) @ right[:rank, column])


def relative_gap(dense: np.ndarray, rank: int) -> float:
    """``(σ²_rank - σ²_{rank+1}) / σ²₁``, of which the accuracy of a truncation is the reciprocal."""
    values = np.zeros(max(rank + 1, *dense.shape))
    found = np.linalg.svd(dense, compute_uv=False)
    values[: len(found)] = found
    return float((values[rank - 1] ** 2 - values[rank] ** 2) / max(values[0] ** 2, 1e-300))
