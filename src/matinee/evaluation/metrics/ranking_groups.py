"""Measures of a ranking by activity of users and films, and the films that were missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.evaluation.metrics.groups import activity_group, with_activity_labels
from matinee.evaluation.metrics.ranking import by_user

if TYPE_CHECKING:
    from matinee.evaluation.result import Evaluation

SHOWN: Final = 50
"""Length of the list in which a film is looked for."""


def by_user_activity(result: Evaluation) -> pl.DataFrame:
    """Means over users by their training ratings: ``label``, ``count`` and, as shares, both measures of both.

    Columns ``ndcg``, ``popular_ndcg`` (NDCG@10), ``recall``, ``popular_recall`` (recall@50), fewest ratings first.
    """
    model = by_user(result)
    popular = by_user(result, "popularity_rank")
    users = pl.DataFrame(
        {
            "group": activity_group(model["user_ratings"]),
            "ndcg": model["ndcg@10"],
            "popular_ndcg": popular["ndcg@10"],
            "recall": model["recall@50"],
            "popular_recall": popular["recall@50"],
        }
    )
    return _means(users)


def by_film_activity(result: Evaluation) -> pl.DataFrame:
    """Hidden liked films by their training ratings: ``label``, ``count``, and the share of them among the first 50.

    Columns ``recall`` and ``popular_recall``; each film of each user counts one. Fewest ratings first.
    """
    cells = result.rows.filter(pl.col("rank").is_not_null())
    films = pl.DataFrame(
        {
            "group": activity_group(cells["item_ratings"]),
            "recall": cells["rank"] <= SHOWN,
            "popular_recall": cells["popularity_rank"] <= SHOWN,
        }
    )
    return _means(films)


def missed(result: Evaluation, count: int) -> pl.DataFrame:
    """The ``count`` hidden liked films with the worst rank among those of a known film, worst first."""
    known = result.rows.filter(pl.col("rank").is_not_null() & (pl.col("source") == "model"))
    return known.sort(["rank", "user", "item"], descending=[True, False, False]).head(count)


def _means(rows: pl.DataFrame) -> pl.DataFrame:
    """The mean of each column in each group, fewest ratings first."""
    groups = rows.group_by("group", maintain_order=True).agg(pl.len().alias("count"), pl.exclude("group").mean())
    return with_activity_labels(groups)
