"""Single predictions worth showing, chosen by rule so that nobody can pick the flattering ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.evaluation.metrics.distribution import states_stars
from matinee.evaluation.metrics.errors import errors
from matinee.evaluation.metrics.groups import star_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.evaluation.result import Evaluation

SHOWN: Final = 12
"""Number of predictions that `spread_examples` shows."""


def spread_examples(result: Evaluation, count: int = SHOWN) -> pl.DataFrame:
    """At most ``count`` rows at evenly spaced quantiles of the absolute error, best first.

    Films with a title come before those without; each film is shown once. The rows gain ``shown`` (the
    prediction, clipped to the scale) and ``error`` (in stars).
    """
    ordered = _with_error(result)
    titled = ordered.filter(pl.col("title").is_not_null())
    pool = titled if len(titled) else ordered
    places = (np.arange(count) + 0.5) / count * len(pool)
    return pool[_different_films(pool["item"].to_list(), places.astype(int).tolist())]


def surprising(result: Evaluation, count: int = 15) -> pl.DataFrame:
    """The ``count`` most surprising rows, worst first, with ``shown``, ``error`` and ``chance``.

    Those whose truth was given the least probability (``chance``, 0 to 1) or, where a row does not say how likely
    each star is (``chance`` null), those whose prediction was furthest off.
    """
    rows = _with_error(result)
    if not states_stars(result):
        return rows.reverse().head(count).with_columns(chance=pl.lit(None, dtype=pl.Float64))
    return rows.with_columns(chance=pl.Series(true_star(rows, result.setting.scale))).sort("chance").head(count)


def true_star(rows: pl.DataFrame, scale: Scale) -> NDArray[np.float64]:
    """The probability that each row gave its truth, shape ``(n,)``."""
    stars = star_index(rows["truth"].to_numpy(), scale)
    return np.asarray(rows["probabilities"].to_numpy()[np.arange(len(stars)), stars])


def _with_error(result: Evaluation) -> pl.DataFrame:
    """The rows, from the smallest to the largest absolute error; ties by id."""
    shown = result.setting.scale.clip(result.rows["prediction"].to_numpy())
    rows = result.rows.with_columns(shown=pl.Series(shown), error=pl.Series(errors(result)))
    return rows.sort(pl.col("error").abs(), "user", "item")


def _different_films(items: list[object], places: list[int]) -> list[int]:
    """From each place on, the first row whose film is not taken yet."""
    rows: dict[object, int] = {}
    for place in sorted(set(places)):
        for row in range(place, len(items)):
            if items[row] not in rows:
                rows[items[row]] = row
                break
    return sorted(rows.values())
