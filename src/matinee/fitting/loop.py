"""The loop that every iterative model shares: sweep, watch, keep the best, stop in time."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

import numpy as np

from matinee.errors import NumericalError
from matinee.kernels.compress import compress
from matinee.kernels.sddmm import sddmm_residual
from matinee.predicting.report import ALL_SWEEPS, CUTS, NO_GAIN, RMSE, Iteration, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.fitting.stopping import Stop
    from matinee.kernels.compress import Compressed
    from matinee.predicting.factors import LinearFactors

GAIN: Final = 1e-4
"""Share of the watched error that sweeps must take off, since the last progress, to count as progress."""


class Learner(Protocol):
    """A fit in progress."""

    def sweep(self) -> float:
        """Make one more sweep (or epoch); returns the objective after it, which the method minimises."""

    def scorer(self) -> LinearFactors:
        """A copy of the factors so far, which later sweeps leave alone."""


class Watch(Protocol):
    """Ratings set aside to watch an iteration by, and an error on them, which should fall."""

    @property
    def measure(self) -> str:
        """The name of the error."""

    def error(self, factors: LinearFactors) -> float:
        """The error of ``factors`` on the ratings set aside."""


@dataclass(frozen=True)
class StarsWatch:
    """Ratings set aside to watch an iteration by: index pairs and stars, shape ``(n,)`` each.

    Predictions are clipped to ``low`` and ``high``, stars.
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    value: NDArray[np.float32]
    low: float
    high: float

    measure: ClassVar[str] = RMSE

    def error(self, factors: LinearFactors) -> float:
        """Root mean squared error of clipped predictions, stars."""
        rows = self._rows
        bias = factors.user_bias[: rows.row_count].astype(np.float64)
        predicted = factors.mean + np.repeat(bias, rows.lengths) + factors.item_bias[rows.indices]
        zeros = rows.with_values(np.zeros_like(rows.values))
        predicted -= sddmm_residual(zeros, 0.0, factors.user_factors[: rows.row_count], factors.item_factors, 1)[0]
        return float(np.sqrt(np.mean(np.square(np.clip(predicted, self.low, self.high) - rows.values))))

    @cached_property
    def _rows(self) -> Compressed:
        return compress(self.user, self.item, self.value, int(self.user.max()) + 1, 1)


@dataclass(frozen=True)
class Run:
    """The course of an iteration: the best factors, the sweep they are from, every step; ``ended``: see `Iteration`."""

    factors: LinearFactors
    best: int
    steps: tuple[Step, ...]
    ended: str
    measure: str = RMSE

    @property
    def cut_short(self) -> bool:
        """True if it was stopped from outside."""
        return self.ended in CUTS

    def iteration(self, watched: Run | None = None) -> Iteration:
        """The record of it; ``watched``: the run that chose the number of sweeps, whose trace has the watched error."""
        chooser = watched or self
        watched_steps = None if watched is None else watched.steps
        return Iteration(self.best, chooser.ended, self.steps, watched_steps, chooser.measure)


def train(
    learner: Learner,
    sweeps: int,
    stop: Stop,
    progress: Callable[[float, str], None],
    watch: Watch | None = None,
    patience: int = 0,
    word: str = "sweep",
) -> Run:
    """Sweep up to ``sweeps`` times; with ``watch``, until ``patience`` sweeps have brought no gain.

    The best sweep is the one with the lowest watched error, or the last one where nothing is watched. At least
    one sweep is made. ``word``: the name of one in messages, ``"sweep"`` or ``"epoch"``. Raises `NumericalError`
    where the objective or the watched error is not finite.
    """
    started = time.perf_counter()
    steps: list[Step] = []
    best = _Best()
    ended = ALL_SWEEPS
    for number in range(1, sweeps + 1):
        objective = _finite(learner.sweep(), f"{word} {number}: the objective")
        error = best.see(number, learner, watch, word)
        steps.append(Step(number, objective, error, time.perf_counter() - started))
        progress(number / sweeps, f"{word} {number}" + (f", {watch.measure} {error:.4f}" if watch else ""))
        reason = stop.reason or (NO_GAIN if watch and patience and best.stale >= patience else None)
        if reason and number < sweeps:
            ended = reason
            break
    if best.factors is None:
        return Run(learner.scorer(), len(steps), tuple(steps), ended)
    return Run(best.factors, best.number, tuple(steps), ended, watch.measure if watch else RMSE)


class _Best:
    """The best factors on the watched ratings, and the number of sweeps since the last gain."""

    def __init__(self) -> None:
        self.error = self._mark = math.inf
        self.number = self.stale = 0
        self.factors: LinearFactors | None = None

    def see(self, number: int, learner: Learner, watch: Watch | None, word: str) -> float | None:
        """Take in the factors after a sweep; returns their error."""
        if watch is None:
            return None
        factors = learner.scorer()
        error = _finite(watch.error(factors), f"{word} {number}: the {watch.measure} of the watched ratings")
        self.stale += 1
        if error < self._mark * (1 - GAIN):
            self.stale = 0
            self._mark = error
        if error < self.error:
            self.error = error
            self.number = number
            self.factors = factors
        return error


def _finite(number: float, what: str) -> float:
    if math.isfinite(number):
        return float(number)
    raise NumericalError(
        f"{what} is {number}; allowed are finite numbers; try a larger regularization or a smaller learning_rate"
    )
