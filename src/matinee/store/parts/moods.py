"""What users' ratings of one time have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.bayesian.session_drift import Moods
from matinee.store.parts.part import prefixed, types_where
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_PREFIX: Final = "moods."
_TYPES: Final[Types] = {
    "starts": (np.int64, "o"),
    "time": (np.int64, "t"),
    "level": (np.float32, "tc"),
    "scales": (np.float64, "c"),
}
"""t levels of each of c scales; where each user's start, and where the last one's end: o = m + 1."""


def values(model: FittedModel) -> dict[str, Any]:
    """How many levels, and of how many scales."""
    own = model.factors.moods
    return {"moods": None if own is None else list(own.level.shape)}


def arrays(model: FittedModel) -> Arrays:
    """Their arrays."""
    return prefixed(_PREFIX, _TYPES, model.factors.moods)


def types(values: dict[str, Any]) -> Types:
    """Which arrays there must be."""
    return types_where(values.get("moods") is not None, _PREFIX, _TYPES)


def sizes(values: dict[str, Any]) -> dict[str, int]:
    """The lengths of their axes."""
    given = values.get("moods")
    if given is None:
        return {}
    if not isinstance(given, list) or len(given) != 2:
        raise DamagedError(f"its moods are {given!r}, not two whole numbers")
    named = dict(zip("tc", given, strict=True))
    return {"o": count(values, "users") + 1} | {name: count(named, name) for name in named}


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """Levels in order, so that looking one up stays within them."""
    if values.get("moods") is None:
        return {}
    starts, time, level, scales = (arrays[_PREFIX + name] for name in _TYPES)
    owner = np.repeat(np.arange(len(starts) - 1), np.maximum(np.diff(starts), 0))
    if starts[0] != 0 or starts[-1] != len(time) or (np.diff(starts) < 0).any():
        raise DamagedError(f"{_PREFIX}starts does not lead from 0 to {len(time):,}")
    if (np.diff(time)[np.diff(owner) == 0] < 0).any() or (scales <= 0).any():
        raise DamagedError(f"{_PREFIX}time does not ascend within a user, or a scale is not over 0")
    return {"moods": Moods(starts, time, level, scales)}
