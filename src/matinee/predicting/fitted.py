"""Fitted models: from raw ids to predictions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import numpy as np

from matinee.errors import DataError
from matinee.kernels.threads import workers
from matinee.matrix.biases import Baseline
from matinee.matrix.fields import array, part
from matinee.predicting.calibration import Calibration, Support
from matinee.predicting.distribution import Predictions, Predictive
from matinee.predicting.fold_in import NewPeople, people_of
from matinee.predicting.pairs import Grid, Pairs, Side, encoded, seconds
from matinee.predicting.report import FitReport
from matinee.predicting.scorer import Scorer, Scores
from matinee.predicting.sources import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.metadata.catalogue import Catalogue
    from matinee.data.ratings import Ratings
    from matinee.data.scale import Scale
    from matinee.data.vocabulary import Vocabulary
    from matinee.kernels.compress import Compressed
    from matinee.predicting.scorer import Contributions


class FittedConfig(Protocol):
    """The part of a configuration that predicting and folding in need: see `matinee.fitting.model.Model`."""

    name: ClassVar[str]
    predicts: ClassVar[Literal["stars", "preference"]]

    def to_dict(self) -> dict[str, Any]:
        """Return the hyper-parameters as plain values."""

    def counting(self, ratings: Ratings) -> Ratings:
        """Return those of ``ratings`` that the model learns from."""

    def fold_in(self, scorer: Any, people: NewPeople, threads: int) -> Scorer:
        """Return the scorer of new people."""

    def folded_fallback(self, baseline: Baseline, rows: Compressed, threads: int) -> Baseline:
        """Return the fallback of new people."""


@dataclass(frozen=True)
class FittedModel:
    """The result of a fit: predicts, folds people in, and can be saved. Frozen.

    Attributes
    ----------
    config : the hyper-parameters that were fitted; ``config.predicts`` says whether predictions are stars.
    scorer : the fitted numbers.
    baseline : predicts where a side is unknown: damped biases of the same ratings, or popularity (`Model.fallback`).
    users, items : vocabularies of the training ratings, and of users and films that the model knows by description
        alone: indices into them need not be those of the ratings, so use `pairs`.
    user_counts, item_counts : training ratings of each that the model counts, int64.
    scale : the rating scale; stars are clipped to it only when shown.
    catalogue : titles of the items.
    report : the course of the fit.
    calibration : the widths of intervals; ``None`` where not measured, and for a preference.

    """

    config: FittedConfig
    scorer: Scorer
    users: Vocabulary
    items: Vocabulary
    scale: Scale
    catalogue: Catalogue
    baseline: Baseline = part(Baseline, required=True)
    user_counts: NDArray[np.int64] = array("m", np.int64)
    item_counts: NDArray[np.int64] = array("n", np.int64)
    report: FitReport = field(default_factory=FitReport)
    calibration: Calibration | None = part(Calibration)

    @property
    def rank(self) -> int:
        """Number of factors, k; 0 where the model has none."""
        return self.scorer.rank

    def pairs(self, users: Any, items: Any, time: Any = None) -> Pairs:
        """Pairs of raw ids in this model's indices: one id, or a list, array or series of n ids a side.

        One id beside n of the other side is repeated. ``time``: seconds since 1970, one or n. Ids that the model does
        not know are no error: they are predicted from what is known. Raises `DataError` for missing ids or sides of
        different lengths, `UnknownIdError` for ids of another kind than the model's.
        """
        user = encoded(users, self.users, self.user_counts)
        item = encoded(items, self.items, self.item_counts)
        return Pairs.aligned(user, item, lambda count: seconds(time, count))

    def pairs_of(self, ratings: Ratings) -> Pairs:
        """Pairs and times of ``ratings``, which have vocabularies of their own."""
        users = encoded(ratings.users.ids, self.users, self.user_counts)
        items = encoded(ratings.items.ids, self.items, self.item_counts)
        return Pairs(users.take(ratings.user), items.take(ratings.item), ratings.timestamp)

    def pairs_at(self, user: Any, item: Any, time: Any = None) -> Pairs:
        """Pairs of indices into `users` and `items`, one or n a side; `DataError` for an index out of range."""
        sides = _side_at(user, self.users, self.user_counts), _side_at(item, self.items, self.item_counts)
        return Pairs.aligned(*sides, lambda count: seconds(time, count))

    def predict(self, users: Any, items: Any = None, time: Any = None) -> Predictions:
        """Predict ratings (or preferences) of pairs of raw ids: `pairs`, or a list of ``(user, item)``.

        ``model.predict(196, 242)``, ``model.predict([196, 22], [242, 377])``, ``model.predict([(196, 242)])``.
        """
        if items is None:
            users, items = _sides(users)
        return self.predict_pairs(self.pairs(users, items, time))

    def predict_pairs(self, pairs: Pairs) -> Predictions:
        """Predictions of ``pairs``; where a side has no training ratings, by biases or the mean."""
        value, deviation, stars = self._scores(pairs)
        sources = self._sources(pairs)
        if self.calibration is None:
            return Predictions(value, sources, deviation, stars)
        support = Support(pairs.user.ratings, pairs.item.ratings)
        centre = np.asarray(self.scale.clip(value))
        predictive = Predictive(centre, deviation, support, self.calibration, self.scale, stars)
        return Predictions(
            value, sources, deviation, stars, *predictive.interval(self.calibration.coverage), predictive
        )

    def score_rows(self, users: Side, time: NDArray[np.integer] | None = None) -> NDArray[np.float32]:
        """The value of `predict_pairs` for b users and every item, float32, shape ``(b, n)``."""
        grid = Grid(users, Side.everyone(self.item_counts), time)
        table = self.scorer.score_rows(grid)
        if not self.scorer.covers_unrated:
            self._fill(table, grid)
        return table

    def contributions(self, users: Any, items: Any, time: Any = None) -> Contributions:
        """Parts of the scores of pairs of raw ids that are known on both sides."""
        return self.scorer.contributions(self.pairs(users, items, time))

    def shown(self, value: NDArray[np.floating]) -> NDArray[np.floating]:
        """Predictions to show: stars clipped to the scale; a preference, which has no scale, as it is."""
        return self.scale.clip(value) if self.config.predicts == "stars" else value

    def fold_in(self, ratings: Ratings, threads: int | None = None) -> FittedModel:
        """Return the same model for the users of ``ratings``, who need not be among those it was fitted to.

        Their factors come from their own ratings, and the items' stay as they are: the result is that of refitting
        their rows alone. It predicts and is saved like any other model; a user without ratings counts as unknown.
        Ratings of films that this model does not know are left out. ``threads``: default all processors; the result
        does not depend on it.

        Raises `DataError` where it knows none of the films, or where a rating lies outside its scale;
        `UnknownIdError` where the film ids are of the other kind; `ConfigError` for ``threads`` under 1.
        """
        used = workers(threads)
        counted = self.config.counting(ratings)
        films = encoded(counted.items.ids, self.items, self.item_counts)
        people = people_of(counted, films, self.scale, used)
        baseline = self.config.folded_fallback(self.baseline, people.rows, used)
        scorer = self.config.fold_in(self.scorer, people.with_level(baseline), used)
        scorer.check_finite(self.config.name, ratings.users, self.items)
        return replace(self, scorer=scorer, baseline=baseline, users=ratings.users, user_counts=people.rows.lengths)

    def _scores(self, pairs: Pairs) -> Scores:
        if self.scorer.covers_unrated:
            return self.scorer.score(pairs)
        value = self.fallback(pairs)
        deviation = np.ones(len(pairs))
        rows = np.flatnonzero(pairs.rated)
        scores = self.scorer.score(pairs.take(rows))
        value[rows] = scores.value
        deviation[rows] = scores.deviation
        return Scores(value, deviation)

    def fallback(self, pairs: Pairs) -> NDArray[np.float64]:
        """`baseline` at ``pairs``, without the bias of a side that has no training ratings: float64, shape ``(n,)``."""
        value = np.full(len(pairs), self.baseline.mean)
        value += np.where(pairs.user.rated, self.baseline.user[pairs.user.index], 0.0)
        value += np.where(pairs.item.rated, self.baseline.item[pairs.item.index], 0.0)
        return value

    def _fill(self, table: NDArray[np.float32], grid: Grid) -> None:
        """Put the fallback where a side has no training ratings."""
        unrated_users = np.flatnonzero(~grid.user.rated), np.arange(len(grid.item))
        unrated_items = np.arange(len(grid.user)), np.flatnonzero(~grid.item.rated)
        for rows, columns in (unrated_users, unrated_items):
            if len(rows) and len(columns):
                table[np.ix_(rows, columns)] = self.fallback(grid.pairs(rows, columns)).reshape(len(rows), -1)

    def _sources(self, pairs: Pairs) -> NDArray[np.int8]:
        by_item = np.where(pairs.item.rated, Source.MOVIE, Source.MEAN)
        by_user = np.where(pairs.item.rated, self.scorer.source, Source.USER)
        return np.where(pairs.user.rated, by_user, by_item).astype(np.int8)


def _sides(pairs: Any) -> tuple[list[Any], list[Any]]:
    """The users and the items of ``(user, item)`` pairs."""
    listed = list(pairs)
    return [user for user, _ in listed], [item for _, item in listed]


def _side_at(index: Any, vocabulary: Vocabulary, counts: NDArray[np.int64]) -> Side:
    places = np.atleast_1d(np.asarray(index)) if np.size(index) else np.zeros(0, np.intp)
    if len(places) and (places.min() < 0 or places.max() >= len(counts)):
        raise DataError(
            f"{vocabulary.name}: found index {places.min() if places.min() < 0 else places.max()}; allowed is 0 to "
            f"{len(counts) - 1:,}; give raw ids to predict() where one may be unknown"
        )
    return Side.of(places, np.ones(len(places), np.bool_), counts)
