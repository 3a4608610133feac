"""Scores as a mean, biases and the product of two tables of factors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from matinee.kernels.row_products import row_products
from matinee.matrix.fields import array, arrays_of, freeze, number
from matinee.predicting.scorer import Contributions, Scorer, Scores
from matinee.predicting.sources import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.predicting.pairs import Grid, Pairs


@dataclass(frozen=True)
class LinearFactors(Scorer):
    """``mean + user_bias + item_bias + P Qᵀ``, in stars, or a preference without unit.

    A model that keeps more than this declares a subclass in its own file.

    Attributes
    ----------
    mean : of the ratings; 0 for a preference.
    user_bias, item_bias : float32, shapes ``(m,)`` and ``(n,)``.
    user_factors, item_factors : P and Q, float32, shapes ``(m, k)`` and ``(n, k)``.

    """

    mean: float = number()
    user_bias: NDArray[np.float32] = array("m")
    item_bias: NDArray[np.float32] = array("n")
    user_factors: NDArray[np.float32] = array("mk")
    item_factors: NDArray[np.float32] = array("nk")

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def shape(self) -> tuple[int, int]:
        """Users and items, m and n."""
        return len(self.user_bias), len(self.item_bias)

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where there are none."""
        return int(self.user_factors.shape[1])

    @property
    def source(self) -> Source:
        """The model, biases alone, or the mean alone."""
        if self.rank:
            return Source.MODEL
        return Source.BIAS if self.user_bias.any() or self.item_bias.any() else Source.MEAN

    def at(self, user: NDArray[np.integer], item: NDArray[np.integer]) -> NDArray[np.float64]:
        """``mean + b_u + b_i + p_u · q_i`` at pairs of indices, float64, shape ``(n,)``."""
        value = self.mean + self.user_bias[user].astype(np.float64) + self.item_bias[item]
        return np.asarray(value + row_products(self.user_factors, user, self.item_factors, item))

    def score(self, pairs: Pairs) -> Scores:
        """The same, as far from ratings for all pairs."""
        return Scores(self.at(pairs.user.index, pairs.item.index), np.ones(len(pairs)))

    def score_rows(self, grid: Grid) -> NDArray[np.float32]:
        """The same for b users and every item, float32, shape ``(b, n)``."""
        return self._product(grid.user.index, self.user_factors[grid.user.index])

    def contributions(self, pairs: Pairs) -> Contributions:
        """Mean and biases; ``rest`` is the product of factors, which no single rating explains."""
        user = pairs.user.index
        item = pairs.item.index
        return Contributions(
            mean=np.full(len(pairs), self.mean),
            user=self.user_bias[user].astype(np.float64),
            item=self.item_bias[item].astype(np.float64),
            rest=row_products(self.user_factors, user, self.item_factors, item),
            offsets=np.zeros(len(pairs) + 1, np.int64),
            items=np.zeros(0, np.int32),
            ratings=np.zeros(0),
        )

    def of_people(self, bias: NDArray[np.float32], factors: NDArray[np.float32]) -> Self:
        """The same items for other users, of biases ``(b,)`` and factors ``(b, k)``."""
        return replace(self, user_bias=bias, user_factors=factors)

    def over_items(self, items: NDArray[np.integer]) -> Self:
        """The same users with ``items`` in place of all, each as often as it is named."""
        few = {name: content[items] for name, stored, content in arrays_of(self) if stored.axes[0] == "n"}
        return replace(self, **few)

    def _product(self, user: NDArray[np.integer], rows: NDArray[np.float32]) -> NDArray[np.float32]:
        value = rows @ self.item_factors.T
        value += self.user_bias[user, None] + np.float32(self.mean)
        value += self.item_bias
        return np.asarray(value)
