"""What every fit returns, and how every fit goes."""

from __future__ import annotations

import time
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

import numpy as np

from matinee.errors import ConfigError, DataError
from matinee.matrix.baseline import Baseline, damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import hide
from matinee.models.config import ModelConfig
from matinee.models.factors import Predictions, check_finite
from matinee.models.folding import damped_bias, folded
from matinee.models.options import RunOptions
from matinee.models.spread import Spread, support_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.catalogue import Catalogue
    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.data.vocabulary import Vocabulary
    from matinee.kernels.compress import Compressed
    from matinee.models.factors import Factors

SOURCES: Final = ("model", "bias", "movie", "user", "mean")
"""Where a prediction came from: factors; biases of both sides; of the film alone; of the user alone; the mean."""

COVERAGE: Final = 0.9
"""Share of truths that a stated interval is made to hold."""

BASELINE_DAMPING: Final = 3.0
"""Damping of the fallback biases: the best of 1 to 15 on folds of the training ratings of ratings_small."""

_HELD_OUT_FOR_SPREAD: Final = 0.1
_FEWEST_FOR_SPREAD: Final = 20


@dataclass(frozen=True)
class FactorModel:
    """What every fit returns, frozen.

    Attributes
    ----------
    config : the hyper-parameters that were fitted; ``config.predicts`` says whether predictions are stars.
    factors : the fitted numbers.
    baseline : predicts where a side is unknown: damped biases of the same ratings, or popularity (`Model.fallback`).
    users, items : vocabularies of the training ratings.
    user_counts, item_counts : training ratings of each that the model counts, int64.
    scale : the rating scale; stars are clipped to it only when shown.
    spread : how wide intervals are; ``None`` where not measured, and for a preference.
    catalogue : titles of the items.
    seed, seconds : of the run that fitted it.

    """

    config: Model
    factors: Factors
    baseline: Baseline
    users: Vocabulary
    items: Vocabulary
    user_counts: NDArray[np.int64]
    item_counts: NDArray[np.int64]
    scale: Scale
    catalogue: Catalogue
    seed: int = 0
    seconds: float = 0.0
    spread: Spread | None = None

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where the model has none."""
        return self.factors.rank

    def predict(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        user_known: NDArray[np.bool_] | None = None,
        item_known: NDArray[np.bool_] | None = None,
        time: NDArray[np.integer] | None = None,
    ) -> Predictions:
        """Predicted ratings (or preferences) of pairs of dense indices, shape ``(n,)`` each.

        ``user_known`` and ``item_known`` (default: all) say which indices mean something, as
        `Vocabulary.encode` gives them. A user or item without training ratings counts as unknown. ``time``, seconds
        since 1970, is when the ratings were or would be given; only a model with moods asks for it.
        """
        user_counts = np.where(True if user_known is None else user_known, self.user_counts[user], 0)
        item_counts = np.where(True if item_known is None else item_known, self.item_counts[item], 0)
        seen_user, seen_item = user_counts > 0, item_counts > 0
        value = self._fallback(user, item, seen_user, seen_item)
        both = np.flatnonzero(seen_user & seen_item)
        width = np.ones(len(user))
        value[both], width[both] = self._seen(user[both], item[both], None if time is None else time[both])
        limits = self._limits(value, width, user_counts, item_counts)
        return Predictions(value, self._sources(seen_user, seen_item), *limits)

    def star_probabilities(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        user_known: NDArray[np.bool_] | None = None,
        item_known: NDArray[np.bool_] | None = None,
        time: NDArray[np.integer] | None = None,
    ) -> NDArray[np.float64]:
        """How likely each star of the scale is, float64 over 0, shape ``(n, stars)``; arguments as of `predict`.

        Their mean is what `predict` gives. Where a side is unknown, they are those of a pair of usual noise with the
        mean that the biases give. Raises `ConfigError` for a model whose predictions are not cut into stars.
        """
        link = self.factors.link
        if link is None:
            raise ConfigError(
                f"{self.config.name}: no probabilities of stars; allowed is a model with thresholds between stars; "
                "fit bayesian with likelihood=ordered-probit"
            )
        found = self.predict(user, item, user_known, item_known, time)
        both = np.flatnonzero(found.source == SOURCES.index("model"))
        latent, deviation = link.latent(np.asarray(self.scale.clip(found.value))), np.ones(len(user))
        latent[both] = self._latent(user[both], item[both], None if time is None else time[both])
        deviation[both] = self.factors.deviation(user[both], item[both])
        return link.probabilities(latent, deviation)

    def deviation(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        both: NDArray[np.bool_],
        time: NDArray[np.integer] | None = None,
    ) -> NDArray[np.float64]:
        """How wide the intervals of pairs are beside others of the same support: 1 where not ``both`` are known."""
        width = np.ones(len(user))
        width[both] = self._seen(user[both], item[both], None if time is None else time[both])[1]
        return width

    def _latent(
        self, user: NDArray[np.integer], item: NDArray[np.integer], time: NDArray[np.integer] | None
    ) -> NDArray[np.float64]:
        """What factors and moods predict of pairs both of whose sides are known."""
        value = self.factors.predict(user, item)
        if time is not None and self.factors.moods is not None:
            value += self.factors.moods.at(user, time)
        return value

    def _seen(
        self, user: NDArray[np.integer], item: NDArray[np.integer], time: NDArray[np.integer] | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Predictions of pairs both of whose sides are known, and how wide their intervals are beside others'."""
        latent, deviation = self._latent(user, item, time), self.factors.deviation(user, item)
        return (latent, deviation) if self.factors.link is None else self.factors.link.moments(latent, deviation)

    def shown(self, value: NDArray[np.floating]) -> NDArray[np.floating]:
        """Predictions as people see them: stars clipped to the scale; a preference, which has no scale, as it is."""
        return self.scale.clip(value) if self.config.predicts == "stars" else value

    def fold_in(self, ratings: Ratings, threads: int | None = None) -> FactorModel:
        """The same model for the users of ``ratings``, who need not have been there when it was fitted.

        Their factors come from their own ratings, the items' stay as they are: what refitting their rows alone
        would give. The result predicts and is saved like any other model; who has no ratings counts as unknown.
        Ratings of films that this model does not know are left out. ``threads``: all processors if not given;
        the result is the same.

        Raises `DataError` where it knows none of the films, or where a rating lies outside its scale;
        `UnknownIdError` where the film ids are of the other kind; `ConfigError` for ``threads`` under 1.
        """
        return folded(self, ratings, RunOptions(threads=threads).workers)

    def _fallback(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        seen_user: NDArray[np.bool_],
        seen_item: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        value = np.full(len(user), self.baseline.mean)
        value += np.where(seen_user, self.baseline.user[user], 0.0)
        value += np.where(seen_item, self.baseline.item[item], 0.0)
        return value

    def _sources(self, seen_user: NDArray[np.bool_], seen_item: NDArray[np.bool_]) -> NDArray[np.int8]:
        known = self._source_of_known()
        return np.where(seen_user, np.where(seen_item, known, 3), np.where(seen_item, 2, 4)).astype(np.int8)

    def _source_of_known(self) -> int:
        """Which of `SOURCES` a prediction for a known user and a known item has."""
        if self.rank:
            return 0
        return 1 if self.factors.user_bias.any() or self.factors.item_bias.any() else 4

    def _limits(
        self,
        value: NDArray[np.float64],
        width: NDArray[np.float64],
        user_counts: NDArray[np.int64],
        item_counts: NDArray[np.int64],
    ) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
        if self.spread is None:
            return None, None
        group = support_group(user_counts, item_counts)
        shown = self.scale.clip(value)
        lower = self.scale.clip(shown + width * self.spread.below[group])
        upper = self.scale.clip(shown + width * self.spread.above[group])
        return np.asarray(lower), np.asarray(upper)


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

    def fold_noise(self, people: Factors, rows: Compressed, threads: int) -> NDArray[np.float32] | None:  # noqa: ARG002
        """How far ratings of new people, whose rows have been folded in, scatter; see `Factors.user_noise`."""
        return None

    folding_axes: ClassVar[dict[str, str]] = {}
    """The arrays that `Factors.folding` may hold and their axes: ``"nk"`` is one row an item, one column a factor."""

    def settled(self, factors: Factors) -> Self:  # noqa: ARG002
        """The configuration that fits such factors again without looking for anything: this one, here."""
        return self

    def counting(self, ratings: Ratings) -> Ratings:
        """Those of ``ratings`` that the model learns from: all of them, here."""
        return ratings

    def fallback(self, matrix: RatingMatrix, threads: int) -> Baseline:
        """What predicts where a side is unknown: damped biases, here. ``matrix``: the ratings that count."""
        return damped_baseline(matrix, BASELINE_DAMPING, threads)

    def folded_fallback(self, baseline: Baseline, rows: Compressed, threads: int) -> Baseline:
        """``baseline`` for the b people of ``rows``, from their ratings alone; the items' part stays as it is."""
        user = damped_bias(rows, baseline.mean, baseline.item, BASELINE_DAMPING, threads)
        return replace(baseline, user=user)

    def fit(self, ratings: Ratings, options: RunOptions) -> FactorModel:
        """Fit to ``ratings``; with ``options.intervals`` also measure how wide intervals must be.

        After Ctrl-C an iterative model is the best so far, without intervals: whoever stops a fit does not want
        another one. A preference has no intervals. Raises `DataError` where there are no ratings, `ConfigError`
        where a hyper-parameter does not fit them, `NumericalError` where what was learnt is not finite.
        """
        if not len(ratings):
            raise DataError(f"{ratings.source}: no ratings to fit; give a file with at least one")
        model = self._fitted(ratings, options)
        if not options.intervals or self.predicts == "preference" or model.factors.interrupted:
            return model
        return replace(model, spread=self.settled(model.factors)._spread(ratings, options))

    def _fitted(self, ratings: Ratings, options: RunOptions) -> FactorModel:
        started = time.perf_counter()
        counted = self.counting(ratings)
        matrix = RatingMatrix.from_ratings(counted, options.workers)
        factors = self.learn_ratings(counted, matrix, options)
        check_finite(self.name, ratings.users, factors.user_bias, factors.user_factors)
        check_finite(self.name, ratings.items, factors.item_bias, factors.item_factors)
        return FactorModel(
            config=self,
            factors=factors,
            baseline=self.fallback(matrix, options.workers),
            users=ratings.users,
            items=ratings.items,
            user_counts=matrix.user_counts,
            item_counts=matrix.item_counts,
            scale=ratings.scale,
            catalogue=ratings.catalogue,
            seed=options.seed,
            seconds=time.perf_counter() - started,
        )

    def _spread(self, ratings: Ratings, options: RunOptions) -> Spread | None:
        """Errors on a held-out slice of these very ratings; ``None`` where too few tell, or after Ctrl-C."""
        if round(_HELD_OUT_FOR_SPREAD * len(ratings)) < _FEWEST_FOR_SPREAD:
            return None

        def said(task: str, share: float) -> None:
            options.progress(f"intervals: {task}", share)

        split = hide(ratings, _HELD_OUT_FOR_SPREAD, options.seed)
        model = self._fitted(split.training, replace(options, intervals=False, progress=said))
        if model.factors.interrupted:
            return None
        held = split.hidden
        counts = model.user_counts[held.user], model.item_counts[held.item]
        error = held.value - model.scale.clip(model.predict(held.user, held.item, time=held.timestamp).value)
        width = model.deviation(held.user, held.item, np.minimum(*counts) > 0, held.timestamp)
        return Spread.measured(error / width, support_group(*counts), COVERAGE)
