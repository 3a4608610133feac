"""The normal distribution function."""

from __future__ import annotations

from math import erfc, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EACH: Final = np.frompyfunc(lambda number: 0.5 * erfc(number), 1, 1)


def cumulative(number: NDArray[np.floating]) -> NDArray[np.float64]:
    """Φ: the share of a standard normal under each number, float64, right to the last digits in the lower tail."""
    return np.asarray(_EACH(number * -sqrt(0.5)), dtype=np.float64)
