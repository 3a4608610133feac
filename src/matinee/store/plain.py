"""Values out of a manifest, each of the kind that it must be; `DamagedError` where it is not."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from matinee.store.payloads import DamagedError


def number(values: dict[str, Any], key: str) -> float:
    """The finite number at ``key``."""
    value = values.get(key)
    with suppress(OverflowError):
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    raise DamagedError(f"its {key} is {value!r}, not a finite number")


def count(values: dict[str, Any], key: str) -> int:
    """The whole number of 0 or more at ``key``."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise DamagedError(f"its {key} is {value!r}, not a whole number of 0 or more")
    return value


def text(values: dict[str, Any], key: str) -> str:
    """The text at ``key``."""
    value = values.get(key)
    if not isinstance(value, str):
        raise DamagedError(f"its {key} is {value!r}, not a text")
    return value


def mapping(values: dict[str, Any], key: str) -> dict[str, Any]:
    """The values at ``key``."""
    value = values.get(key)
    if not isinstance(value, dict):
        raise DamagedError(f"its {key} is {value!r}, not a set of values")
    return value
