"""How long a chain runs, and which of its draws are kept."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.models.learning import ALL_SWEEPS, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.models.gibbs.chain import Chain
    from matinee.models.gibbs.posterior import Posterior
    from matinee.models.stopping import Stop


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
        """Whether draw ``number``, from 1, is kept."""
        return number > self.burn_in and (number - self.burn_in) % self.thinning == 0


def sample(
    chain: Chain, posterior: Posterior, schedule: Schedule, stop: Stop, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Draw and keep until all draws are made, or ``stop`` says so; at least one is kept.

    Returns how it went, as `matinee.models.iteration.Iteration` reads it. The objective of a step is the RMSE, in
    stars, of the mean of the draws so far on training ratings; before there is one, of the draw itself.
    """
    started, steps, ended = time.perf_counter(), [], ALL_SWEEPS
    for number in range(1, schedule.most + 1):
        chain.sweep()
        reason = stop.reason if number < schedule.most else ALL_SWEEPS
        if schedule.keeps(number) or (reason and not posterior.draws):
            posterior.add()
        error = posterior.error() if posterior.draws else _error(chain)
        steps.append(asdict(Step(number, error, None, time.perf_counter() - started)))
        progress(f"sampling: draw {number}, training RMSE {error:.4f}", number / schedule.most)
        if reason:
            ended = reason
            break
    return {"sweeps": len(steps), "ended": ended, "trace": steps}


def _error(chain: Chain) -> float:
    return float(chain.unit * np.sqrt(np.mean(np.square(chain.left()))))
