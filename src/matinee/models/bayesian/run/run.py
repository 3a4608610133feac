"""The run of chains: its length, and the draws that are kept."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from matinee.predicting.report import ALL_SWEEPS, INTERRUPTED, Iteration, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.fitting.stopping import Stop
    from matinee.models.bayesian.chain.chain import Chain
    from matinee.models.bayesian.convergence import Convergence
    from matinee.models.bayesian.posterior.posterior import Posterior
    from matinee.models.bayesian.run.monitor import Monitor
    from matinee.models.bayesian.run.resume import Keeper

    Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Schedule:
    """``burn_in`` draws that are thrown away, then ``draws``, of which every ``thinning``-th is kept."""

    burn_in: int
    draws: int
    thinning: int

    @property
    def most(self) -> int:
        """Draws in all."""
        return self.burn_in + self.draws

    def keeps(self, number: int) -> bool:
        """True if draw ``number``, from 1, is kept."""
        return number > self.burn_in and (number - self.burn_in) % self.thinning == 0


class Course(NamedTuple):
    """The course of chains: their draws, their convergence, and numbers of each draw, for a picture."""

    iteration: Iteration
    convergence: Convergence
    traces: dict[str, Any]


class SamplingRun:
    """Chains that take turns, a draw each; their draws are watched by ``monitor`` and kept in one ``posterior``.

    Taking turns, all chains have as many draws whenever the run ends, and a run that goes on later adds draws up in
    the order of one that was never interrupted: the result is the same to the last bit.
    """

    STATE: ClassVar[tuple[str, ...]] = ("chains", "posterior", "monitor", "_errors", "_seconds")

    def __init__(self, chains: tuple[Chain, ...], posterior: Posterior, monitor: Monitor, schedule: Schedule) -> None:
        self.chains = chains
        self.posterior = posterior
        self.monitor = monitor
        self._schedule = schedule
        self._errors: list[float] = []
        self._seconds: list[float] = []

    @property
    def drawn(self) -> int:
        """Draws of each chain so far."""
        return len(self._errors)

    def go(self, stop: Stop, progress: Progress, keeper: Keeper) -> Course:
        """Draw and keep until all draws are made, or ``stop`` says so; at least one is kept.

        ``keeper`` is asked after each draw whether to save the run, and saves it at the end. The objective of a step
        is the RMSE, in stars, of the mean of the draws so far on training ratings; before there is one, of the draws
        themselves.
        """
        started, ended = time.perf_counter() - (self._seconds[-1] if self._seconds else 0.0), ALL_SWEEPS
        while self.drawn < self._schedule.most:
            self._errors.append(self._draw(progress))
            self._seconds.append(time.perf_counter() - started)
            if (reason := stop.reason) and (self.drawn < self._schedule.most or reason == INTERRUPTED):
                ended = reason
                break
            keeper.now_and_then()
        keeper.finish()
        if not self.posterior.draws:
            for chain in self.chains:
                self.posterior.add(chain, self.posterior.at_probes(chain))
        return self._course(ended)

    def _draw(self, progress: Progress) -> float:
        """Make a draw of each chain; returns the error so far."""
        number, squares = self.drawn + 1, 0.0
        for at, chain in enumerate(self.chains):
            chain.sweep()
            at_probes = self.posterior.at_probes(chain)
            draw_error = self.posterior.error_of(chain, at_probes)
            squares += draw_error**2 / len(self.chains)
            self.monitor.add(chain, draw_error)
            if self._schedule.keeps(number):
                self.posterior.add(chain, at_probes)
            error = self.posterior.error() if self.posterior.draws else draw_error
            share = (number - 1 + (at + 1) / len(self.chains)) / self._schedule.most
            progress(self._message(at, number, error), share)
        return error if self.posterior.draws else float(np.sqrt(squares))

    def _message(self, chain: int, number: int, error: float) -> str:
        which = f"chain {chain + 1} of {len(self.chains)}, " if len(self.chains) > 1 else ""
        return f"sampling: {which}draw {number}, training RMSE {error:.4f}"

    def _course(self, ended: str) -> Course:
        course = enumerate(zip(self._errors, self._seconds, strict=True), 1)
        steps = tuple(Step(number, error, None, took) for number, (error, took) in course)
        burn_in = min(self._schedule.burn_in, self.drawn)
        convergence, traces = self.monitor.summary(len(self.chains), self._kept(), burn_in)
        convergence = replace(convergence, made=self.drawn, ended=ended)
        return Course(Iteration(self.drawn, ended, steps), convergence, traces)

    def _kept(self) -> NDArray[np.bool_]:
        return np.array([self._schedule.keeps(number) for number in range(1, self.drawn + 1)], bool)
