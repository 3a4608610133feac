"""How far ratings of each user and item scatter, and what is not known of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.store.payloads import Arrays, DamagedError

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_TYPES: Final[Types] = {
    "user_noise": (np.float32, "m"),
    "item_noise": (np.float32, "n"),
    "user_doubt": (np.float32, "m"),
    "item_doubt": (np.float32, "n"),
}
"""Each by itself is there or not."""


def values(model: FittedModel) -> dict[str, Any]:
    """Which are there."""
    return {"noise": list(arrays(model))}


def arrays(model: FittedModel) -> Arrays:
    """Those that are there."""
    return {name: side for name in _TYPES if (side := getattr(model.factors, name)) is not None}


def types(values: dict[str, Any]) -> Types:
    """Those that are there; models of matinee 0.1 have none."""
    names = values.get("noise", [])
    if not isinstance(names, list) or any(name not in list(_TYPES) for name in names):
        raise DamagedError(f"its noise is {names!r}, not a list of some of: {', '.join(sorted(_TYPES))}")
    return {name: _TYPES[name] for name in names}


def sizes(values: dict[str, Any]) -> dict[str, int]:  # noqa: ARG001
    """No axes of its own."""
    return {}


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """Noise over 0, doubt of 0 or more."""
    found = {name: arrays[name] for name in types(values)}
    for name, side in found.items():
        if name.endswith("_noise") and (side <= 0).any():
            raise DamagedError(f"{name} is {side.min():g}, not over 0")
        if (side < 0).any():
            raise DamagedError(f"{name} is {side.min():g}, not 0 or more")
    return found
