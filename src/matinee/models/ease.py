"""EASE: the linear model of films on films, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.errors import NumericalError
from matinee.fitting.config import parameter
from matinee.kernels.spmm import spmm
from matinee.models.common.inverse import invert
from matinee.models.common.item_model import A_BLOCK, ItemModel, blocks, dense, ones

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.fitting.options import RunOptions
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
        needed, formula = 4 * items**2 + A_BLOCK * items, f"4 n² + {A_BLOCK:,} n"
        if users < items:
            return 20 * users * items + 8 * users**2 + needed, f"20 m n + 8 m² + {formula}"
        return 4 * users * items + 8 * items**2 + needed, f"4 m n + 8 n² + {formula}"

    def weights(self, matrix: RatingMatrix, options: RunOptions) -> NDArray[np.float32]:
        """B, by the side with fewer rows. Raises `NumericalError` where it is not finite."""
        users, items = matrix.shape
        found = (_by_users if users < items else _by_items)(matrix, self.regularization, options)
        if not np.isfinite(found).all():
            raise NumericalError(
                f"ease: the inverse of XᵀX + λ I is not finite at λ = {self.regularization:g}; allowed are finite "
                "numbers; try a larger regularization"
            )
        return found


def _by_items(matrix: RatingMatrix, ridge: float, options: RunOptions) -> NDArray[np.float32]:
    taste = dense(matrix.by_user, matrix.shape[1])
    inverse = spmm(ones(matrix.by_item), taste, options.workers).astype(np.float64)
    np.fill_diagonal(inverse, inverse.diagonal() + ridge)
    invert(inverse, options.workers, _said(options))
    weights = np.empty(inverse.shape, np.float32)
    diagonal = inverse.diagonal().copy()
    for start, stop in blocks(len(weights)):
        weights[start:stop] = -inverse[start:stop] / diagonal
    np.fill_diagonal(weights, 0.0)
    return weights


def _by_users(matrix: RatingMatrix, ridge: float, options: RunOptions) -> NDArray[np.float32]:
    taste = dense(matrix.by_user, matrix.shape[1])
    by_item, threads = ones(matrix.by_item), options.workers
    inverse = spmm(ones(matrix.by_user), np.ascontiguousarray(taste.T), threads).astype(np.float64)
    np.fill_diagonal(inverse, inverse.diagonal() + ridge)
    invert(inverse, threads, _said(options))
    smooth = np.ascontiguousarray(spmm(by_item, inverse, threads).T)
    items = taste.shape[1]
    weights = np.empty((items, items), np.float32)
    for start, stop in blocks(items):
        rows = spmm(ones(matrix.by_item, start, stop), smooth, threads)
        weights[:, start:stop] = (rows / (1 - rows.diagonal(start))[:, None]).T
    np.fill_diagonal(weights, 0.0)
    return weights


def _said(options: RunOptions) -> Callable[[float], None]:
    return lambda share: options.progress("inverting", share)
