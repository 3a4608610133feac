"""What users and items without ratings are expected to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.bayesian.cold_start import Newcomers
from matinee.store.parts.part import prefixed, types_where
from matinee.store.payloads import Arrays, DamagedError

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_PREFIX: Final = "newcomers."
_TYPES: Final[Types] = {
    "user_bias": (np.float32, "2"),
    "user_factors": (np.float32, "2k"),
    "item_bias": (np.float32, "2"),
    "item_factors": (np.float32, "2k"),
    "user_gain": (np.float32, "m"),
    "item_gain": (np.float32, "n"),
    "width": (np.float32, "2"),
}


def values(model: FittedModel) -> dict[str, Any]:
    """Whether the model says it."""
    return {"newcomers": model.factors.newcomers is not None}


def arrays(model: FittedModel) -> Arrays:
    """Their arrays."""
    return prefixed(_PREFIX, _TYPES, model.factors.newcomers)


def types(values: dict[str, Any]) -> Types:
    """Which arrays there must be."""
    return types_where(_said(values), _PREFIX, _TYPES)


def sizes(values: dict[str, Any]) -> dict[str, int]:  # noqa: ARG001
    """The length of their axis."""
    return {"2": 2}


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """Any numbers will do."""
    return {"newcomers": Newcomers(**{name: arrays[_PREFIX + name] for name in _TYPES})} if _said(values) else {}


def _said(values: dict[str, Any]) -> bool:
    """Whether the model says it; schemas before 3 did not."""
    said = values.get("newcomers", False)
    if not isinstance(said, bool):
        raise DamagedError(f"its newcomers are {said!r}, not true or false")
    return said
