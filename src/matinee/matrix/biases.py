"""Biases of users and items about a mean: the rating expected from the user and the item alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.matrix.fields import array, freeze, number

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Baseline:
    """``mean + user[u] + item[i]``: the mean (stars) and two float32 vectors of biases (stars)."""

    mean: float = number()
    user: NDArray[np.float32] = array("m")
    item: NDArray[np.float32] = array("n")

    def __post_init__(self) -> None:
        freeze(self)

    def predict(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """Expected ratings at index pairs, shape ``(n,)``, not clipped."""
        return np.asarray(self.mean + self.user[user].astype(np.float64) + self.item[item])
