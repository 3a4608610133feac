"""The singular value decomposition of a product of two thin panels, shared out between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.models.common.implicit_features import gram

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLAT: Final = 1e-12
"""Directions of a panel with a smaller share of the largest square are lifted to it: the product hardly has them."""


def balance(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float64]:
    """Turn both panels, in place, into ``U √D`` and ``V √D`` with their product ``U D Vᵀ`` kept; D, descending.

    Panels: shapes ``(m, k)`` and ``(n, k)``, perhaps views of wider ones. Of all pairs with that product these have
    the smallest ``|A|² + |B|²``, which is 2 Σ D (Srebro, Rennie and Jaakkola 2005, lemma 1). The small matrices
    are float64.
    """
    left_root, left_inverse = _root(gram(left))
    right_root, right_inverse = _root(gram(right))
    inner, values, outer = np.linalg.svd(left_root.T @ right_root)
    share = np.sqrt(values)
    left[:] = left @ (left_inverse @ inner * share).astype(np.float32)
    right[:] = right @ (right_inverse @ outer.T * share).astype(np.float32)
    return np.asarray(values)


def _root(square: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``(x, y)`` with ``x xᵀ = square`` and ``y`` the transposed inverse of ``x``."""
    squares, vectors = np.linalg.eigh(square)
    sizes = np.sqrt(np.maximum(squares, max(_FLAT * float(squares[-1]), float(np.finfo(np.float32).tiny))))
    return vectors * sizes, vectors / sizes
