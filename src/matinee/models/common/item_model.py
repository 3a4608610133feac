"""Models that score a film by its weights to the films a user liked: rows of taste times a table of weights."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.fitting.preference import PreferenceModel
from matinee.kernels.memory import available_memory
from matinee.predicting.factors import Factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

BLOCK: Final = 512
"""Rows worked on at once."""

A_BLOCK: Final = 40 * BLOCK
"""Bytes a film of what is made on the way to a block of rows, and thrown away."""


@dataclass(frozen=True, kw_only=True)
class ItemModel(PreferenceModel):
    """``score(u, i) = Σ_j x_uj W_ij`` with ``x_uj`` 1 where user u liked film j, else 0.

    As factors: ``P = X``, the users' rows of taste, dense, and ``Q = W``; the rank is the number of films n, and
    the scores are exact. For m users the model takes ``4 m n + 4 n²`` bytes, and its fit `bytes_needed` beside the
    ratings themselves.
    """

    @abstractmethod
    def weights(self, matrix: RatingMatrix, taste: NDArray[np.float32], options: RunOptions) -> NDArray[np.float32]:
        """W, float32, shape ``(n, n)``, its diagonal 0. ``taste``: X, float32, shape ``(m, n)``."""

    def bytes_needed(self, users: int, items: int) -> tuple[int, str]:
        """Peak bytes of a fit, and the formula they come from."""
        return 4 * users * items + 4 * items**2 + A_BLOCK * items, f"4 m n + 4 n² + {A_BLOCK:,} n"

    def learn(self, matrix: RatingMatrix, options: RunOptions) -> Factors:
        """X and W. Raises `ConfigError` where they, or the fit, would not fit into memory."""
        users, items = matrix.shape
        self._check_memory(*self.bytes_needed(users, items), users, items)
        taste = rows_of_taste(matrix.by_user, items)
        nothing = np.zeros(users, np.float32), np.zeros(items, np.float32)
        return Factors(0.0, *nothing, taste, self.weights(matrix, taste, options))

    def fold_rows(
        self,
        factors: Factors,
        rows: Compressed,
        threads: int,  # noqa: ARG002
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The new people's rows of taste: W does not change. Raises `ConfigError` where they would not fit."""
        people, items = rows.row_count, len(factors.item_bias)
        self._check_memory(4 * people * items, "4 m n", people, items)
        return np.zeros(people, np.float32), rows_of_taste(rows, items)

    def _check_memory(self, needed: int, formula: str, users: int, items: int) -> None:
        if needed > (most := available_memory()):
            raise ConfigError(
                f"{self.name}: {users:,} users (m) and {items:,} films (n) need {formula} = {needed:,} bytes; "
                f"there are {most:,}; take implicit-als, which needs a few numbers a user and a film, or fewer users"
            )


def rows_of_taste(rows: Compressed, items: int) -> NDArray[np.float32]:
    """X, float32, shape ``(b, items)``: 1 at the entries of b compressed rows, 0 elsewhere."""
    people = rows.row_count
    taste = np.zeros((people, items), np.float32)
    taste[rows.row_of_entries(), rows.indices] = 1.0
    return taste


def ones(rows: Compressed, start: int = 0, stop: int | None = None) -> Compressed:
    """Rows ``start`` to ``stop`` with each entry 1."""
    return rows.part(start, rows.row_count if stop is None else stop).with_ones()


def blocks(count: int) -> list[tuple[int, int]]:
    """``(start, stop)`` of runs of at most `BLOCK` out of ``count``."""
    return [(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]
