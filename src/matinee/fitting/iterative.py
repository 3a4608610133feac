"""Models that learn sweep by sweep, their number chosen on a slice of the training ratings."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

from matinee.fitting.loop import Run, StarsWatch, train
from matinee.fitting.model import Learnt, LinearModel
from matinee.fitting.stopping import stopping
from matinee.matrix.split import set_aside
from matinee.predicting.report import FitReport

if TYPE_CHECKING:
    from matinee.fitting.loop import Learner, Watch
    from matinee.fitting.model import Training
    from matinee.fitting.options import RunOptions
    from matinee.fitting.stopping import Stop
    from matinee.matrix.sparse import RatingMatrix
    from matinee.matrix.split import Triplets

_WATCHED: Final = 0.05
_MOST_WATCHED: Final = 200_000
_FEWEST_WATCHED: Final = 100
"""Fewer than these tell more of chance than of the model: then all sweeps are made."""


@dataclass(frozen=True)
class IterativeModel(LinearModel):
    """A model fitted by sweeps (or epochs), with early stopping.

    With a parameter ``patience`` over 0 it is fitted twice: first without a slice of the training ratings,
    watching the error on it, then on all of them for the number of sweeps that was best. After a time limit or
    Ctrl-C the best factors so far are kept.
    """

    counts: ClassVar[str] = "sweeps"
    """The parameter with the largest number of sweeps: ``sweeps`` or ``epochs``."""

    @abstractmethod
    def start(self, matrix: RatingMatrix, options: RunOptions) -> Learner:
        """A fit of ``matrix`` before its first sweep."""

    @property
    def most(self) -> int:
        """Sweeps at most."""
        return int(getattr(self, self.counts))

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """The factors after the best number of sweeps, and the course of the fit."""
        stops = f"stopping after this {self._word}; Ctrl-C again: at once"
        with stopping(options.time_limit, lambda: options.progress(stops, 0.0)) as stop:
            run, watched = self._runs(training.matrix, options, stop)
        return Learnt(run.factors, FitReport(iteration=run.iteration(watched)))

    def _runs(self, matrix: RatingMatrix, options: RunOptions, stop: Stop) -> tuple[Run, Run | None]:
        """The run whose factors are kept, and the one that chose its number of sweeps."""
        watched = self._watched(matrix, options, stop)
        if watched is None:
            return self._train(matrix, options, stop, self.most), None
        if stop.reason:
            return replace(watched, ended=stop.reason), None
        run = self._train(matrix, options, stop, watched.best)
        return (replace(watched, ended=run.ended), None) if run.cut_short else (run, watched)

    def settled(self, learnt: Learnt) -> Self:
        """The same configuration with the best number of sweeps, without watching for it again."""
        assert learnt.report.iteration is not None
        best = {self.counts: learnt.report.iteration.kept}
        return replace(self, **(best | {"patience": 0} if self._patience else best))

    def _watched(self, matrix: RatingMatrix, options: RunOptions, stop: Stop) -> Run | None:
        """The run that chooses the number of sweeps; ``None`` where all are made."""
        size = min(round(_WATCHED * len(matrix)), _MOST_WATCHED)
        if not self._patience or size < _FEWEST_WATCHED:
            return None
        training, aside = set_aside(matrix, size, options.seed, options.workers)
        return self._train(training, options, stop, self.most, self.watch(training, aside))

    def watch(self, training: RatingMatrix, aside: Triplets) -> Watch:
        """The watch over the ratings set ``aside``, by the RMSE of predictions here. ``training``: all others."""
        values = aside[2], training.by_user.values
        low = min(float(part.min()) for part in values)
        return StarsWatch(*aside, low=low, high=max(float(part.max()) for part in values))

    def _train(
        self, matrix: RatingMatrix, options: RunOptions, stop: Stop, most: int, watch: Watch | None = None
    ) -> Run:
        task = "learning" if watch is None else "watching"

        def progress(share: float, state: str) -> None:
            options.progress(f"{task}: {state}", share)

        return train(self.start(matrix, options), most, stop, progress, watch, self._patience, self._word)

    @property
    def _patience(self) -> int:
        return int(getattr(self, "patience", 0))

    @property
    def _word(self) -> str:
        return self.counts.removesuffix("s")
