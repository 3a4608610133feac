"""What all ratings of a period have in common, film by film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.bayesian.periods import Periods
from matinee.store.parts.part import prefixed, types_where
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_PREFIX: Final = "periods."
_TYPES: Final[Types] = {
    "edges": (np.int64, "e"),
    "factors": (np.float32, "pk"),
    "bias": (np.float32, "p"),
    "home": (np.int32, "m"),
}
"""p periods, and the e = p - 1 times at which all but the last end."""


def values(model: FittedModel) -> dict[str, Any]:
    """How many."""
    own = model.factors.periods
    return {"periods": None if own is None else len(own.bias)}


def arrays(model: FittedModel) -> Arrays:
    """Their arrays."""
    return prefixed(_PREFIX, _TYPES, model.factors.periods)


def types(values: dict[str, Any]) -> Types:
    """Which arrays there must be."""
    return types_where(values.get("periods") is not None, _PREFIX, _TYPES)


def sizes(values: dict[str, Any]) -> dict[str, int]:
    """The lengths of their axes."""
    periods = 1 if values.get("periods") is None else count(values, "periods")
    if not periods:
        raise DamagedError("its periods are 0, not a whole number from 1")
    return {"p": periods, "e": periods - 1}


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """Edges in order, and homes among the periods."""
    if values.get("periods") is None:
        return {}
    found = Periods(*(arrays[_PREFIX + name] for name in _TYPES))
    if (np.diff(found.edges) <= 0).any():
        raise DamagedError(f"{_PREFIX}edges do not ascend")
    if ((found.home < 0) | (found.home >= len(found.bias))).any():
        raise DamagedError(f"{_PREFIX}home is not from 0 to {len(found.bias) - 1}")
    return {"periods": found}
