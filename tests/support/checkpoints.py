"""Saved states of a fit, and whether two are equal."""

from __future__ import annotations

import numpy as np

from matinee.fitting.options import Saved


def state(number: int = 1) -> Saved:
    rng = np.random.default_rng(number)
    values = {"drawn": number, "generator": rng.bit_generator.state, "third": 1 / 3, "nothing": None}
    arrays = {
        "single": rng.standard_normal((4, 3)).astype(np.float32),
        "double": rng.standard_normal(5),
        "whole": rng.integers(-9, 9, 7),
        "empty": np.zeros((0, 3)),
        "number": np.float64(1 / 3),
    }
    return Saved(values, arrays)


def same(one: Saved, other: Saved) -> bool:
    """To the last bit."""
    return one.values == other.values and {
        name: (array.dtype, np.shape(array), array.tobytes()) for name, array in one.arrays.items()
    } == {name: (array.dtype, np.shape(array), array.tobytes()) for name, array in other.arrays.items()}
