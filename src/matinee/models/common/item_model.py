"""Models that score a film by its weights to the films a user liked: `ItemWeights`."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from matinee.errors import ConfigError
from matinee.fitting.model import Learnt
from matinee.fitting.preference import PreferenceModel
from matinee.kernels.memory import available_memory
from matinee.predicting.item_weights import ItemWeights
from matinee.predicting.report import FitReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.fitting.model import Training
    from matinee.fitting.options import RunOptions
    from matinee.matrix.sparse import RatingMatrix
    from matinee.predicting.fold_in import NewPeople

BLOCK: Final = 512
"""Rows worked on at once."""

A_BLOCK: Final = 40 * BLOCK
"""Bytes a film of what is made on the way to a block of rows, and thrown away."""


@dataclass(frozen=True, kw_only=True)
class ItemModel(PreferenceModel):
    """A model that learns `ItemWeights`: ``x_uj`` is 1 where user u liked film j, else 0.

    For m users with nnz liked films of n the model takes ``8 nnz + 4 n²`` bytes, and its fit `bytes_needed` beside
    the ratings themselves.
    """

    scorer: ClassVar[type[ItemWeights]] = ItemWeights

    @abstractmethod
    def weights(self, matrix: RatingMatrix, options: RunOptions) -> NDArray[np.float32]:
        """W, float32, shape ``(n, n)``, its diagonal 0."""

    @abstractmethod
    def bytes_needed(self, users: int, items: int) -> tuple[int, str]:
        """Peak bytes of a fit, and the formula they come from."""

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """X and W. Raises `ConfigError` where the fit would not go into memory."""
        matrix = training.matrix
        users, items = matrix.shape
        self._check_memory(*self.bytes_needed(users, items), users, items)
        weights = self.weights(matrix, options)
        return Learnt(ItemWeights(*matrix.by_user.with_ones(), weights), FitReport())

    def fold_in(self, scorer: ItemWeights, people: NewPeople, threads: int) -> ItemWeights:  # noqa: ARG002
        """The new people's choices: W does not change."""
        return scorer.of_people(people.rows.with_ones())

    def _check_memory(self, needed: int, formula: str, users: int, items: int) -> None:
        if needed > (most := available_memory()):
            raise ConfigError(
                f"{self.name}: {users:,} users (m) and {items:,} films (n) need {formula} = {needed:,} bytes; "
                f"there are {most:,}; take implicit-als, which needs a few numbers a user and a film, or fewer users"
            )


def blocks(count: int) -> list[tuple[int, int]]:
    """``(start, stop)`` of runs of at most `BLOCK` out of ``count``."""
    return [(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
