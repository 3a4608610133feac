"""Predictions as columns beside a table of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.pairs.ids import encode
from matinee.data.pairs.times import times
from matinee.data.wording import quote, wrong_columns
from matinee.models.base import SOURCES

if TYPE_CHECKING:
    from matinee.data.pairs.table import Pairs
    from matinee.models.base import FactorModel

COLUMNS: Final = ("prediction", "lower", "upper", "source")
"""What is added: stars on the scale, or a preference, not rounded; the interval; where the number came from."""


def predict_pairs(model: FactorModel, pairs: Pairs) -> pl.DataFrame:
    """``pairs.frame`` with `COLUMNS` after its own: rows, order and columns kept.

    ``prediction``, ``lower`` and ``upper`` (Float64) are clipped to the scale, but for a preference, which has
    none; the limits are null where the model has no measured spread; ``source`` is one of `SOURCES`. Unknown
    users and items are predicted from what is known, and by time where the model learnt from times and the
    table has a column of them. Raises `DataError` where ids are missing or of another kind
    than the model's, or where ``pairs`` already has such a column.
    """
    _check_columns(pairs)
    user, user_known = encode(pairs, pairs.user, model.users)
    item, item_known = encode(pairs, pairs.item, model.items)
    when = times(pairs) if model.factors.timed else None
    found = model.predict(user, item, user_known, item_known, when)
    nothing = pl.repeat(None, len(pairs), dtype=pl.Float64, eager=True)
    limits = [nothing if limit is None else pl.Series(limit) for limit in (found.lower, found.upper)]
    added = [pl.Series(model.shown(found.value)), *limits, pl.Series(SOURCES).gather(found.source)]
    return pairs.frame.with_columns(column.alias(name) for column, name in zip(added, COLUMNS, strict=True))


def _check_columns(pairs: Pairs) -> None:
    """Raise `DataError` where a column of ``pairs`` has the name of one that would be added."""
    taken = [name for name in COLUMNS if name in pairs.frame.columns]
    if taken:
        raise wrong_columns(
            pairs.where,
            quote(", ".join(taken)),
            "the table already has a column that predictions would be put in",
            f"none named {', '.join(COLUMNS)}",
            "Rename or remove it.",
        )
