"""RMSE against rank: one decomposition gives every smaller rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.evaluation.result import Curve
from matinee.matrix.sparse import RatingMatrix
from matinee.models.truncated_svd import TruncatedSVD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.options import RunOptions
    from matinee.predicting.fitted import FittedModel

_MOST_CELLS: Final = 2_000_000
"""Training and test ratings together for which the curve is drawn: beyond, it would take longer than the fit."""

_CHUNK: Final = 1 << 16


def rank_curve(model: FittedModel, training: Ratings, test: Ratings, options: RunOptions) -> Curve | None:
    """RMSE of the test ratings at each rank from 1 to three times the model's, for a truncated SVD.

    ``None`` for other models and for more than 2 million ratings.
    """
    config = model.config
    if not isinstance(config, TruncatedSVD) or len(training) + len(test) > _MOST_CELLS:
        return None
    matrix = RatingMatrix.from_ratings(training, options.workers)
    reach = min(3 * config.rank, min(matrix.shape))
    fill, svd = TruncatedSVD(reach, config.fill, config.damping, config.tolerance).decompose(matrix, options)
    pairs = model.pairs_of(test)
    squares = np.zeros(reach)
    others = model.predict_pairs(pairs.take(~pairs.rated)).value
    squares += np.sum(np.square(test.scale.clip(others) - test.value[~pairs.rated]))
    rows = np.flatnonzero(pairs.rated)
    for part in np.array_split(rows, len(rows) // _CHUNK + 1):
        user, item = (side.index[part] for side in (pairs.user, pairs.item))
        steps = (svd.left[user] * svd.values) * svd.right[item]
        value = fill.predict(user, item)[:, None] + np.cumsum(steps, axis=1)
        squares += _sum_of_squares(test.scale.clip(value), test.value[part])
    error = np.sqrt(squares / len(test))
    return Curve(tuple(float(k) for k in range(1, reach + 1)), tuple(float(e) for e in error))


def _sum_of_squares(value: NDArray[np.floating], truth: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.sum(np.square(value - truth[:, None]), axis=0))
