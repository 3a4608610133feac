"""Thresholds at which predictions are cut into stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.bayesian.cutpoints import Cutpoints
from matinee.store.parts.part import prefixed, types_where
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count, mapping, number

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_PREFIX: Final = "link."
_TYPES: Final[Types] = {"thresholds": (np.float64, "h"), "stars": (np.float64, "j")}
"""j stars, and h = j - 1 thresholds between them."""


def values(model: FittedModel) -> dict[str, Any]:
    """How many stars there are, and the noise."""
    own = model.factors.link
    return {"link": None if own is None else {"levels": len(own.stars), "noise": float(own.noise)}}


def arrays(model: FittedModel) -> Arrays:
    """Its arrays."""
    return prefixed(_PREFIX, _TYPES, model.factors.link)


def types(values: dict[str, Any]) -> Types:
    """Which arrays there must be."""
    return types_where(values.get("link") is not None, _PREFIX, _TYPES)


def sizes(values: dict[str, Any]) -> dict[str, int]:
    """The lengths of its axes."""
    if values.get("link") is None:
        return {}
    levels = count(mapping(values, "link"), "levels")
    return {"j": levels, "h": max(0, levels - 1)}


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """Thresholds and stars that ascend, and noise."""
    if values.get("link") is None:
        return {}
    thresholds, stars = (arrays[_PREFIX + name] for name in _TYPES)
    noise = number(mapping(values, "link"), "noise")
    if len(stars) < 2 or (np.diff(thresholds) <= 0).any() or (np.diff(stars) <= 0).any() or noise <= 0:
        what = f"{_PREFIX}thresholds or {_PREFIX}stars do not ascend, are under two, or the noise is not over 0"
        raise DamagedError(what)
    return {"link": Cutpoints(thresholds, stars, noise)}
