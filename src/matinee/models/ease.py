"""EASE: the linear model of films on films, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.errors import NumericalError
from matinee.fitting.config import parameter
from matinee.kernels.gram import gram
from matinee.kernels.spmm import spmm
from matinee.models.common.item_model import A_BLOCK, ItemModel, blocks
from matinee.models.common.symmetric_tiles import SymmetricTiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix


@dataclass(frozen=True)
class Ease(ItemModel):
    """The films a user liked predict each film, by ridge regression in which no film may predict itself.

    ``min ‖X - X B‖² + λ ‖B‖²`` with the diagonal of B 0 has the answer ``B = I - P diagMat(1 ⊘ diag P)`` with
    ``P = (XᵀX + λ I)⁻¹`` (Steck 2019, "Embarrassingly shallow autoencoders for sparse data", section 3.1);
    the weights are ``W = B``. Where there are fewer users than films the inverse is taken on their side:
    ``λ P = I - Xᵀ (X Xᵀ + λ I)⁻¹ X``.
    """

    name: ClassVar[str] = "ease"
    when: ClassVar[str] = "to rank films by what a user has seen, exactly and without a sweep, up to some 20,000 films"
    summary: ClassVar[str] = (
        "This model learns, for each film, a weight of every other film that a user may have liked, all films at once."
    )

    regularization: float = parameter(
        400.0, "λ: how strongly weights between films are held near zero, in ratings of a film", low=1e-3, high=1e9
    )

    def bytes_needed(self, users: int, items: int) -> tuple[int, str]:
        """Peak bytes of a fit, and the formula they come from."""
        needed = 4 * items**2 + A_BLOCK * items
        formula = f"4 n² + {A_BLOCK:,} n"
        if users < items:
            return 8 * users * items + 4 * users**2 + needed, f"8 m n + 4 m² + {formula}"
        return needed, formula

    def weights(self, matrix: RatingMatrix, options: RunOptions) -> NDArray[np.float32]:
        """B, by the side with fewer rows. Raises `NumericalError` where it is not finite."""
        users, items = matrix.shape
        weights = (_by_users if users < items else _by_items)(matrix, self.regularization, options)
        if not all(np.isfinite(weights[start:stop]).all() for start, stop in blocks(items)):
            raise NumericalError(
                f"ease: the inverse of XᵀX + λ I is not finite at λ = {self.regularization:g}; allowed are finite "
                "numbers; try a larger regularization"
            )
        return weights


def _by_items(matrix: RatingMatrix, ridge: float, options: RunOptions) -> NDArray[np.float32]:
    inverse = _inverse(matrix.by_item, matrix.by_user, ridge, options)
    weights = inverse.scaled(-1.0 / inverse.diagonal())
    np.fill_diagonal(weights, 0.0)
    return weights


def _by_users(matrix: RatingMatrix, ridge: float, options: RunOptions) -> NDArray[np.float32]:
    by_item = matrix.by_item.with_ones()
    threads = options.workers
    inverse = _inverse(matrix.by_user, matrix.by_item, ridge, options)
    smooth = np.empty(matrix.shape)
    for part in inverse.blocks():
        smooth[part] = spmm(by_item, np.ascontiguousarray(inverse.rows(part).T), threads).T
    items = matrix.shape[1]
    weights = np.empty((items, items), np.float32)
    for start, stop in blocks(items):
        rows = spmm(by_item.part(start, stop), smooth, threads)
        weights[:, start:stop] = (rows / (1 - rows.diagonal(start))[:, None]).T
    np.fill_diagonal(weights, 0.0)
    return weights


def _inverse(columns: Compressed, rows: Compressed, ridge: float, options: RunOptions) -> SymmetricTiles:
    """``(XᵀX + ridge I)⁻¹`` for X given by its columns and its rows."""
    size = columns.row_count
    threads = options.workers
    tiles = SymmetricTiles(size)
    tiles.fill(lambda part: gram(columns.part(part.start, part.stop), rows, size, threads), ridge)
    tiles.invert(threads, lambda share: options.progress("inverting", share))
    return tiles
