"""A model taken apart into what is saved: plain values, arrays and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from matinee.store.layout import taken_apart

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.payloads import Arrays


@dataclass(frozen=True)
class Contents:
    """A model as it is saved: ``values`` for the manifest, ``arrays``, and one table for each set of ids."""

    values: dict[str, Any]
    arrays: Arrays
    users: pl.DataFrame
    items: pl.DataFrame
    catalogue: pl.DataFrame


def contents_of(model: FittedModel) -> Contents:
    """The contents of ``model``."""
    scorer, of_scorer = taken_apart(model.scorer, "scorer.")
    parts, arrays = taken_apart(model, "")
    users, items = (pl.DataFrame({"id": side.ids}) for side in (model.users, model.items))
    values = _values(model) | parts | {"scorer": scorer, "details": model.report.to_dict()}
    return Contents(values, arrays | of_scorer, users, items, model.catalogue.films)


def _values(model: FittedModel) -> dict[str, Any]:
    scale = model.scale
    return {
        "model": {"name": model.config.name, "parameters": model.config.to_dict()},
        "seed": int(model.report.seed),
        "seconds": float(model.report.seconds),
        "ratings": int(model.user_counts.sum()),
        "item_ratings": int(model.item_counts.sum()),
        "users": len(model.users),
        "items": len(model.items),
        "rank": model.rank,
        "scale": {"low": float(scale.low), "high": float(scale.high), "step": scale.step and float(scale.step)},
        "catalogue": {"source": model.catalogue.source, "skipped": int(model.catalogue.skipped)},
    }
