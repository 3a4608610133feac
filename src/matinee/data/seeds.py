"""Seeds of random streams, checked where a user gives one."""

from __future__ import annotations

import numpy as np

from matinee.errors import ConfigError


def check_seed(seed: int) -> None:
    """`ConfigError` unless ``seed`` is a whole number from 0 to 2⁶⁴ - 1."""
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or not 0 <= seed < 2**64:
        raise ConfigError(f"seed: found {seed!r}; allowed is a whole number from 0 to 2**64 - 1; give one such as 20")
