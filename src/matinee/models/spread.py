"""How far truths lie from predictions: measured on held-out training ratings, by how much is known.

Split conformal prediction (Vovk, Gammerman and Shafer 2005, section 4.2; Lei et al. 2018): the limits are
quantiles of the errors on ratings that the fit did not see, taken within groups of equal support.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUPPORT_EDGES: Final = (0, 1, 2, 4, 8, 16, 32, 64, 128)
"""Where groups of support start: ratings of the user or of the item, whichever has fewer."""

_FEWEST: Final = 100
"""A group with fewer held-out ratings takes in its neighbours until there are so many."""


def support_group(user_count: NDArray[np.integer], item_count: NDArray[np.integer]) -> NDArray[np.intp]:
    """The group of each pair, 0 to ``len(SUPPORT_EDGES) - 1``, from the training ratings of both."""
    fewer = np.minimum(user_count, item_count)
    return np.asarray(np.searchsorted(SUPPORT_EDGES, fewer, side="right") - 1)


@dataclass(frozen=True)
class Spread:
    """What to add to a prediction for the limits of its interval, one pair for each support group.

    Where a model knows that some ratings scatter more than others (`Factors.deviation`), it is multiplied by that.

    Attributes
    ----------
    coverage : share of truths that the interval is made to hold, 0 to 1.
    below, above : stars to add, float64, shape ``(len(SUPPORT_EDGES),)``.

    """

    coverage: float
    below: NDArray[np.float64]
    above: NDArray[np.float64]

    @classmethod
    def measured(cls, error: NDArray[np.float64], group: NDArray[np.intp], coverage: float) -> Spread:
        """From held-out errors (truth minus prediction, stars, over their deviation) and the support group of each."""
        counts = np.bincount(group, minlength=len(SUPPORT_EDGES))
        spans = [_span(index, counts) for index in range(len(SUPPORT_EDGES))]
        limits = np.array([_limits(error[(group >= low) & (group <= high)], coverage) for low, high in spans])
        return cls(coverage, limits[:, 0], limits[:, 1])


def _span(index: int, counts: NDArray[np.intp]) -> tuple[int, int]:
    """The first and last group around ``index`` that together have enough, or all: widened on both sides in turn."""
    low, high, last = index, index, len(counts) - 1
    while counts[low : high + 1].sum() < _FEWEST and (low, high) != (0, last):
        low, high = (low, high + 1) if high < last and (high - index <= index - low or low == 0) else (low - 1, high)
    return low, high


def _limits(error: NDArray[np.float64], coverage: float) -> tuple[float, float]:
    """Order statistics that leave ``(1 - coverage) / 2`` out on each side, with the finite-sample correction."""
    ordered, n = np.sort(error), len(error)
    out = int(np.floor((n + 1) * (1 - coverage) / 2))
    return float(ordered[max(0, out - 1)]), float(ordered[min(n - 1, n - out)])
