"""What every fit returns, and what it predicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.fitting.options import RunOptions
from matinee.models.bayesian.cold_start import Asked
from matinee.predicting.calibration import Support
from matinee.predicting.distribution import Predictive
from matinee.predicting.factors import Predictions
from matinee.predicting.fold_in import folded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.metadata.catalogue import Catalogue
    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.data.vocabulary import Vocabulary
    from matinee.fitting.model import Model
    from matinee.matrix.baseline import Baseline
    from matinee.predicting.calibration import Spread
    from matinee.predicting.factors import Factors

SOURCES: Final = ("model", "bias", "movie", "user", "mean")
"""Where a prediction came from: factors; biases of both sides; of the film alone; of the user alone; the mean."""

SOURCES_IN_WORDS: Final = {
    "model": "user and film both known",
    "bias": "user and film both known, by their biases",
    "movie": "film known, user not",
    "user": "user known, film not",
    "mean": "neither known, or the model has nothing else",
}
"""What each of `SOURCES` says of a pair, for people. Known is who has training ratings."""


@dataclass(frozen=True)
class FittedModel:
    """What every fit returns, frozen.

    Attributes
    ----------
    config : the hyper-parameters that were fitted; ``config.predicts`` says whether predictions are stars.
    factors : the fitted numbers.
    baseline : predicts where a side is unknown: damped biases of the same ratings, or popularity (`Model.fallback`).
    users, items : vocabularies of the training ratings, and of whom else the model has an opinion on: indices into them
        need not be those of the ratings, so encode raw ids.
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
        since 1970, is when the ratings were or would be given; only a model with moods or periods asks for it.
        """
        user_counts = np.where(True if user_known is None else user_known, self.user_counts[user], 0)
        item_counts = np.where(True if item_known is None else item_known, self.item_counts[item], 0)
        seen_user, seen_item = user_counts > 0, item_counts > 0
        value = self._fallback(user, item, seen_user, seen_item)
        both = np.flatnonzero(seen_user & seen_item)
        value[both] = self.factors.predict(user[both], item[both])
        if self.factors.newcomers is not None:
            rest = np.flatnonzero(~(seen_user & seen_item))
            asked = Asked.of(user, user_known, seen_user).part(rest), Asked.of(item, item_known, seen_item).part(rest)
            value[rest] = self.factors.newcomers.predict(self.factors, *asked)
        if time is not None and self.factors.timed:
            value[both] += self.factors.by_time(user[both], item[both], time[both])
        own, stars = self._deviation(user, item, seen_user, seen_item), None
        if self.factors.link is not None:
            stars = self.factors.link.probabilities(value, own)
            value, own = self.factors.link.moments(stars)
        found = Predictions(value, self._sources(seen_user, seen_item), None, None, own, stars)
        if self.spread is None:
            return found
        support = Support(user_counts, item_counts)
        predictive = Predictive(np.asarray(self.scale.clip(value)), own, support, self.spread, self.scale, stars)
        lower, upper = predictive.interval(self.spread.coverage)
        return replace(found, lower=lower, upper=upper, predictive=predictive)

    def _deviation(
        self,
        user: NDArray[np.integer],
        item: NDArray[np.integer],
        seen_user: NDArray[np.bool_],
        seen_item: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """How far truths of pairs lie off, in a unit of the model's own; of new ones 1 if it says nothing of them."""
        new = self.factors.newcomers
        other = 1.0 if new is None else new.deviation(seen_user, seen_item)
        return np.where(seen_user & seen_item, self.factors.deviation(user, item), other)

    def shown(self, value: NDArray[np.floating]) -> NDArray[np.floating]:
        """Predictions as people see them: stars clipped to the scale; a preference, which has no scale, as it is."""
        return self.scale.clip(value) if self.config.predicts == "stars" else value

    def fold_in(self, ratings: Ratings, threads: int | None = None) -> FittedModel:
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
