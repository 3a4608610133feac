"""Arrays that start where a cache line does, so that no row of 16 numbers lies across two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINE: Final = 64


def aligned_zeros(rows: int, columns: int) -> NDArray[np.float32]:
    """Zeros, float32, shape ``(rows, columns)``, C order, at an address that 64 divides."""
    count = rows * columns
    room = np.zeros(4 * count + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    return room[start : start + 4 * count].view(np.float32).reshape(rows, columns)
