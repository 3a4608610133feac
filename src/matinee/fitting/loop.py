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
        """One more sweep (or epoch); the objective after it, which the method minimises."""

    def scorer(self) -> LinearFactors:
        """What has been learnt so far: a copy that later sweeps leave alone."""


class Watch(Protocol):
    """Ratings set aside to watch an iteration by, and the error that they are watched by, which should fall."""

    @property
    def measure(self) -> str:
        """What the error is called."""

    def error(self, factors: LinearFactors) -> float:
        """The error of ``factors`` on the ratings set aside."""


@dataclass(frozen=True)
class StarsWatch:
    """Ratings set aside to watch an iteration by: index pairs and stars, shape ``(n,)`` each.

    ``low`` and ``high``: what predictions are clipped to, stars.
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    value: NDArray[np.float32]
    low: float
    high: float

    measure: ClassVar[str] = RMSE

    def error(self, factors: LinearFactors) -> float:
        """Root mean squared error of clipped predictions, stars."""
        rows, users = self._rows, self._rows.row_count
        predicted = factors.mean + np.repeat(factors.user_bias[:users].astype(np.float64), rows.lengths)
        predicted += factors.item_bias[rows.indices]
        zeros = rows.with_values(np.zeros_like(rows.values))
        predicted -= sddmm_residual(zeros, 0.0, factors.user_factors[:users], factors.item_factors, 1)[0]
        return float(np.sqrt(np.mean(np.square(np.clip(predicted, self.low, self.high) - rows.values))))

    @cached_property
    def _rows(self) -> Compressed:
        return compress(self.user, self.item, self.value, int(self.user.max()) + 1, 1)


@dataclass(frozen=True)
class Run:
    """How an iteration went: the best factors, the sweep they are from, every step, and what ended it.

    ``ended``: see `Iteration`.
    """

    factors: LinearFactors
    best: int
    steps: tuple[Step, ...]
    ended: str
    measure: str = RMSE

    @property
    def cut_short(self) -> bool:
        """Whether it was stopped from outside."""
        return self.ended in CUTS

    def iteration(self, watched: Run | None = None) -> Iteration:
        """The record of it; ``watched``: the run that chose the number of sweeps, whose trace has the watched error."""
        if watched is None:
            return Iteration(self.best, self.ended, self.steps, None, self.measure)
        return Iteration(self.best, watched.ended, self.steps, watched.steps, watched.measure)


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
    one sweep is made. ``word`` is what people call one: ``"sweep"`` or ``"epoch"``. Raises `NumericalError`
    where the objective or the watched error is not finite.
    """
    started, steps, best, ended = time.perf_counter(), [], _Best(), ALL_SWEEPS
    for number in range(1, sweeps + 1):
        objective = _finite(learner.sweep(), f"{word} {number}: the objective")
        error = best.see(number, learner, watch, word)
        steps.append(Step(number, objective, error, time.perf_counter() - started))
        progress(number / sweeps, _said(f"{word} {number}", watch, error))
        reason = stop.reason or (NO_GAIN if watch and patience and best.stale >= patience else None)
        if reason and number < sweeps:
            ended = reason
            break
    if best.factors is None:
        return Run(learner.scorer(), len(steps), tuple(steps), ended)
    return Run(best.factors, best.number, tuple(steps), ended, watch.measure if watch else RMSE)


def _said(where: str, watch: Watch | None, error: float | None) -> str:
    return where if watch is None else f"{where}, {watch.measure} {error:.4f}"


class _Best:
    """The best factors seen on the watched ratings, and for how many sweeps nothing better came."""

    def __init__(self) -> None:
        self.error, self.number, self.stale = math.inf, 0, 0
        self._mark = math.inf
        self.factors: LinearFactors | None = None

    def see(self, number: int, learner: Learner, watch: Watch | None, word: str) -> float | None:
        if watch is None:
            return None
        factors = learner.scorer()
        error = _finite(watch.error(factors), f"{word} {number}: the {watch.measure} of the watched ratings")
        self.stale += 1
        if error < self._mark * (1 - GAIN):
            self.stale, self._mark = 0, error
        if error < self.error:
            self.error, self.number, self.factors = error, number, factors
        return error


def _finite(number: float, what: str) -> float:
    if math.isfinite(number):
        return float(number)
    raise NumericalError(
        f"{what} is {number}; allowed are finite numbers; try a larger regularization or a smaller learning_rate"
    )
