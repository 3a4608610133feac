"""What every fit returns, and how every fit goes."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

from matinee.errors import ConfigError, DataError
from matinee.fitting.calibrate import measured_spread
from matinee.fitting.config import ModelConfig
from matinee.matrix.baseline import Baseline, damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.predicting.factors import check_finite
from matinee.predicting.fitted import FittedModel
from matinee.predicting.fold_in import damped_bias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.predicting.factors import Factors

BASELINE_DAMPING: Final = 3.0
"""Damping of the fallback biases: the best of 1 to 15 on folds of the training ratings of ratings_small."""


@dataclass(frozen=True)
class Model(ModelConfig):
    """A configuration that can be fitted: subclasses say how, in `learn`."""

    predicts: ClassVar[Literal["stars", "preference"]] = "stars"
    """What its numbers are: ratings in stars, or scores that only rank films (see `PreferenceModel`)."""

    @abstractmethod
    def learn(self, matrix: RatingMatrix, options: RunOptions) -> Factors:
        """The factors of ``matrix``. Called with at least one rating."""

    def learn_ratings(self, ratings: Ratings, matrix: RatingMatrix, options: RunOptions) -> Factors:  # noqa: ARG002
        """The factors of ``ratings``, of which ``matrix`` is the compressed form: `learn`, here.

        A model that learns from more than who rated what how (times, titles) takes it from ``ratings``.
        """
        return self.learn(matrix, options)

    @abstractmethod
    def fold_rows(
        self, factors: Factors, rows: Compressed, threads: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Biases ``(b,)`` and factors ``(b, k)`` of b new people, from their ratings alone.

        ``rows``: their ratings in compressed rows, columns being the items of ``factors``. It is what refitting
        those users would give with everything else frozen.
        """

    def fold_uncertainty(
        self,
        people: Factors,  # noqa: ARG002
        rows: Compressed,  # noqa: ARG002
        threads: int,  # noqa: ARG002
    ) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """`Factors.user_noise` and `Factors.user_doubt` of new people, whose rows have been folded in."""
        return None, None

    folding_axes: ClassVar[dict[str, str]] = {}
    """The arrays that `Factors.folding` may hold and their axes: ``"nk"`` is one row an item, one column a factor."""

    resumes: ClassVar[bool] = False
    """Whether a fit can be saved in a checkpoint and go on from it."""

    def settled(self, factors: Factors) -> Self:  # noqa: ARG002
        """The configuration that fits such factors again without looking for anything: this one, here."""
        return self

    def calibrating(self, factors: Factors | None) -> Self:
        """The configuration of the fits that intervals are measured by: `settled`, here; for ``None`` this one."""
        return self if factors is None else self.settled(factors)

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
        if not options.intervals or self.predicts == "preference" or model.factors.interrupted:
            return model
        return replace(model, spread=measured_spread(self.calibrating(model.factors), ratings, options))

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
        counted = self.placed(self.counting(ratings))
        matrix = RatingMatrix.from_ratings(counted, options.workers)
        factors = self.learn_ratings(counted, matrix, options)
        check_finite(self.name, counted.users, factors.user_bias, factors.user_factors)
        check_finite(self.name, counted.items, factors.item_bias, factors.item_factors)
        return FittedModel(
            config=self,
            factors=factors,
            baseline=self.fallback(matrix, options.workers),
            users=counted.users,
            items=counted.items,
            user_counts=matrix.user_counts,
            item_counts=matrix.item_counts,
            scale=ratings.scale,
            catalogue=ratings.catalogue,
            seed=options.seed,
            seconds=time.perf_counter() - started,
        )
