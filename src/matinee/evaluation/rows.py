"""The tidy rows of an evaluation: one a prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matinee.fitting.model import BASELINE_DAMPING
from matinee.matrix.baseline import damped_baseline
from matinee.predicting.sources import SOURCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.evaluation.corruption import Entries
    from matinee.fitting.options import RunOptions
    from matinee.matrix.biases import Baseline
    from matinee.matrix.sparse import RatingMatrix
    from matinee.predicting.distribution import Predictive
    from matinee.predicting.fitted import FittedModel


def predicted_rows(model: FittedModel, test: Ratings) -> pl.DataFrame:
    """The rows of ``test`` as ``model`` predicts them."""
    pairs = model.pairs_of(test)
    predicted = model.predict_pairs(pairs)
    return _table(
        test,
        prediction=predicted.value,
        lower=predicted.lower,
        upper=predicted.upper,
        source=predicted.source,
        baseline=model.fallback(pairs),
        user_ratings=pairs.user.ratings,
        item_ratings=pairs.item.ratings,
        **_distribution(predicted.predictive, test),
    )


def _distribution(predictive: Predictive | None, test: Ratings) -> dict[str, NDArray[np.float64]]:
    """The columns that describe each row's predictive distribution."""
    if predictive is None:
        return {}
    columns = {"deviation": predictive.deviation, "level": predictive.level_of(test.value)}
    stars = predictive.probabilities()
    return columns if stars is None else columns | {"probabilities": stars}


def corrupted_rows(
    rows: Ratings, matrix: RatingMatrix, entries: Entries, value: NDArray[np.float64], options: RunOptions
) -> pl.DataFrame:
    """The rows of a corruption; where a removed entry was the only rating of a side, the biases answer."""
    baseline = damped_baseline(matrix, BASELINE_DAMPING, options.workers)
    users = matrix.user_counts[entries.user]
    items = matrix.item_counts[entries.item]
    without = int(entries.removed)
    alone = _biases_without(baseline, entries, users, items)
    known_user = users > without
    known_item = items > without
    known = known_user & known_item
    source = np.where(known, 0, np.where(known_user, 3, np.where(known_item, 2, 4)))
    table = _table(
        rows,
        prediction=np.where(known, value, alone),
        lower=None,
        upper=None,
        source=source,
        baseline=alone,
        user_ratings=users - without,
        item_ratings=items - without,
    )
    replaced = pl.lit(None, dtype=pl.Float64) if entries.removed else pl.Series(entries.replacement)
    return table.with_columns(replaced.alias("corrupted"))


def _biases_without(
    baseline: Baseline, entries: Entries, users: NDArray[np.int64], items: NDArray[np.int64]
) -> NDArray[np.float64]:
    """``mean + user bias + item bias``, each bias solved again without the entry, the other side's as it is."""
    user = baseline.user[entries.user].astype(np.float64)
    item = baseline.item[entries.item].astype(np.float64)
    above = entries.value - baseline.mean
    user_without = (user * (users + BASELINE_DAMPING) - (above - item)) / (users - 1 + BASELINE_DAMPING)
    item_without = (item * (items + BASELINE_DAMPING) - (above - user)) / (items - 1 + BASELINE_DAMPING)
    return np.asarray(baseline.mean + np.where(users > 1, user_without, 0.0) + np.where(items > 1, item_without, 0.0))


def _table(rows: Ratings, *, source: NDArray[np.integer], **columns: NDArray[Any] | None) -> pl.DataFrame:
    raw_item = rows.items.decode(rows.item)
    return pl.DataFrame(
        {
            "user": rows.users.decode(rows.user),
            "item": raw_item,
            "truth": rows.value.astype(np.float64),
            **{name: _column(values, len(rows)) for name, values in columns.items()},
            "source": pl.Series([SOURCES[index] for index in source], dtype=pl.String),
            "title": rows.catalogue.titles(raw_item),
        }
    )


def _column(values: NDArray[Any] | None, length: int) -> pl.Series:
    return pl.Series([None] * length, dtype=pl.Float64) if values is None else pl.Series(values)
