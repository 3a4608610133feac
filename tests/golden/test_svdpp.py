"""Figures of svdpp's defaults on real ratings; their bars were set before the model was written."""

from __future__ import annotations

import numpy as np

from matinee.models.svdpp import SVDPlusPlus
from tests.support.held_out import rmse

BAR = 0.870
"""What cmfrec reaches with implicit features is 0.8704; SVD++ by stochastic gradient (Surprise), 0.8995."""


def test_defaults_on_ratings_small(split) -> None:
    assert 0.80 < rmse(SVDPlusPlus(), split, np.ones(len(split.hidden), dtype=bool)) < BAR - 0.02
