"""The measured spread of a model, as it is saved and as it was saved before."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.predicting.calibration import SUPPORT_EDGES, Spread
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count, number

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.parts.part import Types

_PRESENT: Final[Types] = {
    "spread_levels": (np.float64, "l"),
    "spread_limits": (np.float64, "sl"),
    "spread_deviation": (np.float64, "s"),
    "spread_trend": (np.float64, "z"),
}
"""Each array's type and shape: s groups of support, l levels, a trend with z = 2 sides."""

_BEFORE: Final[Types] = {"spread_below": (np.float64, "s"), "spread_above": (np.float64, "s")}
"""Schemas 1 and 2: the two limits of the interval that is shown."""


def values(model: FittedModel) -> dict[str, Any]:
    """What share of truths its intervals hold, how many levels were measured, and the least deviation."""
    spread = model.spread
    return {
        "coverage": None if spread is None else float(spread.coverage),
        "levels": None if spread is None else len(spread.levels),
        "least": 0.0 if spread is None else float(spread.least),
    }


def arrays(model: FittedModel) -> Arrays:
    """The arrays of the spread, none where there is no spread."""
    spread = model.spread
    if spread is None:
        return {}
    return {name: getattr(spread, name.removeprefix("spread_")) for name in _PRESENT}


def types(values: dict[str, Any]) -> Types:
    """Which arrays there must be, with their types and axes."""
    if values.get("coverage") is None:
        return {}
    return dict(_PRESENT) if "levels" in values else dict(_BEFORE)


def sizes(values: dict[str, Any]) -> dict[str, int]:
    """The lengths of the axes."""
    known = {"s": len(SUPPORT_EDGES), "z": 2}
    return known | ({"l": count(values, "levels")} if values.get("levels") is not None else {})


def of(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """The spread; `DamagedError` where its numbers are not those of one."""
    if values.get("coverage") is None:
        return {}
    coverage = number(values, "coverage")
    if not 0 < coverage < 1:
        raise DamagedError(f"the coverage of its intervals is {coverage}, not between 0 and 1")
    if "levels" not in values:
        return {"spread": _before(coverage, arrays["spread_below"], arrays["spread_above"])}
    levels, limits, deviation, trend = (arrays[name] for name in _PRESENT)
    inside = len(levels) > 1 and levels[0] > 0 and levels[-1] < 1 and (np.diff(levels) > 0).all()
    least = number({"least": 0.0} | values, "least")
    if not inside or (np.diff(limits) < 0).any() or (deviation < 0).any() or least < 0:
        raise DamagedError("its spread has levels or limits that do not ascend, or a negative deviation")
    return {"spread": Spread(coverage, levels, limits, deviation, trend, least)}


def _before(coverage: float, below: np.ndarray[Any, Any], above: np.ndarray[Any, Any]) -> Spread:
    """Two limits alone: the deviation is that of a normal which leaves as much out."""
    out = (1.0 - coverage) / 2.0
    deviation = np.maximum(above - below, 0.0) / (2.0 * NormalDist().inv_cdf(1.0 - out))
    return Spread(coverage, np.array([out, 1.0 - out]), np.column_stack([below, above]), deviation, np.zeros(2))
