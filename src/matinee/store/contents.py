"""A model taken apart into what is saved: plain values, arrays and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from matinee.store.parts import spread
from matinee.store.parts.every import OF_FACTORS, PARTS

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.payloads import Arrays

FOLDING: Final = "folding."
"""What the names of the arrays in `Factors.folding` begin with."""


@dataclass(frozen=True)
class Contents:
    """A model as it is saved: ``values`` for the manifest, ``arrays``, and one table for each set of ids."""

    values: dict[str, Any]
    arrays: Arrays
    users: pl.DataFrame
    items: pl.DataFrame
    catalogue: pl.DataFrame


def take_apart(model: FittedModel) -> Contents:
    """The contents of ``model``."""
    own = model.factors
    arrays: Arrays = {
        "user_bias": own.user_bias,
        "item_bias": own.item_bias,
        "user_factors": own.user_factors,
        "item_factors": own.item_factors,
        "baseline_user": model.baseline.user,
        "baseline_item": model.baseline.item,
        "user_counts": model.user_counts,
        "item_counts": model.item_counts,
    }
    arrays |= {f"{FOLDING}{name}": array for name, array in own.folding.items()}
    for part in PARTS:
        arrays |= part.arrays(model)
    users, items = (pl.DataFrame({"id": side.ids}) for side in (model.users, model.items))
    return Contents(_values(model), arrays, users, items, model.catalogue.films)


def _values(model: FittedModel) -> dict[str, Any]:
    scale = model.scale
    return {
        "model": {"name": model.config.name, "parameters": model.config.to_dict()},
        "seed": int(model.seed),
        "seconds": float(model.seconds),
        "ratings": int(model.user_counts.sum()),
        "item_ratings": int(model.item_counts.sum()),
        "users": len(model.users),
        "items": len(model.items),
        "rank": model.rank,
        "scale": {"low": float(scale.low), "high": float(scale.high), "step": scale.step and float(scale.step)},
        "mean": float(model.factors.mean),
        "baseline_mean": float(model.baseline.mean),
        **spread.values(model),
        "catalogue": {"source": model.catalogue.source, "skipped": int(model.catalogue.skipped)},
        "folding": sorted(model.factors.folding),
        **{key: value for part in OF_FACTORS for key, value in part.values(model).items()},
        "details": model.factors.details,
    }
