"""Predictions as columns beside a table of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.pairs.ids import checked_ids
from matinee.data.pairs.times import times
from matinee.data.problems import quote, wrong_columns
from matinee.errors import ConfigError
from matinee.predicting.distribution import MOST_STARS, star_values
from matinee.predicting.sources import SOURCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from matinee.data.pairs.table import PairTable
    from matinee.data.scale import Scale
    from matinee.predicting.distribution import Predictions, Predictive
    from matinee.predicting.fitted import FittedModel

COLUMNS: Final = ("prediction", "lower", "upper", "source")
"""The columns added: stars on the scale, or a preference, not rounded; the interval; the source of the number."""


@dataclass(frozen=True)
class ExtraColumns:
    """Columns beside `COLUMNS`, and the coverage of the interval.

    Attributes
    ----------
    coverage : of the interval in ``lower`` and ``upper``, over 0 and under 1; ``None``: as the model was fitted.
    quantiles : levels, 0 to 1, one column ``q0.25`` each.
    deviation : add ``deviation``, the standard deviation of the rating, in stars.
    probabilities : add the probability of each star, one column ``p4.5`` each.

    """

    coverage: float | None = None
    quantiles: tuple[float, ...] = ()
    deviation: bool = False
    probabilities: bool = False

    @property
    def options(self) -> list[str]:
        """The names of the fields that are set."""
        return [name for name, value in vars(self).items() if value not in (None, (), False)]

    def names(self, scale: Scale) -> list[str]:
        """The columns, in order, after `COLUMNS`."""
        names = ["deviation"] * self.deviation + [f"q{level:g}" for level in self.quantiles]
        return names + ([f"p{star:g}" for star in star_values(scale)] if self.probabilities else [])


NO_EXTRA: Final = ExtraColumns()


def predict_pairs(model: FittedModel, pairs: PairTable, extra: ExtraColumns = NO_EXTRA) -> pl.DataFrame:
    """``pairs.frame`` with `COLUMNS`, and the ``extra`` ones, after its own: rows, order and columns kept.

    ``prediction``, ``lower`` and ``upper`` (Float64) are clipped to the scale, but for a preference, which has
    none; the limits are null where the model has no calibrated intervals; ``source`` is one of `SOURCES`. Unknown
    users and items are predicted from what is known, and by time where the model learnt from times and the table has a
    column of them. Raises `DataError` where ids are missing or of another kind than the model's, or where ``pairs``
    already has such a column, and `ConfigError` where the model cannot give the extra columns.
    """
    names = [*COLUMNS, *extra.names(model.scale)]
    _check_names(pairs, names)
    _check_model(model, extra)
    users = checked_ids(pairs, pairs.user, model.users)
    items = checked_ids(pairs, pairs.item, model.items)
    predictions = model.predict(users, items, times(pairs) if model.scorer.timed else None)
    columns = [
        pl.Series(model.shown(predictions.value)),
        *_limits(predictions, extra),
        pl.Series(SOURCES).gather(predictions.source),
    ]
    columns += [] if predictions.predictive is None else _extra(model, predictions.predictive, extra)
    return pairs.frame.with_columns(column.alias(name) for column, name in zip(columns, names, strict=True))


def _limits(predictions: Predictions, extra: ExtraColumns) -> list[pl.Series]:
    if predictions.predictive is not None and extra.coverage is not None:
        return [pl.Series(limit) for limit in predictions.predictive.interval(extra.coverage)]
    nothing = pl.repeat(None, len(predictions.value), dtype=pl.Float64, eager=True)
    return [nothing if limit is None else pl.Series(limit) for limit in (predictions.lower, predictions.upper)]


def _check_model(model: FittedModel, extra: ExtraColumns) -> None:
    """Raise `ConfigError` for ``extra`` options that need calibrated intervals, where the model has none."""
    options = ", ".join(f"--{name}" for name in extra.options)
    if options and model.config.predicts == "preference":
        raise ConfigError(
            f"{options}: found the model {model.config.name}, which ranks films and predicts no stars; allowed is a "
            "model of stars; take one, such as bayesian or svdpp"
        )
    if options and model.calibration is None:
        raise ConfigError(
            f"{options}: the model ({model.config.name}) has no calibrated intervals; allowed is one that was fitted "
            "with intervals; fit it again without --no-intervals, or to more ratings"
        )


def _extra(model: FittedModel, predictive: Predictive, extra: ExtraColumns) -> list[pl.Series]:
    columns = [predictive.deviation] if extra.deviation else []
    columns += list(predictive.quantiles(extra.quantiles).T) if extra.quantiles else []
    return [pl.Series(column) for column in columns + (_stars(model, predictive) if extra.probabilities else [])]


def _stars(model: FittedModel, predictive: Predictive) -> list[NDArray[np.float64]]:
    stars = predictive.probabilities()
    if stars is None:
        raise ConfigError(
            f"probabilities: found the scale {model.scale}; allowed is a scale with steps, of at most {MOST_STARS} "
            "different ratings; ask for quantiles instead"
        )
    return list(stars.T)


def _check_names(pairs: PairTable, names: Sequence[str]) -> None:
    """Raise `DataError` where a column of ``pairs`` has the name of one that would be added."""
    taken = [name for name in names if name in pairs.frame.columns]
    if taken:
        raise wrong_columns(
            pairs.where,
            quote(", ".join(taken)),
            "the table already has a column that predictions would be put in",
            f"none named {', '.join(names)}",
            "Rename or remove it.",
        )
