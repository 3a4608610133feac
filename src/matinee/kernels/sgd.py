"""Stochastic gradient descent on blocks of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.kernels import _native

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from matinee.kernels.blocks import Blocks


@dataclass(frozen=True)
class Rows:
    """Parameters of one side that descend, in the order of its groups; written in place.

    Attributes
    ----------
    factors : float32, shape ``(rows, stride)``, C order, stride a multiple of 16, zero from the rank on.
    sides : float32, shape ``(rows, 2)``: the bias, and the size of a step relative to the others'.

    """

    factors: NDArray[np.float32]
    sides: NDArray[np.float32]


@dataclass(frozen=True)
class Pace:
    """Length of a step: ``rate`` for factors, ``bias_rate`` times that for biases; and the penalties of each."""

    rate: float
    bias_rate: float
    ridge: float
    bias_ridge: float


def sgd_epoch(blocks: Blocks, users: Rows, items: Rows, pace: Pace, threads: int) -> float:
    """One step for each rating r.

    With error ``e = r - b_u - b_i - p·q`` it goes::

        p += η_u (e q - λ p),  b_u += β η_u (e - λ_b b_u),  and q and b_i likewise, from p and b_u before the step

    ``η_u`` is ``pace.rate`` times the row's step size, ``β`` ``pace.bias_rate`` (Funk 2006; the blocks are those of
    Gemulla, Nijkamp, Haas and Sismanis 2011, section 4). Goes through the diagonals of blocks in turn; the blocks
    of one share no row and go side by side, so that the result does not depend on ``threads``.

    Returns the objective, ``Σ e² + Σ n (λ |x|² + λ_b b²)`` over ratings and rows, in float64: errors are those
    before each step, penalties those of the n ratings of each row after the last. Memory: nothing but the arrays.
    """
    return float(
        _native.sgd_epoch(
            blocks.offsets, blocks.entries, blocks.users.starts, blocks.items.starts, blocks.users.counts,
            blocks.items.counts, users.factors, items.factors, users.sides, items.sides, pace.rate, pace.bias_rate,
            pace.ridge, pace.bias_ridge, threads,
        )
    )  # fmt: skip
