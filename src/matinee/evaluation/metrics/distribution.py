"""Fit of predicted distributions: log score, CRPS and calibration, from the rows and nothing else.

Both scores are proper (Gneiting and Raftery 2007): nobody does better than by saying what they believe. They are
compared with the same predictions in a normal of one spread for all, the best there is for these very rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from matinee.evaluation.metrics.errors import bootstrap, errors, rmse
from matinee.evaluation.metrics.groups import star_index
from matinee.predicting.distribution import normal_stars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.evaluation.result import Evaluation

LEVELS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
"""Nominal coverages at which the actual one is looked at."""

_LEAST: Final = 1e-12
"""The least probability that counts: the log score of a truth that was held impossible is 27.6 nats."""

_BINS: Final = 10


@dataclass(frozen=True)
class Score:
    """The mean score of predicted distributions, lower is better.

    Attributes
    ----------
    name, unit : of the score.
    value : of the model.
    one_spread : of the same predictions with one normal spread for all.
    gain : 95 % bootstrap interval of ``one_spread - value``, whole users drawn: over 0, the model is better.

    """

    name: str
    unit: str
    value: float
    one_spread: float
    gain: tuple[float, float]


def states_stars(result: Evaluation) -> bool:
    """True where every row says how likely each star is."""
    return "probabilities" in result.rows.columns and result.rows["probabilities"].null_count() == 0


def states_levels(result: Evaluation) -> bool:
    """True where every row says at which level of its predictive distribution the truth lies."""
    return "level" in result.rows.columns and result.rows["level"].null_count() == 0


def scores(result: Evaluation, seed: int = 0) -> tuple[Score, ...]:
    """Log score (nats) and CRPS (stars); none where the rows do not say how likely each star is."""
    if not states_stars(result):
        return ()
    model = result.rows["probabilities"].to_numpy()
    other = one_spread(result)
    rules = (("log score", "nats", log_score), ("CRPS", "stars", crps))
    return tuple(
        _score(result, name, unit, rule(result, model), rule(result, other), seed) for name, unit, rule in rules
    )


def distribution_summary(result: Evaluation) -> dict[str, Any] | None:
    """Both scores as ``result.json`` holds them under ``distribution``: ``log_score`` and ``crps``.

    Beside each ``…_one_spread``, the score of the same predictions with one normal spread for all, and
    ``…_gain_interval``, the 95 % interval of the difference. ``None`` where the rows do not say how likely each
    star is.
    """
    by_name = {score.name.lower().replace(" ", "_"): score for score in scores(result)}
    values: dict[str, Any] = {name: score.value for name, score in by_name.items()}
    values |= {f"{name}_one_spread": score.one_spread for name, score in by_name.items()}
    values |= {f"{name}_gain_interval": list(score.gain) for name, score in by_name.items()}
    return values or None


def log_score(result: Evaluation, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minus the logarithm of the probability that the true star was given, nats, shape ``(n,)``."""
    star = _stars(result)
    return np.asarray(-np.log(np.maximum(probabilities[np.arange(len(star)), star], _LEAST)))


def crps(result: Evaluation, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Continuous ranked probability score, in stars, shape ``(n,)``: ``Σ step (F(k) - 1[truth <= k])²`` over stars k.

    With a sure prediction it is the absolute error (Gneiting and Raftery 2007, section 4.2).
    """
    under = np.cumsum(probabilities, axis=1)[:, :-1]
    reached = _stars(result)[:, None] <= np.arange(under.shape[1])
    return np.asarray((result.setting.scale.step or 1.0) * np.square(under - reached).sum(1))


def one_spread(result: Evaluation) -> NDArray[np.float64]:
    """Probabilities of stars of a normal about each prediction, its spread the RMSE of these rows for all."""
    scale = result.setting.scale
    error = errors(result)
    shown = scale.clip(result.rows["prediction"].to_numpy().astype(np.float64))
    stars = normal_stars(np.asarray(shown), np.full(len(error), max(rmse(error), 1e-9)), scale)
    assert stars is not None
    return stars


def coverages(result: Evaluation) -> NDArray[np.float64]:
    """Share of truths inside central intervals of nominal coverage `LEVELS`, 0 to 1."""
    apart = np.abs(2.0 * result.rows["level"].to_numpy() - 1.0)
    return np.array([np.mean(apart <= level + 1e-12) for level in LEVELS])


def star_reliability(result: Evaluation) -> pl.DataFrame:
    """Predicted probabilities of stars in ten equal bins: ``predicted`` mean, ``observed`` share, ``count``.

    Every star of every row is one prediction that either came true or did not.
    """
    probabilities = result.rows["probabilities"].to_numpy()
    came = np.zeros(probabilities.shape)
    came[np.arange(len(came)), _stars(result)] = 1.0
    bins = np.minimum((probabilities * _BINS).astype(np.int64), _BINS - 1).ravel()
    counts = np.bincount(bins, minlength=_BINS)
    sums = (np.bincount(bins, numbers.ravel(), _BINS) for numbers in (probabilities, came))
    predicted, observed = (total / np.maximum(counts, 1) for total in sums)
    bins_table = pl.DataFrame({"predicted": predicted, "observed": observed, "count": counts})
    return bins_table.filter(pl.col("count") > 0)


def _stars(result: Evaluation) -> NDArray[np.int64]:
    return star_index(result.rows["truth"].to_numpy(), result.setting.scale)


def _score(
    result: Evaluation, name: str, unit: str, model: NDArray[np.float64], other: NDArray[np.float64], seed: int
) -> Score:
    users = pl.DataFrame({"user": result.rows["user"], "gain": other - model})
    grouped = users.group_by("user", maintain_order=True).agg(pl.col("gain").sum(), pl.len())
    total, count = (grouped[column].to_numpy() for column in ("gain", "len"))
    low, high = bootstrap(lambda times: times @ total / (times @ count), len(total), seed=seed)
    return Score(name, unit, float(model.mean()), float(other.mean()), (float(low), float(high)))
