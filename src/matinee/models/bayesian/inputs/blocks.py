"""Blocks of features of one side: each in its principal components, with weights and a prior of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.models.bayesian.chain.features import Features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.bayesian.inputs.attributes import Blocks

_FLAT: Final = 1e-9
"""Share of the largest squared singular value under which a direction is rounding."""


def blocks_of(rated: Features | None, known: Blocks, has_ratings: NDArray[np.bool_]) -> tuple[Features, ...]:
    """Features by who rated what, and a block for each kind of attribute, of the rows with ratings.

    All have `Features.unrated`.
    """
    tables = {name: block[has_ratings] for name, block in known.items()}
    width = sum(table.shape[1] for table in tables.values())
    blocks, start = [], 1
    for name, table in tables.items():
        unrated = np.zeros((1 + width, table.shape[1]))
        unrated[start : start + table.shape[1]] = np.eye(table.shape[1])
        start += table.shape[1]
        blocks += _reduced(name, table, unrated)
    if rated is None:
        return tuple(blocks)
    usual = np.zeros((1 + width, len(rated.values)))
    usual[0] = rated.scores.mean(0)
    return (replace(rated, unrated=usual), *blocks)


def _reduced(name: str, table: NDArray[np.float64], unrated: NDArray[np.float64]) -> list[Features]:
    """The block in its principal components; none where no rows differ. It costs ``rows × columns²`` once."""
    squares, axes = np.linalg.eigh(table.T @ table)
    used = squares > _FLAT * max(1.0, squares[-1])
    if not used.any():
        return []
    axes = axes[:, used][:, ::-1]
    return [Features(table @ axes, np.sqrt(squares[used][::-1]), axes.astype(np.float32), name, unrated @ axes)]
