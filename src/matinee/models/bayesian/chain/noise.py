"""How far ratings lie from what is predicted: some people are steady, others are not, and so are films.

A rating's precision is ``all × user_u × item_i``, with ``user_u ~ Gamma(ν/2, ν/2)`` and the items' likewise
(Lakshminarayanan, Bouchard and Archambeau 2011, section 3, there for users and items as sums). ν says how alike they
are, and is drawn by Metropolis steps. On real ratings this is worth more than any feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.matrix.sparse import RatingMatrix

_STEPS: Final = 3
_STEP: Final = 0.2
"""Metropolis steps a draw, and their size on the scale of log ν."""

_LEAST_ALIKE: Final = 1.0
_USUALLY_ALIKE: Final = 50.0
"""ν is at least the first, and what it is beyond has an exponential prior of the second as mean."""


@dataclass
class Varying:
    """Relative precisions of one side, float64, shape ``(rows,)``, and ν (``alike``)."""

    STATE: ClassVar[tuple[str, ...]] = ("precision", "alike")

    precision: NDArray[np.float64]
    alike: float = 10.0

    def draw(self, squares: NDArray[np.floating], counts: NDArray[np.int64], rng: np.random.Generator) -> None:
        """Given each row's sum of squared residuals, in units of all other precision, and its number of them."""
        self.precision = rng.gamma((self.alike + counts) / 2.0) / ((self.alike + squares) / 2.0)
        logs, total, rows = float(np.log(self.precision).sum()), float(self.precision.sum()), len(self.precision)
        for _ in range(_STEPS):
            moved = self.alike * float(np.exp(_STEP * rng.standard_normal()))
            if moved < _LEAST_ALIKE:
                continue
            gain = _log_density(moved, rows, logs, total) - _log_density(self.alike, rows, logs, total)
            if log(1.0 - rng.random()) < gain + log(moved / self.alike):
                self.alike = moved


def _log_density(alike: float, rows: int, logs: float, total: float) -> float:
    half = alike / 2.0
    return rows * (half * log(half) - lgamma(half)) + (half - 1.0) * logs - half * total - alike / _USUALLY_ALIKE


class Noise:
    """The precision of every rating: ``all``, and of each user and item where ``varies``.

    ``apart``: ``all`` is drawn elsewhere, where ratings are latent.
    """

    STATE: ClassVar[tuple[str, ...]] = ("all", "user", "item")

    def __init__(self, matrix: RatingMatrix, varies: bool, apart: bool = False) -> None:
        self._apart, self.varies = apart, varies
        self._offsets, self._items = matrix.by_user.offsets, matrix.by_item.offsets
        self._user_counts, self.item_counts = matrix.user_counts, matrix.item_counts
        self._column = matrix.by_user.indices
        self._scratch = tuple(np.zeros(len(self._column) + 1) for _ in range(2))
        self.all = 1.0
        self.user, self.item = (Varying(np.ones(count)) for count in matrix.shape)

    def draw(self, residuals: NDArray[np.floating], rng: np.random.Generator) -> None:
        """Given what is left of every rating, in the order of users, shape ``(ratings,)``."""
        squares = np.square(residuals, out=self._scratch[0][:-1], dtype=np.float64)
        by_user = self._by_user()
        if not self._apart:
            self.all = float(rng.gamma(1.0 + len(squares) / 2.0) / (1.0 + self.user.precision @ by_user / 2.0))
        if not self.varies:
            return
        self.user.draw(self.all * by_user, self._user_counts, rng)
        squares *= np.repeat(self.user.precision, self._user_counts)
        by_item = np.bincount(self._column, squares, len(self.item_counts))
        self.item.draw(self.all * by_item, self.item_counts, rng)

    def _by_user(self) -> NDArray[np.float64]:
        """Sums of each user's squares, times the items' precision, in memory that is kept: new pages are dear."""
        numbers, spare = self._scratch
        if self.varies:
            weighed = np.take(self.item.precision, self._column, out=spare[:-1], mode="clip")
            weighed *= numbers[:-1]
            numbers = spare
        return np.where(self._user_counts > 0, np.add.reduceat(numbers, self._offsets[:-1]), 0.0)

    def of_ratings(self) -> NDArray[np.float64]:
        """Of each rating, in the order of users, shape ``(ratings,)``."""
        own = np.repeat(self.all * self.user.precision, self._user_counts)
        return np.asarray(own * self.item.precision[self._column])

    def steadiness(self) -> NDArray[np.float32]:
        """The root of each rating's precision beside ``all``, in the order of users, shape ``(ratings,)``."""
        by_user = np.sqrt(self.user.precision).astype(np.float32)
        return np.repeat(by_user, self._user_counts) * np.sqrt(self.item.precision).astype(np.float32)[self._column]

    def of_rows(self, side: Varying) -> NDArray[np.float32]:
        """``all`` × a side's own, as the kernel takes the precision of rows."""
        return (self.all * side.precision).astype(np.float32)
