"""Item neighbourhoods: a film is scored by how many films like it a user liked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.kernels.gram import gram
from matinee.models.common.item_model import A_BLOCK, ItemModel, blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
    from matinee.matrix.sparse import RatingMatrix


@dataclass(frozen=True)
class ItemKNN(ItemModel):
    """The similarities of a film to the films a user liked, summed over the film's nearest neighbours.

    ``sim(i, j) = |U_i ∩ U_j| / (√(|U_i| |U_j|) + shrinkage)`` with U_i the users who liked film i: the cosine of
    two columns of X (Deshpande and Karypis 2004, section 4.1), shrunk where few users tell (as in Ferrari Dacrema,
    Cremonesi and Jannach 2019). ``W_ij = sim(i, j)`` for the ``neighbours`` films j most similar to i, else 0; of
    equally similar films those with the lower index.
    """

    name: ClassVar[str] = "item-knn"
    when: ClassVar[str] = "to rank films by neighbours that can be shown: because you liked these"
    summary: ClassVar[str] = (
        "This model finds, for each film, the films that the same users liked, and adds up the similarities of those "
        "that a user liked."
    )

    neighbours: int = parameter(100, "most similar films that count for a film", low=1, high=100_000)
    shrinkage: float = parameter(
        10.0, "added to the cosine's denominator, in users: damps rare films", low=0.0, high=1e9
    )

    def bytes_needed(self, users: int, items: int) -> tuple[int, str]:  # noqa: ARG002
        """Peak bytes of a fit, and the formula they come from."""
        return 4 * items**2 + A_BLOCK * items, f"4 n² + {A_BLOCK:,} n"

    def weights(self, matrix: RatingMatrix, options: RunOptions) -> NDArray[np.float32]:
        """The similarities of each film to its neighbours."""
        items = matrix.shape[1]
        root = np.sqrt(matrix.item_counts).astype(np.float32)
        weights = np.empty((items, items), np.float32)
        for start, stop in blocks(items):
            shared = gram(matrix.by_item.part(start, stop), matrix.by_user, items, options.workers)
            beside = np.outer(root[start:stop], root) + np.float32(self.shrinkage)
            similar = np.divide(shared, beside, out=shared, where=shared > 0)
            similar[np.arange(stop - start), np.arange(start, stop)] = 0.0
            weights[:, start:stop] = nearest(similar, self.neighbours).T
            options.progress("comparing films", stop / items)
        return weights


def nearest(similar: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """``similar`` with all but the ``count`` largest of each row 0; of equals the first stay. Shape kept."""
    if count >= similar.shape[1]:
        return similar
    limit = np.partition(similar, -count, axis=1)[:, -count, None]
    level = similar == limit
    room = count - np.count_nonzero(similar > limit, axis=1, keepdims=True)
    kept = (similar > limit) | (level & (np.cumsum(level, axis=1) <= room))
    return np.where(kept, similar, np.float32(0.0))
