"""How an iteration went, read back from the details of what it learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matinee.fitting.loop import NO_GAIN, StarsWatch, Step
from matinee.fitting.stopping import INTERRUPTED, TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping

TRACES: Final = ("trace", "watched_trace")
"""The details that hold one entry a sweep."""

CUTS: Final = {TIME_LIMIT: "time limit", INTERRUPTED: "Ctrl-C"}
"""What may end an iteration before its time, as it is said."""


@dataclass(frozen=True)
class Iteration:
    """How many sweeps were made and kept, and why no more.

    Attributes
    ----------
    kept : the sweep that the factors are from, or the number of sweeps that they were fitted again with.
    ended : what ended it, as in `Run.ended`.
    steps : one a sweep, of the run that chose ``kept``.
    again : whether it was then fitted to everything.
    measure : what the error of the ratings set aside is called.

    """

    kept: int
    ended: str
    steps: tuple[Step, ...]
    again: bool
    measure: str = StarsWatch.measure

    @classmethod
    def of(cls, details: Mapping[str, Any]) -> Iteration | None:
        """The iteration that ``details`` tell of; ``None`` where the model did not iterate."""
        if not details.get("trace"):
            return None
        again = "watched_trace" in details
        steps = tuple(Step(**step) for step in details["watched_trace" if again else "trace"])
        return cls(int(details["sweeps"]), str(details["ended"]), steps, again, details.get("watched_by", cls.measure))

    @property
    def watched(self) -> bool:
        """Whether ratings were set aside to watch it by."""
        return self.steps[0].watched_error is not None

    @property
    def measured(self) -> str:
        """What is watched, with its unit."""
        return f"{self.measure} (stars)" if self.measure == StarsWatch.measure else self.measure

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
