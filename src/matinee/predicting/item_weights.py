"""Scores as the weights of an item to the items that a user chose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from matinee.kernels.compress import Compressed
from matinee.kernels.spmm import spmm
from matinee.kernels.spmm_at import spmm_at
from matinee.matrix.fields import array, freeze
from matinee.predicting.scorer import Contributions, Scorer, Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.predicting.pairs import Grid, Pairs


@dataclass(frozen=True)
class ItemWeights(Scorer):
    """``score(u, i) = Σ_j x_uj W_ji`` with X the users' choices, sparse, and W the weights of items, dense.

    For m users with nnz choices of n items: ``8 nnz + 4 n²`` bytes, and 8 a user.

    Attributes
    ----------
    offsets : int64, shape ``(m + 1,)``: user u's choices are ``offsets[u]`` to ``offsets[u + 1] - 1`` of the next two.
    chosen : items, int32, ascending within a user, shape ``(nnz,)``.
    weight : x of each choice, float32, shape ``(nnz,)``.
    weights : W, float32, shape ``(n, n)``: row j is what choosing item j adds to every item.

    """

    offsets: NDArray[np.int64] = array("m+1", np.int64)
    chosen: NDArray[np.int32] = array("c", np.int32)
    weight: NDArray[np.float32] = array("c")
    weights: NDArray[np.float32] = array("nn")

    def __post_init__(self) -> None:
        freeze(self)

    @property
    def shape(self) -> tuple[int, int]:
        """Users and items, m and n."""
        return len(self.offsets) - 1, len(self.weights)

    @property
    def choices(self) -> Compressed:
        """X in compressed rows."""
        return Compressed(self.offsets, self.chosen, self.weight)

    def score(self, pairs: Pairs) -> Scores:
        """Sums in float64, in the order of a user's choices."""
        value = spmm_at(self.choices, self.weights, pairs.user.index, pairs.item.index, 1)
        return Scores(value, np.ones(len(pairs)))

    def score_rows(self, grid: Grid) -> NDArray[np.float32]:
        """Rows of X times W, in float32, shape ``(b, n)``."""
        return spmm(self.choices.take(grid.user.index), self.weights, 1)

    def contributions(self, pairs: Pairs) -> Contributions:
        """The weight of each item that the user chose."""
        nothing = np.zeros(len(pairs))
        return Contributions(nothing, nothing, nothing, nothing, *self._terms(pairs))

    def of_people(self, rows: Compressed) -> Self:
        """The same weights for other users, whose choices are the entries of ``rows``."""
        offsets, chosen, weight = rows
        return replace(self, offsets=offsets, chosen=chosen, weight=weight)

    def _terms(self, pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Offsets by pair, and of each choice of its user the item and ``x W``."""
        offsets, chosen, weight = self.choices.take(pairs.user.index)
        item = np.repeat(pairs.item.index, np.diff(offsets))
        return offsets, chosen, weight.astype(np.float64) * self.weights[chosen, item]
