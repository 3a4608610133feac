"""Noise of ratings about predictions, which differs from user to user and from film to film.

A rating's precision is ``all × user_u × item_i``, with ``user_u ~ Gamma(ν/2, ν/2)`` and the items' likewise
(Lakshminarayanan, Bouchard and Archambeau 2011, section 3, there for users and items as sums). ν, the degrees
of freedom, is the larger the more alike they are, and is drawn by Metropolis steps. On real ratings this is worth more
than any feature.
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

_LEAST_FREEDOM: Final = 1.0
_USUAL_FREEDOM: Final = 50.0
"""The least ν, and the mean of the exponential prior of its excess."""


@dataclass
class Varying:
    """Relative precisions of one side, float64, shape ``(rows,)``, and ν (``freedom``)."""

    STATE: ClassVar[tuple[str, ...]] = ("precision", "freedom")

    precision: NDArray[np.float64]
    freedom: float = 10.0

    def draw(self, squares: NDArray[np.floating], counts: NDArray[np.int64], rng: np.random.Generator) -> None:
        """Draw given each row's sum of squared residuals, in units of all other precision, and its number of them."""
        self.precision = rng.gamma((self.freedom + counts) / 2.0) / ((self.freedom + squares) / 2.0)
        logs = float(np.log(self.precision).sum())
        total = float(self.precision.sum())
        rows = len(self.precision)
        for _ in range(_STEPS):
            proposal = self.freedom * float(np.exp(_STEP * rng.standard_normal()))
            if proposal < _LEAST_FREEDOM:
                continue
            gain = _log_density(proposal, rows, logs, total) - _log_density(self.freedom, rows, logs, total)
            if log(1.0 - rng.random()) < gain + log(proposal / self.freedom):
                self.freedom = proposal


def _log_density(freedom: float, rows: int, logs: float, total: float) -> float:
    half = freedom / 2.0
    return rows * (half * log(half) - lgamma(half)) + (half - 1.0) * logs - half * total - freedom / _USUAL_FREEDOM


class Noise:
    """The precision of every rating: ``all``, and of each user and item where ``varies``.

    ``apart``: ``all`` is drawn with the thresholds, where ratings are latent.
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
        """Draw given the residual of every rating, in the order of users, shape ``(ratings,)``."""
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
        """Sums of each user's squares, times the items' precision, in memory that is kept, since new pages are dear."""
        numbers, spare = self._scratch
        if self.varies:
            weighed = np.take(self.item.precision, self._column, out=spare[:-1], mode="clip")
            weighed *= numbers[:-1]
            numbers = spare
        return np.where(self._user_counts > 0, np.add.reduceat(numbers, self._offsets[:-1]), 0.0)

    def of_ratings(self) -> NDArray[np.float64]:
        """The precision of each rating, in the order of users, shape ``(ratings,)``."""
        by_user = np.repeat(self.all * self.user.precision, self._user_counts)
        return np.asarray(by_user * self.item.precision[self._column])

    def root_precision(self) -> NDArray[np.float32]:
        """The root of each rating's precision beside ``all``, in the order of users, shape ``(ratings,)``."""
        by_user = np.sqrt(self.user.precision).astype(np.float32)
        return np.repeat(by_user, self._user_counts) * np.sqrt(self.item.precision).astype(np.float32)[self._column]

    def of_rows(self, side: Varying) -> NDArray[np.float32]:
        """Precisions of the rows of ``side``, as the kernel takes them."""
        return (self.all * side.precision).astype(np.float32)
