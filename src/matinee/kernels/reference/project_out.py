"""NumPy twin of `matinee.kernels.project_out`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def project_out(basis: NDArray[np.floating], panel: NDArray[np.floating]) -> NDArray[np.float64]:
    """Take the part in the span of ``basis`` out of ``panel``, in place; the coefficients taken out."""
    known = np.concatenate(list(basis), axis=1).astype(np.float64)
    parts = known.T @ panel
    panel -= (known @ parts).astype(panel.dtype)
    return parts
