"""A sparse matrix seen from its shorter side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from matinee.kernels.project_out import BLOCK
from matinee.kernels.spmm import spmm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_PART: Final = 1 << 12
"""Entries squared and summed at once."""

Float = TypeVar("Float", np.float32, np.float64)


class TallOperator:
    """A or Aᵀ, whichever is at least as tall as wide: ``shape`` is (long side, short side).

    ``turned``: rows are items. Panels have shape ``(side, b)``, C order; with b a multiple of
    `BLOCK` the kernel is at its best. ``multiplications`` counts the panels of that width multiplied so far.
    """

    def __init__(self, matrix: RatingMatrix, threads: int) -> None:
        users, items = matrix.shape
        self.turned = users < items
        self.forward = matrix.by_item if self.turned else matrix.by_user
        self.backward = matrix.by_user if self.turned else matrix.by_item
        self.shape = (max(users, items), min(users, items))
        self.threads = threads
        self.multiplications = 0

    def times(self, panel: NDArray[Float], out: NDArray[Float] | None = None) -> NDArray[Float]:
        """``A @ panel``: short side in, long side out."""
        return self._product(self.forward, panel, out)

    def back(self, panel: NDArray[Float], out: NDArray[Float] | None = None) -> NDArray[Float]:
        """``Aᵀ @ panel``: long side in, short side out."""
        return self._product(self.backward, panel, out)

    def _product(self, matrix: Compressed, panel: NDArray[Float], out: NDArray[Float] | None) -> NDArray[Float]:
        self.multiplications += -(-panel.shape[1] // BLOCK)
        return spmm(matrix, panel, self.threads, out)

    def squared_norm(self) -> float:
        """Σ of all squared entries, which is Σ σ²."""
        values = self.forward.values
        parts = np.split(values, range(_PART, len(values), _PART))
        return float(sum(float(np.dot(part, part)) for part in parts))


def gram(operator: TallOperator) -> NDArray[np.float64]:
    """``AᵀA`` in float64, shape (short side, short side), for LAPACK: the short side must fit in memory squared."""
    short = operator.shape[1]
    out = np.zeros((short, short))
    for start in range(0, short, 256):
        panel = np.zeros((short, min(256, short - start)))
        panel[start : start + panel.shape[1]] = np.eye(panel.shape[1])
        out[:, start : start + panel.shape[1]] = operator.back(operator.times(panel))
    return out
