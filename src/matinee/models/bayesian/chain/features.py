"""Which films somebody rated, and who rated a film, as features: what rows are expected to be before their ratings.

SVD++ (Koren 2008) adds ``Σ y_j / √|N|`` over the films j that a user rated to the user's factors; Macau (Simm and
others 2015) makes such sums the prior mean of a row, which keeps rows independent given the weights. Here the features
are first cut down to their leading singular vectors: then the weights are independent of each other too, and a draw
costs ``rows × components × rank`` whatever the ratings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.matrix.sparse import RatingMatrix
from matinee.models.svd.solve import truncated_svd

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATED: Final = "rated"
"""The block of who rated what."""

_TOLERANCE: Final = 1e-3
"""Of the singular triplets: what matters is that scores are orthogonal, which the solver makes them anyhow."""


@dataclass(frozen=True)
class Features:
    """Features of one side's rows in their principal components.

    Attributes
    ----------
    scores : float64, shape ``(rows, components)``: orthogonal columns of length ``values``.
    values : singular values, float64 over 0, shape ``(components,)``.
    axes : float32, shape ``(features, components)``, orthonormal: ``scores = features @ axes``.
    name : of the block.
    unseen : scores of rows without ratings, float64, shape ``(1 + attributes, components)``: what is usual of who rated
        what, and what each attribute of any block adds.

    """

    scores: NDArray[np.float64]
    values: NDArray[np.float64]
    axes: NDArray[np.float32]
    name: str = RATED
    unseen: NDArray[np.float64] = field(default_factory=lambda: np.zeros((1, 0)))


def who_rated_what(
    matrix: RatingMatrix, components: tuple[int, int], seed: int, threads: int
) -> tuple[Features | None, Features | None]:
    """Features of users (films they rated) and of items (users who rated them), as many components of each.

    Feature j of a row with n ratings is ``1 / √n`` where it has rated, or been rated by, j. 0 components: ``None``.
    """
    by_user, by_item = (1.0 / np.sqrt(np.maximum(n, 1)) for n in (matrix.user_counts, matrix.item_counts))
    users = _reduced(_weighed(matrix, by_user, own=0), components[0], seed, threads)
    items = _reduced(_weighed(matrix, by_item, own=1), components[1], seed, threads)
    return users, None if items is None else _turned(items)


def _weighed(matrix: RatingMatrix, weight: NDArray[np.float64], own: int) -> RatingMatrix:
    """Each rated cell holds the weight of its user (``own`` 0) or of its item (1)."""
    weight32, sides = weight.astype(np.float32), [matrix.by_user, matrix.by_item]
    sides[own] = sides[own].with_values(np.repeat(weight32, sides[own].lengths))
    sides[1 - own] = sides[1 - own].with_values(weight32[sides[1 - own].indices])
    return RatingMatrix(sides[0], sides[1])


def _reduced(matrix: RatingMatrix, components: int, seed: int, threads: int) -> Features | None:
    count = min(components, *matrix.shape)
    if not count:
        return None
    found = truncated_svd(matrix, count, tolerance=_TOLERANCE, seed=seed, threads=threads)
    kept = found.values > 1e-6 * found.values[0]
    values = found.values[kept]
    return Features(found.left[:, kept] * values, values, found.right[:, kept].astype(np.float32))


def _turned(found: Features) -> Features:
    """The same decomposition seen from the other side."""
    return Features(found.axes * found.values, found.values, (found.scores / found.values).astype(np.float32))


class Weights:
    """Draws of the features' weights: ``row ~ N(scores @ weights, 1 / precision)``, ``weights ~ N(0, 1 / own)``.

    ``own`` is drawn too, one a column of the rows, from Gamma(1, 1). ``expected`` is ``scores @ weights``.
    """

    STATE: ClassVar[tuple[str, ...]] = ("values", "_own")

    def __init__(self, features: Features, columns: int) -> None:
        self.features = features
        self.values = np.zeros((len(features.values), columns))
        self.expected = np.zeros((len(features.scores), columns))
        self._own = np.full(columns, 10.0)

    def draw(self, rows: NDArray[np.float64], precision: NDArray[np.float64], rng: np.random.Generator) -> None:
        """Given rows, less what else they are expected to be, and the precision of each column, ``(columns,)``."""
        wanted = precision * np.square(self.features.values)[:, None] + self._own
        mean = precision * (self.features.scores.T @ rows) / wanted
        self.values = mean + rng.standard_normal(mean.shape) / np.sqrt(wanted)
        self.expected = self.features.scores @ self.values
        self._own = draw_precision(np.square(self.values).sum(0), len(self.values), rng)

    def restored(self) -> None:
        """What follows from a state that was put back."""
        self.expected = self.features.scores @ self.values

    def of_features(self) -> NDArray[np.float32]:
        """The weights of the features themselves, shape ``(features, columns)``."""
        return np.asarray(self.features.axes @ self.values.astype(np.float32))


def draw_precision(squares: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Precisions given the sums of ``count`` squares each, with prior Gamma(1, 1). Shape as ``squares``."""
    return np.asarray(rng.gamma(1.0 + count / 2.0, 1.0, np.shape(squares)) / (1.0 + squares / 2.0))
