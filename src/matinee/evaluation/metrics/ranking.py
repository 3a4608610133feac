"""Measures of a ranking, from the rows of an evaluation and nothing else: one number a user, then their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import polars as pl

from matinee.evaluation.metrics.errors import bootstrap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

LABELS: Final = {"ndcg@10": "NDCG@10", "recall@10": "Recall@10", "recall@50": "Recall@50", "mrr": "MRR"}
"""Every measure as people write it."""

MEASURES: Final = tuple(LABELS)
"""Each between 0 and 1, larger is better; see `by_user`."""

_GAINED: Final = 10


class Measured(NamedTuple):
    """One measure: its mean over users, a 95 % interval of that mean, and what popularity reaches."""

    value: float
    interval: tuple[float, float]
    popularity: float


def by_user(result: Evaluation, column: str = "rank") -> pl.DataFrame:
    """Every measure of each user with a hidden liked film, with ``user`` and ``user_ratings``.

    With R such films of a user and their ranks r among all films the user has no training rating for:
    ``ndcg@10`` is ``Σ 1 / log2(r + 1)`` over those with r ≤ 10, divided by what the first min(10, R) places would
    give (Järvelin and Kekäläinen 2002, with gains of 1); ``recall@k`` the share of the R with r ≤ k (divided by R,
    not by min(k, R)); ``mrr`` one over the lowest r.
    """
    rank = pl.col(column)
    users = result.rows.filter(rank.is_not_null()).group_by("user", maintain_order=True)
    measures = users.agg(
        pl.col("user_ratings").first(),
        pl.len().alias("films"),
        pl.when(rank <= _GAINED).then(1 / (rank + 1).log(2)).otherwise(0.0).sum().alias("gain"),
        (rank <= 10).mean().alias("recall@10"),
        (rank <= 50).mean().alias("recall@50"),
        (1 / rank.min()).alias("mrr"),
    )
    ideal = np.cumsum(1 / np.log2(np.arange(2, _GAINED + 2)))
    best = ideal[np.minimum(measures["films"].to_numpy(), _GAINED) - 1]
    return measures.with_columns((pl.col("gain") / best).alias("ndcg@10")).select("user", "user_ratings", *MEASURES)


def ranking(
    result: Evaluation, level: float = 0.95, resamples: int | None = None, seed: int = 0
) -> dict[str, Measured]:
    """Every measure; intervals resample users with replacement (percentile bootstrap), as for the RMSE."""
    model = by_user(result).select(MEASURES).to_numpy()
    popular = by_user(result, "popularity_rank").select(MEASURES).to_numpy()
    low, high = bootstrap(lambda times: times @ model / len(model), len(model), level, resamples, seed)
    return {
        name: Measured(float(model[:, i].mean()), (float(low[i]), float(high[i])), float(popular[:, i].mean()))
        for i, name in enumerate(MEASURES)
    }


def recall_curve(result: Evaluation, longest: int, column: str = "rank") -> NDArray[np.float64]:
    """Mean recall at each k from 1 to ``longest``, shape ``(longest,)``."""
    cells = result.rows.filter(pl.col(column).is_not_null()).select("user", column)
    share = (1 / pl.len().over("user") / pl.col("user").n_unique()).alias("share")
    shown = cells.with_columns(share).filter(pl.col(column) <= longest)
    steps = np.bincount(shown[column].to_numpy(), shown["share"].to_numpy(), longest + 1)
    return np.asarray(np.cumsum(steps)[1:])


def ranking_summary(result: Evaluation) -> dict[str, Any]:
    """The contents of ``ranking`` in ``result.json``: numbers of users and liked films, and each of `MEASURES`."""
    ranked = result.rows.filter(pl.col("rank").is_not_null())
    counts = {"users": ranked["user"].n_unique(), "liked": len(ranked)}
    return counts | {name: measure._asdict() for name, measure in ranking(result).items()}
