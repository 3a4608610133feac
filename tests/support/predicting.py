"""Predictions of pairs by index, for tests that know their ratings by index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matinee.predicting.distribution import Predictions
    from matinee.predicting.fitted import FittedModel


def predict_at(model: FittedModel, user: Any, item: Any, time: Any = None) -> Predictions:
    """Predictions of pairs of indices into the model's vocabularies."""
    return model.predict_pairs(model.pairs_at(user, item, time))
