"""An iterative model whose every sweep is known beforehand, for the tests of what such models share."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.predicting.factors import LinearFactors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

THREE = 3.0


def of_mean(mean: float) -> LinearFactors:
    """What predicts ``mean`` for its one user and its one item."""
    return constant(mean, 1, 1)


def constant(mean: float, users: int, items: int) -> LinearFactors:
    """What predicts ``mean`` for everybody and everything."""
    sides = (np.zeros(size, np.float32) for size in (users, items, (users, 0), (items, 0)))
    return LinearFactors(mean, *sides)


@dataclass(frozen=True)
class SweepFactors(LinearFactors):
    """Factors that know how many sweeps made them."""

    sweeps: int = 0


@dataclass
class Scripted:
    """A learner that is off by ``errors[n - 1]`` stars after sweep n, with objectives to match."""

    errors: tuple[float, ...]
    start: LinearFactors = field(default_factory=lambda: of_mean(THREE))
    before: Callable[[int], None] = lambda number: None
    done: int = 0

    def sweep(self) -> float:
        self.done += 1
        self.before(self.done)
        return 10 * self.errors[self.done - 1]

    def scorer(self) -> SweepFactors:
        start, error = self.start, self.errors[self.done - 1]
        sides = start.user_bias, start.item_bias, start.user_factors, start.item_factors
        return SweepFactors(start.mean + error, *sides, sweeps=self.done)


@dataclass(frozen=True)
class Creeping(IterativeModel):
    """Predicts the mean of the ratings, off by a tenth of a star for each epoch from the turning point."""

    name: ClassVar[str] = "creeping"
    when: ClassVar[str] = "in tests, to know what every epoch brings"
    summary: ClassVar[str] = "This model is for tests."
    counts: ClassVar[str] = "epochs"

    epochs: int = parameter(20, "epochs at most", low=1, high=1000)
    turn: int = parameter(6, "the epoch that is best", low=1, high=1000)
    patience: int = parameter(3, "epochs without gain before it stops; 0: never", low=0, high=1000)
    pause: float = parameter(0.0, "seconds that an epoch takes", low=0.0, high=100.0)

    fitted: ClassVar[list[tuple[int, int]]] = []
    """Ratings and epochs of every fit so far."""

    def start(self, matrix: RatingMatrix, options: RunOptions) -> Scripted:  # noqa: ARG002
        count = len(matrix)
        self.fitted.append((count, 0))

        def before(number: int) -> None:
            self.fitted[-1] = (count, number)
            time.sleep(self.pause)

        errors = tuple(0.1 * abs(number - self.turn) for number in range(1, self.epochs + 1))
        return Scripted(errors, constant(matrix.mean, *matrix.shape), before)

    def fold_rows(
        self,
        factors: LinearFactors,  # noqa: ARG002
        rows: Compressed,
        threads: int,  # noqa: ARG002
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        people = rows.row_count
        return np.zeros(people, np.float32), np.zeros((people, 0), np.float32)


def fits_of(model: type[Creeping] = Creeping) -> Iterator[list[tuple[int, int]]]:
    """A fixture's body: the list of fits, emptied before and after."""
    model.fitted.clear()
    yield model.fitted
    model.fitted.clear()
