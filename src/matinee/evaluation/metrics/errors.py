"""Error measures of predicted ratings in stars, from the rows of an evaluation and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation


def errors(result: Evaluation, column: str = "prediction") -> NDArray[np.float64]:
    """Prediction minus truth, in stars, shape ``(n,)``; predictions are clipped to the scale first."""
    predicted = result.rows[column].to_numpy().astype(np.float64)
    return np.asarray(result.setting.scale.clip(predicted) - result.rows["truth"].to_numpy())


def rmse(error: NDArray[np.float64]) -> float:
    """Root of the mean squared error, in stars."""
    return float(np.sqrt(np.mean(np.square(error))))


def mae(error: NDArray[np.float64]) -> float:
    """Mean absolute error, in stars."""
    return float(np.mean(np.abs(error)))


def rmse_interval(
    result: Evaluation, level: float = 0.95, resamples: int | None = None, seed: int = 0
) -> tuple[float, float]:
    """A percentile bootstrap interval of the RMSE that resamples whole users.

    The errors of one user go together, so users and not single ratings are drawn with replacement
    (Efron and Tibshirani 1993, chapter 13; cluster bootstrap). Draws are fixed by ``seed``; there are
    1,000, or down to 200 where users are so many that fewer tell as much.
    """
    squares = pl.DataFrame({"user": result.rows["user"], "square": np.square(errors(result))})
    grouped = squares.group_by("user", maintain_order=True).agg(pl.col("square").sum(), pl.len())
    total, count = (grouped[column].to_numpy() for column in ("square", "len"))
    low, high = bootstrap(lambda times: np.sqrt(times @ total / (times @ count)), len(total), level, resamples, seed)
    return float(low), float(high)


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], Any],
    users: int,
    level: float = 0.95,
    resamples: int | None = None,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Lower and upper limits of percentile bootstrap intervals, ``statistic``'s shape each; whole users are drawn.

    ``statistic`` takes the number of times that each user is drawn, shape ``(users,)``; `rmse_interval` says how
    many draws there are where ``resamples`` is ``None``.
    """
    rng = np.random.default_rng(seed)
    count = resamples or int(np.clip(20_000_000 // users, 200, 1000))
    times = (np.bincount(rng.integers(0, users, users), minlength=users) for _ in range(count))
    limits = [(1 - level) / 2, (1 + level) / 2]
    return np.asarray(np.quantile([statistic(draw) for draw in times], limits, axis=0))


def coverage(result: Evaluation) -> float | None:
    """Share of the truths inside their interval, 0 to 1; ``None`` where no interval is stated."""
    inside = (pl.col("truth") >= pl.col("lower")) & (pl.col("truth") <= pl.col("upper"))
    share = result.rows.select(inside.mean()).item()
    return None if share is None else float(share)
