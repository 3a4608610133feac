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
    from matinee.predicting.distribution import Predictive
    from matinee.predicting.fitted import FittedModel
    from matinee.predicting.predictions import Predictions

COLUMNS: Final = ("prediction", "lower", "upper", "source")
"""What is added: stars on the scale, or a preference, not rounded; the interval; where the number came from."""


@dataclass(frozen=True)
class Wanted:
    """What is added beside `COLUMNS`.

    Attributes
    ----------
    coverage : of the interval in ``lower`` and ``upper``, over 0 and under 1; ``None``: as the model was fitted.
    quantiles : levels, 0 to 1, one column ``q0.25`` each.
    deviation : whether to add ``deviation``, the standard deviation of what a rating may be, in stars.
    probabilities : whether to add the probability of each star, one column ``p4.5`` each.

    """

    coverage: float | None = None
    quantiles: tuple[float, ...] = ()
    deviation: bool = False
    probabilities: bool = False

    @property
    def given(self) -> list[str]:
        """The names of what was asked for."""
        return [name for name, value in vars(self).items() if value not in (None, (), False)]

    def names(self, scale: Scale) -> list[str]:
        """The columns it adds, in order, after `COLUMNS`."""
        names = ["deviation"] * self.deviation + [f"q{level:g}" for level in self.quantiles]
        return names + ([f"p{star:g}" for star in star_values(scale)] if self.probabilities else [])


PLAIN: Final = Wanted()


def predict_pairs(model: FittedModel, pairs: PairTable, wanted: Wanted = PLAIN) -> pl.DataFrame:
    """``pairs.frame`` with `COLUMNS`, and what else is ``wanted``, after its own: rows, order and columns kept.

    ``prediction``, ``lower`` and ``upper`` (Float64) are clipped to the scale, but for a preference, which has
    none; the limits are null where the model has no measured spread; ``source`` is one of `SOURCES`. Unknown
    users and items are predicted from what is known, and by time where the model learnt from times and the table has a
    column of them. Raises `DataError` where ids are missing or of another kind than the model's, or where ``pairs``
    already has such a column, and `ConfigError` where the model cannot give what is wanted.
    """
    names = [*COLUMNS, *wanted.names(model.scale)]
    _check_columns(pairs, names)
    _check_wanted(model, wanted)
    users = checked_ids(pairs, pairs.user, model.users)
    items = checked_ids(pairs, pairs.item, model.items)
    found = model.predict(users, items, times(pairs) if model.scorer.timed else None)
    limits = _limits(found, wanted)
    added = [pl.Series(model.shown(found.value)), *limits, pl.Series(SOURCES).gather(found.source)]
    added += [] if found.predictive is None else _beside(model, found.predictive, wanted)
    return pairs.frame.with_columns(column.alias(name) for column, name in zip(added, names, strict=True))


def _limits(found: Predictions, wanted: Wanted) -> list[pl.Series]:
    if found.predictive is not None and wanted.coverage is not None:
        return [pl.Series(limit) for limit in found.predictive.interval(wanted.coverage)]
    nothing = pl.repeat(None, len(found.value), dtype=pl.Float64, eager=True)
    return [nothing if limit is None else pl.Series(limit) for limit in (found.lower, found.upper)]


def _check_wanted(model: FittedModel, wanted: Wanted) -> None:
    """Raise `ConfigError` where something is wanted that a model without a measured spread cannot give."""
    asked = ", ".join(f"--{name}" for name in wanted.given)
    if asked and model.config.predicts == "preference":
        raise ConfigError(
            f"{asked}: found the model {model.config.name}, which ranks films and predicts no stars; allowed is a "
            "model of stars; take one, such as bayesian or svdpp"
        )
    if asked and model.calibration is None:
        raise ConfigError(
            f"{asked}: the model ({model.config.name}) has no measured spread; allowed is one that was fitted with "
            "intervals; fit it again without --no-intervals, or to more ratings"
        )


def _beside(model: FittedModel, found: Predictive, wanted: Wanted) -> list[pl.Series]:
    columns = [found.deviation] if wanted.deviation else []
    columns += list(found.quantiles(wanted.quantiles).T) if wanted.quantiles else []
    return [pl.Series(column) for column in columns + (_stars(model, found) if wanted.probabilities else [])]


def _stars(model: FittedModel, predictive: Predictive) -> list[NDArray[np.float64]]:
    stars = predictive.probabilities()
    if stars is None:
        raise ConfigError(
            f"probabilities: found the scale {model.scale}; allowed is a scale with steps, of at most {MOST_STARS} "
            "different ratings; ask for quantiles instead"
        )
    return list(stars.T)


def _check_columns(pairs: PairTable, names: Sequence[str]) -> None:
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
