"""Errors of predicted ratings by group: by true star, by where the number came from, by activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from matinee.evaluation.metrics.errors import errors
from matinee.predicting.distribution import MOST_STARS
from matinee.predicting.sources import SOURCES_IN_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Evaluation

_BINS = 10
_ACTIVITY_EDGES = (0, 1, 3, 10, 30, 100, 300, 1_000, 10_000, 100_000)
_FEWEST_USERS = 5
_NORMAL_95 = 1.959964


def by_source(result: Evaluation) -> pl.DataFrame:
    """Errors by where the prediction came from (`summarise`), in words, most frequent first."""
    table = summarise(result, result.rows["source"])
    label = pl.col("group").replace(SOURCES_IN_WORDS)
    return table.with_columns(label=label).sort("count", "group", descending=[True, False])


def by_star(result: Evaluation) -> pl.DataFrame:
    """Errors by the true rating (`summarise`), lowest first; by bins where the scale is continuous."""
    scale = result.setting.scale
    table = summarise(result, pl.Series(star_index(result.rows["truth"].to_numpy(), scale))).sort("group")
    labels = star_labels(scale)
    return table.with_columns(label=pl.Series([labels[group] for group in table["group"]], dtype=pl.String))


def by_activity(result: Evaluation, column: str) -> pl.DataFrame:
    """Errors by how many training ratings the user (``user_ratings``) or film (``item_ratings``) has."""
    return with_activity_labels(summarise(result, activity_group(result.rows[column])))


def intervals_by_activity(result: Evaluation, column: str) -> pl.DataFrame:
    """Intervals by how many training ratings the user or film has: `by_activity`'s classes.

    Returns columns ``group``, ``label``, ``count``, ``coverage`` (share of truths inside, 0 to 1), ``low`` and
    ``high`` (95 % limits of what chance allows for it; Wilson 1927) and ``width`` (mean, stars).
    """
    rows = result.rows.with_columns(group=activity_group(result.rows[column]))
    inside = (pl.col("truth") >= pl.col("lower")) & (pl.col("truth") <= pl.col("upper"))
    width = (pl.col("upper") - pl.col("lower")).mean().alias("width")
    table = rows.group_by("group").agg(pl.len().alias("count"), inside.mean().alias("coverage"), width).sort("group")
    low, high = _wilson(table["coverage"].to_numpy(), table["count"].to_numpy())
    return with_activity_labels(table.with_columns(low=pl.Series(low), high=pl.Series(high)))


def _wilson(share: NDArray[np.float64], count: NDArray[np.integer]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weight = _NORMAL_95**2 / count
    middle = share + weight / 2
    half = np.sqrt(weight * (share * (1 - share) + weight / 4))
    low, high = ((middle + side * half) / (1 + weight) for side in (-1, 1))
    return np.minimum(low, share), np.maximum(high, share)  # they meet at 0 and 1, but for rounding


def summarise(result: Evaluation, group: pl.Series) -> pl.DataFrame:
    """Errors of each group, in stars.

    Returns columns ``group``, ``count``, ``mean`` (of prediction minus truth), ``mae``, ``rmse``, ``low`` and
    ``high`` (an approximate 95 % interval of the RMSE that lets errors of one user go together; null for
    fewer than five users) and ``baseline`` (RMSE of the biases alone), in no particular order.
    """
    error = errors(result)
    rows = pl.DataFrame(
        {
            "group": group,
            "user": result.rows["user"],
            "error": error,
            "square": np.square(error),
            "baseline": np.square(errors(result, "baseline")),
        }
    )
    plain = rows.group_by("group", maintain_order=True).agg(
        pl.len().alias("count"),
        pl.col("error").mean().alias("mean"),
        pl.col("error").abs().mean().alias("mae"),
        pl.col("square").mean().alias("mse"),
        pl.col("baseline").mean().sqrt(),
    )
    limit = _NORMAL_95 * pl.col("deviation")
    return plain.join(_deviations(rows), on="group").select(
        "group", "count", "mean", "mae",
        pl.col("mse").sqrt().alias("rmse"),
        (pl.col("mse") - limit).clip(lower_bound=0).sqrt().alias("low"),
        (pl.col("mse") + limit).sqrt().alias("high"),
        "baseline",
    )  # fmt: skip


def star_index(truth: NDArray[np.floating], scale: Scale) -> NDArray[np.int64]:
    """The star, or bin of a continuous scale, of each rating, from 0."""
    count = scale.star_count
    if count is not None and count <= MOST_STARS:
        return _whole(np.rint((truth - scale.low) / (scale.step or 1)), count)
    return _whole(np.floor((truth - scale.low) / scale.width * _BINS), _BINS)


def star_centres(scale: Scale) -> NDArray[np.float64]:
    """The rating each star stands for, or the middle of each bin."""
    count = scale.star_count
    if count is not None and count <= MOST_STARS:
        return np.linspace(scale.low, scale.high, count)
    return scale.low + (np.arange(_BINS) + 0.5) * scale.width / _BINS


def star_labels(scale: Scale) -> list[str]:
    """The name of each star, or the span of each bin."""
    centres = star_centres(scale)
    count = scale.star_count
    if count is not None and count <= MOST_STARS:
        return [f"{centre:g}" for centre in centres]
    half = scale.width / _BINS / 2
    return [f"{centre - half:g} to {centre + half:g}" for centre in centres]


def _whole(index: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    return np.asarray(np.clip(index, 0, count - 1), dtype=np.int64)


def _deviations(rows: pl.DataFrame) -> pl.DataFrame:
    """Standard error of each group's mean square, with users as the units (linearised ratio estimator)."""
    users = rows.group_by("group", "user", maintain_order=True).agg(pl.col("square").sum(), pl.len().alias("n"))
    mse = pl.col("square").sum().over("group") / pl.col("n").sum().over("group")
    units = users.with_columns(residual=pl.col("square") - pl.col("n") * mse)
    spread = pl.col("residual").pow(2).sum() * pl.len() / (pl.len() - 1)
    return units.group_by("group", maintain_order=True).agg(
        deviation=pl.when(pl.len() >= _FEWEST_USERS).then(spread.sqrt() / pl.col("n").sum())
    )


def activity_group(counts: pl.Series) -> pl.Series:
    """The class of activity that each count of training ratings belongs to, from 0."""
    return pl.Series(np.searchsorted(_ACTIVITY_EDGES, counts.to_numpy(), side="right") - 1)


def with_activity_labels(table: pl.DataFrame) -> pl.DataFrame:
    """``table`` with its classes of activity in order, and the counts that each spans as ``label``."""
    table = table.sort("group")
    return table.with_columns(label=pl.Series([_activity_label(index) for index in table["group"]], dtype=pl.String))


def _activity_label(index: int) -> str:
    low = _ACTIVITY_EDGES[index]
    if index + 1 == len(_ACTIVITY_EDGES):
        return f"{low:,} or more"
    high = _ACTIVITY_EDGES[index + 1] - 1
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
