"""The course of a fit: sweeps, reasons to stop, and what a model adds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ALL_SWEEPS: Final = "all sweeps"
NO_GAIN: Final = "no gain"
INTERRUPTED: Final = "interrupted"
TIME_LIMIT: Final = "time limit"

CUTS: Final = {TIME_LIMIT: "time limit", INTERRUPTED: "Ctrl-C"}
"""Reasons to end an iteration before its time, in words."""

RMSE: Final = "RMSE"
"""The measure of watched ratings in stars."""

_DETAIL: Final = "detail"

TRACES: Final = ("trace", "watched_trace")
"""The entries of `FitReport.to_dict` that have one value a sweep."""


@dataclass(frozen=True)
class Step:
    """One sweep: its number from 1, the objective after it, the watched error, seconds since the start."""

    sweep: int
    objective: float
    watched_error: float | None
    seconds: float


@dataclass(frozen=True)
class Iteration:
    """The sweeps made and kept, and the reason to stop.

    Attributes
    ----------
    kept : the sweep that the factors are from, or the number of sweeps that they were fitted again with.
    ended : `ALL_SWEEPS`, `NO_GAIN`, `TIME_LIMIT` or `INTERRUPTED`.
    trace : a step a sweep of the run that the factors are from; empty where it was not saved.
    watched_trace : likewise of the run that chose ``kept``, where all ratings were fitted again after it.
    watched_by : the name of the error of the ratings set aside; ``None`` where it does not apply.

    """

    kept: int
    ended: str
    trace: tuple[Step, ...] = ()
    watched_trace: tuple[Step, ...] | None = None
    watched_by: str | None = None

    @classmethod
    def from_dict(cls, details: Mapping[str, Any]) -> Iteration | None:
        """Read what `to_dict` gave; ``None`` where the model did not iterate."""
        if "sweeps" not in details:
            return None
        watched = details.get("watched_trace")
        return cls(
            int(details["sweeps"]),
            str(details["ended"]),
            _steps(details.get("trace", ())),
            None if watched is None else _steps(watched),
            details.get("watched_by"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        plain: dict[str, Any] = {"sweeps": self.kept, "ended": self.ended}
        if self.trace:
            plain["trace"] = [asdict(step) for step in self.trace]
        if self.watched_by is not None:
            plain["watched_by"] = self.watched_by
        if self.watched_trace is not None:
            plain["watched_trace"] = [asdict(step) for step in self.watched_trace]
        return plain

    @property
    def steps(self) -> tuple[Step, ...]:
        """One a sweep, of the run that chose `kept`."""
        return self.trace if self.watched_trace is None else self.watched_trace

    @property
    def again(self) -> bool:
        """True if all ratings were fitted again once `kept` was chosen."""
        return self.watched_trace is not None

    @property
    def watched(self) -> bool:
        """True if ratings were set aside to watch it by."""
        return bool(self.steps) and self.steps[0].watched_error is not None

    @property
    def measured(self) -> str:
        """The watched measure, with its unit."""
        return f"{RMSE} (stars)" if self.watched_by in (None, RMSE) else str(self.watched_by)

    def in_words(self, noun: str = "sweeps") -> str:
        """One line: ``12 sweeps, no gain after 9; Ctrl-C: best so far kept``."""
        made = len(self.steps)
        words = f"{made:,} {noun if made > 1 else noun.removesuffix('s')}"
        if self.watched:
            words += f", {self._best(made)}"
        if self.ended in CUTS:
            return f"{words}; {CUTS[self.ended]}: best so far kept"
        return f"{words}; then {self.kept:,} on all ratings" if self.again else words

    def _best(self, made: int) -> str:
        if self.kept < made:
            return f"no gain after {self.kept:,}"
        return "with too little gain to go on" if self.ended == NO_GAIN else f"the best after {self.kept:,}"


def _same(value: Any) -> Any:
    return value


def detail(key: str = "", read: Callable[[Any], Any] = _same, plain: Callable[[Any], Any] = _same) -> Any:
    """Declare a field of a report: its key in details if not its name, and conversions from and to plain values."""
    return field(default=None, metadata={_DETAIL: (key, read, plain)})


@dataclass(frozen=True)
class FitReport:
    """The course of a fit. A model that reports more declares a subclass, with `detail` fields, in its own file.

    Attributes
    ----------
    seed : of the run.
    seconds : that it took, intervals apart.
    iteration : the sweeps; ``None`` where the model has none.

    """

    seed: int = 0
    seconds: float = 0.0
    iteration: Iteration | None = None

    @classmethod
    def from_dict(cls, details: Mapping[str, Any], seed: int = 0, seconds: float = 0.0) -> Self:
        """Read what `to_dict` gave."""
        saved = {name: read(details[key]) for name, key, read, _ in cls._details() if key in details}
        return cls(seed, seconds, Iteration.from_dict(details), **saved)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: the ``details`` of results and manifests, which have seed and seconds beside them."""
        values = ((key, plain, getattr(self, name)) for name, key, _, plain in self._details())
        details = {key: plain(value) for key, plain, value in values if value is not None}
        return details if self.iteration is None else details | self.iteration.to_dict()

    @property
    def interrupted(self) -> bool:
        """True if Ctrl-C ended the fit before its time."""
        return self.iteration is not None and self.iteration.ended == INTERRUPTED

    @classmethod
    def _details(cls) -> Iterator[tuple[str, str, Callable[[Any], Any], Callable[[Any], Any]]]:
        """Name, key, reader and writer of each `detail`."""
        for declared in fields(cls):
            if _DETAIL in declared.metadata:
                key, read, plain = declared.metadata[_DETAIL]
                yield declared.name, key or declared.name, read, plain


def _steps(trace: Any) -> tuple[Step, ...]:
    return tuple(Step(**step) for step in trace)
