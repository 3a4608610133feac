"""The mean of the draws of P Qᵀ, kept as two thin matrices whatever the number of draws.

Draws laid side by side have rank × draws columns, and soon more than there are films. Their mean has few strong
directions: whenever columns pile up they are rotated to the mean's singular vectors and cut to the strongest.
The loss is measured on pairs whose mean is summed exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLOOR: Final = 1e-6
"""Directions in which people differ less than this share of the most are taken to differ so much."""


_FLAT: Final = 1e-6
"""Share of the largest squared length under which a direction is rounding."""


class MeanProduct:
    """``Σ_s L_s R_sᵀ`` over draws s, and the covariance of rows of L in the coordinates of R.

    The first ``leading`` rows of ``left`` choose the directions that are kept; others multiply R too.
    """

    STATE: ClassVar[tuple[str, ...]] = ("draws", "_left", "_right", "_spread")

    def __init__(self, leading: int, kept: int) -> None:
        self.draws = 0
        self._leading = leading
        self._kept = kept
        self._left: list[NDArray[np.float32]] = []
        self._right: list[NDArray[np.float32]] = []
        self._spread: list[NDArray[np.float64]] = []

    def add(self, left: NDArray[np.float32], right: NDArray[np.float32], variance: NDArray[np.float64]) -> None:
        """Add a draw: shapes ``(l, k)``, ``(n, k)``, and the prior variance of each column of L, ``(k,)``."""
        self.draws += 1
        self._left.append(left)
        self._right.append(right)
        self._spread.append(np.diag(variance))
        if sum(part.shape[1] for part in self._right) > 2 * self._kept + right.shape[1]:
            self._compress()

    def factors(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean ``L`` and ``R``, shapes ``(l, kept)`` and ``(n, kept)``, turned so that rows of L have prior variance 1.

        Columns from the one in which rows differ most to the one in which they differ least.
        """
        self._compress()
        spread, axes = np.linalg.eigh(self._spread[0] / self.draws)
        spread, axes = spread[::-1], axes[:, ::-1]
        root = np.sqrt(np.maximum(spread, _FLOOR * max(spread[0], np.finfo(np.float32).tiny)))
        return (self._left[0] @ axes) / (root * self.draws), (self._right[0] @ axes) * root

    def _compress(self) -> None:
        left, right = (np.concatenate(parts, axis=1) for parts in (self._left, self._right))
        size, turn = np.linalg.eigh((right.T @ right).astype(np.float64))
        used = size > _FLAT * size[-1]
        root, turn = np.sqrt(size[used]), turn[:, used]
        upper = root[:, None] * turn.T  # right = basis @ upper, with basis orthonormal
        left = left @ upper.T.astype(np.float32)
        leading = left[: self._leading]
        axes = np.linalg.eigh((leading.T @ leading).astype(np.float64))[1][:, ::-1][:, : self._kept]
        self._left = [left @ axes.astype(np.float32)]
        self._right = [right @ (turn / root @ axes).astype(np.float32)]
        self._spread = [axes.T @ upper @ _block_diagonal(self._spread) @ upper.T @ axes]


def _block_diagonal(blocks: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    out, at = np.zeros((sum(map(len, blocks)),) * 2), 0
    for block in blocks:
        out[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return out


class MeanVector:
    """The mean of the draws of some numbers."""

    STATE: ClassVar[tuple[str, ...]] = ("_sum", "_draws")

    def __init__(self) -> None:
        self._sum: NDArray[np.float64] | None = None
        self._draws = 0

    def add(self, numbers: NDArray[np.floating]) -> None:
        """Add a draw, always of the same shape."""
        self._sum = numbers.astype(np.float64) if self._sum is None else self._sum + numbers
        self._draws += 1

    @property
    def value(self) -> NDArray[np.float64]:
        """The mean, float64."""
        assert self._sum is not None
        return np.ascontiguousarray(self._sum / self._draws)
