"""A configuration that can be fitted."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, Self

from matinee.errors import ConfigError, DataError
from matinee.fitting.calibrate import calibrated
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

BASELINE_DAMPING: Final = 3.0
"""Damping of the fallback biases: the best of 1 to 15 on folds of the training ratings of ratings_small."""


@dataclass(frozen=True)
class Training:
    """What a model learns from.

    Attributes
    ----------
    matrix : the ratings that count, compressed both ways.
    ratings : the same with times, titles and attributes; ``None`` where the matrix is all there is.

    """

    matrix: RatingMatrix
    ratings: Ratings | None = None

    @classmethod
    def of(cls, ratings: Ratings, threads: int) -> Self:
        """``ratings`` and their matrix."""
        return cls(RatingMatrix.from_ratings(ratings, threads), ratings)


class Learnt(NamedTuple):
    """What a fit learnt, and how it went."""

    scorer: Scorer
    report: FitReport


@dataclass(frozen=True)
class Model(ModelConfig):
    """A configuration that can be fitted: subclasses say how, in `learn`."""

    predicts: ClassVar[Literal["stars", "preference"]] = "stars"
    """What its numbers are: ratings in stars, or scores that only rank films (see `PreferenceModel`)."""

    scorer: ClassVar[type[Scorer]] = LinearFactors
    """The class of what a fit learns, whose declared fields are saved."""

    report: ClassVar[type[FitReport]] = FitReport
    """The class of the report of a fit."""

    @abstractmethod
    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """What ``training`` teaches. Called with at least one rating."""

    @abstractmethod
    def fold_in(self, scorer: Any, people: NewPeople, threads: int) -> Scorer:
        """The same items for new people: what refitting those users would give with everything else frozen."""

    resumes: ClassVar[bool] = False
    """Whether a fit can be saved in a checkpoint and go on from it."""

    def settled(self, learnt: Learnt) -> Self:  # noqa: ARG002
        """The configuration that fits the same again without looking for anything: this one, here."""
        return self

    def calibrating(self, learnt: Learnt | None) -> Self:
        """The configuration of the fits that intervals are measured by: `settled`, here; for ``None`` this one."""
        return self if learnt is None else self.settled(learnt)

    calibrations: ClassVar[int] = 1
    """How many such fits there are, each with another tenth of the ratings held out."""

    def counting(self, ratings: Ratings) -> Ratings:
        """Those of ``ratings`` that the model learns from: all of them, here."""
        return ratings

    def placed(self, ratings: Ratings) -> Ratings:
        """``ratings`` with places, in the vocabularies, for others on whom the model has an opinion: none, here."""
        return ratings

    def fallback(self, matrix: RatingMatrix, threads: int) -> Baseline:
        """What predicts where a side is unknown: damped biases, here. ``matrix``: the ratings that count."""
        return damped_baseline(matrix, BASELINE_DAMPING, threads)

    def folded_fallback(self, baseline: Baseline, rows: Compressed, threads: int) -> Baseline:
        """``baseline`` for the b people of ``rows``, from their ratings alone; the items' part stays as it is."""
        user = damped_bias(rows, baseline.mean, baseline.item, BASELINE_DAMPING, threads)
        return replace(baseline, user=user)

    def fit(self, ratings: Ratings, options: RunOptions) -> FittedModel:
        """Fit to ``ratings``; with ``options.intervals`` also measure how wide intervals must be.

        After Ctrl-C an iterative model is the best so far, without intervals: whoever stops a fit does not want
        another one. A preference has no intervals. Raises `DataError` where there are no ratings, `ConfigError`
        where a hyper-parameter does not fit them, `NumericalError` where what was learnt is not finite.
        """
        self.check(options)
        if not len(ratings):
            raise DataError(f"{ratings.source}: no ratings to fit; give a file with at least one")
        model = self.fit_without_intervals(ratings, options)
        if not options.intervals or self.predicts == "preference" or model.report.interrupted:
            return model
        config = self.calibrating(Learnt(model.scorer, model.report))
        return replace(
            model, calibration=calibrated(config.fit_without_intervals, config.calibrations, ratings, options)
        )

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
        training = Training.of(self.placed(self.counting(ratings)), options.workers)
        scorer, report = self.learn(training, options)
        counted = training.ratings
        assert counted is not None
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
    def fold_rows(
        self, factors: Any, rows: Compressed, threads: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings alone.

        ``rows``: their ratings in compressed rows, columns being the items of ``factors``.
        """

    def fold_in(self, scorer: LinearFactors, people: NewPeople, threads: int) -> LinearFactors:
        """The same items for new people."""
        return scorer.of_people(*self.fold_rows(scorer, people.rows, threads))
