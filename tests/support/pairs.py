"""Every pair of a model, and raw ids that it knows or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matinee.data.vocabulary import Vocabulary
    from matinee.predicting.fitted import FittedModel
    from matinee.predicting.pairs import Pairs


def every_pair(model: FittedModel, time: Any = None) -> Pairs:
    """Every user with every item, user by user; ``time``: one a user."""
    user, item = (index.ravel() for index in np.indices((len(model.users), len(model.items))))
    return model.pairs_at(user, item, None if time is None else np.asarray(time)[user])


def raw_ids(vocabulary: Vocabulary, index: Any, known: Any = True) -> list[Any]:
    """Raw ids of ``index``; an id that is not in the vocabulary where it is not ``known``."""
    unknown = -1 if vocabulary.kind == "integer" else "not in the vocabulary"
    there = np.broadcast_to(known, np.shape(index))
    return [vocabulary.ids[int(place)] if own else unknown for place, own in zip(index, there, strict=True)]
