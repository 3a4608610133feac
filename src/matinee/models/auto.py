"""The choice of a model where none is named: the most accurate that takes about a minute.

Seconds are reckoned, not measured: what a rating costs was measured once, on one processor with AVX-512, and another
may take half as long or twice. Decision 29 has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.models.baselines import Bias, Mean
from matinee.models.bayesian.model import Bayesian
from matinee.models.sgd import SGD
from matinee.models.svdpp import SVDPlusPlus

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.data.ratings import Ratings
    from matinee.fitting.model import Model
    from matinee.fitting.options import RunOptions

PATIENCE: Final = 60.0
"""Seconds, intervals included, that somebody waits who named neither a model nor a time limit."""

FEWEST_TO_LEARN: Final = 500
"""Ratings under which nothing told more than biases; tried on pieces of two sets."""

FEWEST_TO_SAMPLE: Final = 20_000
"""Ratings under which svdpp predicts better than bayesian."""

FEWEST_FOR_MORE_RANK: Final = 500_000
"""Ratings from which bayesian gains by rank 32."""

_GAIN: Final = 0.5
"""Two processors are 1.4 times as fast as one, of which much has to wait for memory; more than two were not tried."""

_MEASURED_ON: Final = 0.9
"""Share of the ratings that a fit for intervals sees."""


@dataclass(frozen=True)
class Task:
    """The size and kind of the ratings to fit (``equal``: all the same; ``times``: they have times), and the means.

    ``seconds``: allowed for everything; ``limited``: true if that is from a time limit of the options.
    """

    ratings: int
    equal: bool
    times: bool
    processors: int
    intervals: bool
    seconds: float
    limited: bool

    @classmethod
    def of(cls, ratings: Ratings, options: RunOptions) -> Task:
        """Of these ratings and this run, whose time limit holds for each of its fits."""
        fits = 1.0 + _MEASURED_ON if options.intervals else 1.0
        limit = options.time_limit
        return cls(
            ratings=len(ratings),
            equal=bool(np.ptp(ratings.value) == 0.0) if len(ratings) else False,
            times=ratings.timestamp is not None,
            processors=options.workers,
            intervals=options.intervals,
            seconds=PATIENCE if limit is None else limit * fits,
            limited=limit is not None,
        )


@dataclass(frozen=True)
class Choice:
    """The model, about how many seconds it takes, intervals included, and one line that says why."""

    config: Model
    seconds: float
    reason: str


def choose(task: Task) -> Choice:
    """The most accurate model that is done in time, else the quickest; biases where there is little to learn from."""
    if task.equal:
        return Choice(Mean(), 0.0, "mean: all ratings are equal")
    if task.ratings < FEWEST_TO_LEARN:
        return Choice(Bias(), 0.0, f"bias: {task.ratings:,} ratings are too few to learn anybody's taste from")
    if task.ratings < FEWEST_TO_SAMPLE:
        return _taken(SVDPlusPlus(), task, "the most accurate for so few ratings")
    return _in_time(task)


def _in_time(task: Task) -> Choice:
    best, *others = _by_accuracy(task)
    if _seconds(best, task) <= task.seconds:
        return _taken(best, task, "the most accurate")
    fits = (config for config in others if _seconds(config, task) <= task.seconds)
    within = "the time limit" if task.limited else "a minute"
    longer = f"{best.name} in full, more accurate, would take {_about(_seconds(best, task))}"
    return _taken(next(fits, others[-1]), task, f"the most accurate within {within}", longer)


def _by_accuracy(task: Task) -> tuple[Model, ...]:
    """The most accurate first; the last is the quickest."""
    rank = 32 if task.ratings >= FEWEST_FOR_MORE_RANK else 16
    return Bayesian(rank=rank), Bayesian(rank=rank, draws=60, burn_in=20), SVDPlusPlus(), SGD()


def _taken(config: Model, task: Task, why: str, longer: str = "") -> Choice:
    seconds = _seconds(config, task)
    reason = f"{_named(config)}, {why}: {_about(seconds)} for {task.ratings:,} ratings"
    return Choice(config, seconds, f"{reason}; {longer}" if longer else reason)


def _named(config: Model) -> str:
    return f"bayesian (rank {config.rank}, {config.draws} draws)" if isinstance(config, Bayesian) else config.name


def _seconds(config: Model, task: Task) -> float:
    """Expected for everything: a fit, and for intervals those that measure them."""
    cost = _COST[type(config)](config, task)
    if task.intervals:
        measuring = config.calibrating(None)
        cost += config.calibrations * _MEASURED_ON * _COST[type(config)](measuring, task)
    return float(1e-9 * cost * task.ratings / task.processors**_GAIN)


def _sampling(config: Model, task: Task) -> float:
    """Nanoseconds of one processor a rating: features, then draws, of which moods by time take the most."""
    assert isinstance(config, Bayesian)
    a_draw = 15.0 + 1.7 * config.rank + (240.0 if task.times and config.times == "used" else 0.0)
    return 1_100.0 + (config.burn_in + config.draws) * a_draw


_COST: Final[dict[type[Model], Callable[[Model, Task], float]]] = {
    Bayesian: _sampling,
    SVDPlusPlus: lambda *_: 1_500.0,
    SGD: lambda *_: 500.0,
}


def _about(seconds: float) -> str:
    """Rounded to what such an estimate is worth."""
    if seconds < 2:
        return "a second or two"
    if seconds < 100:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:,.0f} min"
