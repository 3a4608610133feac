"""A configuration that can be fitted."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, Self

from matinee.errors import ConfigError, DataError
from matinee.fitting.calibrate import calibrated, calibrated_beside, runs_side_by_side
from matinee.fitting.config import ModelConfig
from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.predicting.factors import LinearFactors
from matinee.predicting.fitted import FittedModel
from matinee.predicting.fold_in import damped_bias
from matinee.predicting.report import FitReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.biases import Baseline
    from matinee.predicting.fold_in import NewPeople
    from matinee.predicting.scorer import Scorer

FoldedRows = tuple["NDArray[np.float32]", "NDArray[np.float32]"]
"""Biases ``(b,)`` and factors ``(b, k)`` of b new people."""

BASELINE_DAMPING: Final = 3.0
"""Damping of the fallback biases: the best of 1 to 15 on folds of the training ratings of ratings_small."""


@dataclass(frozen=True)
class Training:
    """Training ratings: their matrix, and ``ratings`` themselves with times, titles and attributes, where there are."""

    matrix: RatingMatrix
    ratings: Ratings | None = None

    @classmethod
    def of(cls, ratings: Ratings, threads: int) -> Self:
        """``ratings`` and their matrix."""
        return cls(RatingMatrix.from_ratings(ratings, threads), ratings)


class Learnt(NamedTuple):
    """The result of `Model.learn`: the fitted numbers and the course of the fit."""

    scorer: Scorer
    report: FitReport


@dataclass(frozen=True)
class Model(ModelConfig):
    """A configuration that can be fitted, by the `learn` of its subclass."""

    predicts: ClassVar[Literal["stars", "preference"]] = "stars"
    """The kind of its scores: ratings in stars, or preferences that only rank films (see `PreferenceModel`)."""

    scorer: ClassVar[type[Scorer]] = LinearFactors
    """The class of the fitted numbers, whose declared fields are saved."""

    report: ClassVar[type[FitReport]] = FitReport
    """The class of the report of a fit."""

    @abstractmethod
    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """Fit to ``training``, which has at least one rating."""

    @abstractmethod
    def fold_in(self, scorer: Any, people: NewPeople, threads: int) -> Scorer:
        """The scorer of new people and the same items, as if their rows were refitted with everything else frozen."""

    resumes: ClassVar[bool] = False
    """True if a fit can be saved in a checkpoint and go on from it."""

    def settled(self, learnt: Learnt) -> Self:  # noqa: ARG002
        """The configuration of the same fit with everything chosen that `learn` chose: this one, by default."""
        return self

    def calibrating(self, learnt: Learnt | None) -> Self:
        """The configuration of the fits that measure intervals: `settled`, by default; before a fit this one."""
        return self if learnt is None else self.settled(learnt)

    calibrations: ClassVar[int] = 1
    """Number of those fits, each with another tenth of the ratings held out."""

    calibrates_apart: ClassVar[bool] = False
    """True where `calibrating` takes nothing from what the fit learns, so that such fits need not wait for it."""

    def counting(self, ratings: Ratings) -> Ratings:
        """The part of ``ratings`` that the model learns from: all, by default."""
        return ratings

    def with_described(self, ratings: Ratings) -> Ratings:
        """``ratings`` with users and films of which only a description is known added to the vocabularies.

        None, by default.
        """
        return ratings

    def fallback(self, matrix: RatingMatrix, threads: int) -> Baseline:
        """The prediction where a side is unknown: damped biases, by default. ``matrix``: the ratings that count."""
        return damped_baseline(matrix, BASELINE_DAMPING, threads)

    def folded_fallback(self, baseline: Baseline, rows: Compressed, threads: int) -> Baseline:
        """``baseline`` for the b people of ``rows``, from their ratings alone; the items' part stays as it is."""
        user = damped_bias(rows, baseline.mean, baseline.item, BASELINE_DAMPING, threads)
        return replace(baseline, user=user)

    def fit(self, ratings: Ratings, options: RunOptions) -> FittedModel:
        """Fit to ``ratings``; with ``options.intervals`` also measure the widths of intervals.

        After Ctrl-C an iterative model is the best so far, without intervals, which would need another fit. A
        preference has no intervals. Raises `DataError` where there are no ratings, `ConfigError` where a
        hyper-parameter does not fit them, `NumericalError` where a fitted number is not finite.
        """
        self.check(options)
        if not len(ratings):
            raise DataError(f"{ratings.source}: no ratings to fit; give a file with at least one")
        wide = options.intervals and self.predicts == "stars"
        if wide and self.calibrates_apart and runs_side_by_side(ratings, options):
            fit = self.calibrating(None).fit_without_intervals
            return calibrated_beside(self.fit_without_intervals, fit, self.calibrations, ratings, options)
        model = self.fit_without_intervals(ratings, options)
        if not wide or model.report.interrupted:
            return model
        config = self.calibrating(Learnt(model.scorer, model.report))
        calibration = calibrated(config.fit_without_intervals, config.calibrations, ratings, options)
        return replace(model, calibration=calibration)

    def check(self, options: RunOptions) -> None:
        """Raise the `ConfigError` that `fit` would raise for such options."""
        if options.checkpoint is not None and not self.resumes:
            raise ConfigError(
                f"checkpoint: found {options.checkpoint.place}; {self.name} cannot go on from one; allowed is none; "
                "leave it out, or take a model that can: bayesian"
            )

    def fit_without_intervals(self, ratings: Ratings, options: RunOptions) -> FittedModel:
        """`fit` without intervals."""
        started = time.perf_counter()
        counted = self.with_described(self.counting(ratings))
        training = Training.of(counted, options.workers)
        scorer, report = self.learn(training, options)
        scorer.check_finite(self.name, counted.users, counted.items)
        return FittedModel(
            config=self,
            scorer=scorer,
            baseline=self.fallback(training.matrix, options.workers),
            users=counted.users,
            items=counted.items,
            user_counts=training.matrix.user_counts,
            item_counts=training.matrix.item_counts,
            scale=ratings.scale,
            catalogue=ratings.catalogue,
            report=replace(report, seed=options.seed, seconds=time.perf_counter() - started),
        )


@dataclass(frozen=True)
class LinearModel(Model):
    """A model that learns `LinearFactors`, or a subclass of it: a new person is a bias and a row of factors."""

    @abstractmethod
    def fold_rows(self, factors: Any, rows: Compressed, threads: int) -> FoldedRows:
        """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings alone.

        ``rows``: their ratings in compressed rows, columns being the items of ``factors``.
        """

    def fold_in(self, scorer: LinearFactors, people: NewPeople, threads: int) -> LinearFactors:
        """The factors of new people beside the same items."""
        return scorer.of_people(*self.fold_rows(scorer, people.rows, threads))
