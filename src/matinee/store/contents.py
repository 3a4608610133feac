"""A model taken apart into what is saved: plain values, arrays and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from matinee.models.newcomers import ARRAYS as NEWCOMER_ARRAYS
from matinee.store.spreads import spread_arrays

if TYPE_CHECKING:
    from matinee.models.base import FactorModel
    from matinee.models.link import Cutpoints
    from matinee.store.payloads import Arrays

FOLDING: Final = "folding."
"""What the names of the arrays in `Factors.folding` begin with."""

NOISE: Final = ("user_noise", "item_noise", "user_doubt", "item_doubt")
"""Arrays of `Factors` that a model may have or not."""

MOODS: Final = "moods."
MOOD_ARRAYS: Final = ("starts", "time", "level", "scales")
"""What the names of the arrays of `Factors.moods` begin with, and what they are."""


NEWCOMERS: Final = "newcomers."
"""What the names of the arrays of `Factors.newcomers` begin with."""

PERIODS: Final = "periods."
PERIOD_ARRAYS: Final = ("edges", "factors", "bias", "home")
"""The same of `Factors.periods`."""

LINK: Final = "link."
LINK_ARRAYS: Final = ("thresholds", "stars")
"""Likewise of `Factors.link`."""


@dataclass(frozen=True)
class Contents:
    """A model as it is saved: ``values`` for the manifest, ``arrays``, and one table for each set of ids."""

    values: dict[str, Any]
    arrays: Arrays
    users: pl.DataFrame
    items: pl.DataFrame
    catalogue: pl.DataFrame


def take_apart(model: FactorModel) -> Contents:
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
    arrays |= {name: side for name in NOISE if (side := getattr(own, name)) is not None}
    if own.moods is not None:
        arrays |= {f"{MOODS}{name}": getattr(own.moods, name) for name in MOOD_ARRAYS}
    if own.newcomers is not None:
        arrays |= {f"{NEWCOMERS}{name}": getattr(own.newcomers, name) for name in NEWCOMER_ARRAYS}
    if own.periods is not None:
        arrays |= {f"{PERIODS}{name}": getattr(own.periods, name) for name in PERIOD_ARRAYS}
    if own.link is not None:
        arrays |= {f"{LINK}{name}": getattr(own.link, name) for name in LINK_ARRAYS}
    arrays |= spread_arrays(model)
    users, items = (pl.DataFrame({"id": side.ids}) for side in (model.users, model.items))
    return Contents(_values(model), arrays, users, items, model.catalogue.films)


def _values(model: FactorModel) -> dict[str, Any]:
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
        "coverage": None if model.spread is None else float(model.spread.coverage),
        "levels": None if model.spread is None else len(model.spread.levels),
        "least": 0.0 if model.spread is None else float(model.spread.least),
        "catalogue": {"source": model.catalogue.source, "skipped": int(model.catalogue.skipped)},
        "folding": sorted(model.factors.folding),
        "noise": [name for name in NOISE if getattr(model.factors, name) is not None],
        "moods": None if model.factors.moods is None else list(model.factors.moods.level.shape),
        "newcomers": model.factors.newcomers is not None,
        "periods": None if model.factors.periods is None else len(model.factors.periods.bias),
        "link": None if model.factors.link is None else _link(model.factors.link),
        "details": model.factors.details,
    }


def _link(link: Cutpoints) -> dict[str, Any]:
    return {"levels": len(link.stars), "noise": float(link.noise)}
