"""Errors on held-out ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.fitting.options import RunOptions

if TYPE_CHECKING:
    from matinee.matrix.split import Split

QUICK = RunOptions(intervals=False)


def rmse(config, split: Split, rows: np.ndarray) -> float:
    model = config.fit(split.training, QUICK)
    hidden = split.hidden.take(rows)
    predicted = model.scale.clip(model.predict_pairs(model.pairs_of(hidden)).value)
    return float(np.sqrt(np.mean((predicted - hidden.value) ** 2)))
