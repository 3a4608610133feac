"""What biases and factors leave of known entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed


def residuals(
    rows: Compressed,
    own: tuple[NDArray[np.float32], NDArray[np.float32]],
    other: tuple[NDArray[np.float32], NDArray[np.float32]],
    shift: float,
    threads: int,
) -> NDArray[np.float32]:
    """``value - shift - b_row - b_column - p · q`` at every entry, float32, shape ``(entries,)``.

    ``own`` and ``other`` are factors (padded, shapes ``(rows, stride)`` and ``(columns, stride)``) and biases of
    each side. The result does not depend on ``threads``.
    """
    out = np.empty(len(rows[1]), np.float32)
    _native.residuals(*rows, own[0], other[0], own[1], other[1], shift, out, threads)
    return out
