"""Features of users by the films they rated, and of films by their raters: the prior mean of rows.

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
"""The name of the block of who rated what."""

_TOLERANCE: Final = 1e-3
"""Tolerance of the singular triplets: the solver makes scores orthogonal, and no more is needed."""


@dataclass(frozen=True)
class Features:
    """Features of one side's rows in their principal components.

    Attributes
    ----------
    scores : float64, shape ``(rows, components)``: orthogonal columns of length ``values``.
    values : singular values, float64 over 0, shape ``(components,)``.
    axes : float32, shape ``(features, components)``, orthonormal: ``scores = features @ axes``.
    name : of the block.
    unrated : scores of rows without ratings, float64, shape ``(1 + attributes, components)``: the usual ones of who
        rated what, and what each attribute of any block adds.

    """

    scores: NDArray[np.float64]
    values: NDArray[np.float64]
    axes: NDArray[np.float32]
    name: str = RATED
    unrated: NDArray[np.float64] = field(default_factory=lambda: np.zeros((1, 0)))


def who_rated_what(
    matrix: RatingMatrix, components: tuple[int, int], seed: int, threads: int
) -> tuple[Features | None, Features | None]:
    """Features of users (films they rated) and of items (users who rated them), as many components of each.

    Feature j of a row with n ratings is ``1 / √n`` where it has rated, or been rated by, j. 0 components: ``None``.
    """
    by_user, by_item = (1.0 / np.sqrt(np.maximum(n, 1)) for n in (matrix.user_counts, matrix.item_counts))
    users = _reduced(_weighed(matrix, by_user, side=0), components[0], seed, threads)
    items = _reduced(_weighed(matrix, by_item, side=1), components[1], seed, threads)
    return users, None if items is None else _turned(items)


def _weighed(matrix: RatingMatrix, weight: NDArray[np.float64], side: int) -> RatingMatrix:
    """The weight of its user (``side`` 0) or of its item (1) in each rated cell."""
    weight32, sides = weight.astype(np.float32), [matrix.by_user, matrix.by_item]
    sides[side] = sides[side].with_values(np.repeat(weight32, sides[side].lengths))
    sides[1 - side] = sides[1 - side].with_values(weight32[sides[1 - side].indices])
    return RatingMatrix(sides[0], sides[1])


def _reduced(matrix: RatingMatrix, components: int, seed: int, threads: int) -> Features | None:
    count = min(components, *matrix.shape)
    if not count:
        return None
    svd = truncated_svd(matrix, count, tolerance=_TOLERANCE, seed=seed, threads=threads)
    kept = svd.values > 1e-6 * svd.values[0]
    values = svd.values[kept]
    return Features(svd.left[:, kept] * values, values, svd.right[:, kept].astype(np.float32))


def _turned(features: Features) -> Features:
    """The same decomposition with rows and features exchanged."""
    axes = (features.scores / features.values).astype(np.float32)
    return Features(features.axes * features.values, features.values, axes)


class Weights:
    """Draws of the features' weights: ``row ~ N(scores @ weights, 1 / precision)``, ``weights ~ N(0, 1 / own)``.

    ``own``, which is `precision`, is drawn too, one a column of the rows, from Gamma(1, 1). ``expected`` is
    ``scores @ weights``.
    """

    STATE: ClassVar[tuple[str, ...]] = ("values", "precision")

    def __init__(self, features: Features, columns: int) -> None:
        self.features = features
        self.values = np.zeros((len(features.values), columns))
        self.expected = np.zeros((len(features.scores), columns))
        self.precision = np.full(columns, 10.0)

    def draw(self, rows: NDArray[np.float64], precision: NDArray[np.float64], rng: np.random.Generator) -> None:
        """Draw given rows, less the prior means of other blocks, and the precision of each column, ``(columns,)``."""
        posterior = precision * np.square(self.features.values)[:, None] + self.precision
        mean = precision * (self.features.scores.T @ rows) / posterior
        self.values = mean + rng.standard_normal(mean.shape) / np.sqrt(posterior)
        self.expected = self.features.scores @ self.values
        self.precision = draw_precision(np.square(self.values).sum(0), len(self.values), rng)

    def restored(self) -> None:
        """Compute what follows from a state that was put back."""
        self.expected = self.features.scores @ self.values

    def of_features(self) -> NDArray[np.float32]:
        """The weights of the features themselves, shape ``(features, columns)``."""
        return np.asarray(self.features.axes @ self.values.astype(np.float32))


def draw_precision(squares: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Precisions given the sums of ``count`` squares each, with prior Gamma(1, 1). Shape as ``squares``."""
    return np.asarray(rng.gamma(1.0 + count / 2.0, 1.0, np.shape(squares)) / (1.0 + squares / 2.0))
