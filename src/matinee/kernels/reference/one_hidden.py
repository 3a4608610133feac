"""NumPy twin of `matinee.kernels.one_hidden`: the changed problem by a dense eigensolver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.one_hidden import Changes


def one_hidden(
    squares: NDArray[np.float64],
    rank: int,
    basis: NDArray[np.float64],
    columns: NDArray[np.float64],
    changes: Changes,
) -> NDArray[np.float64]:
    """Each changed entry read back, shape ``(n,)``."""
    out = np.empty(len(changes.row))
    for entry in range(len(out)):
        left = basis[changes.row[entry]]
        column = columns[changes.column[entry]]
        other = left if changes.whole_column else column
        mixed = changes.alpha[entry] * changes.extras[changes.extra[entry]] + changes.beta[entry] * other
        w = np.stack([mixed, column] if changes.whole_column else [left, mixed], axis=1)
        right = column + (mixed if changes.whole_column else changes.gamma[entry] * left)
        inner = np.array([[changes.q[entry], 1.0], [1.0, 0.0]])
        vectors = np.linalg.eigh(np.diag(squares) + w @ inner @ w.T)[1][:, ::-1][:, :rank]
        out[entry] = (left @ vectors) @ (vectors.T @ right)
    return out
