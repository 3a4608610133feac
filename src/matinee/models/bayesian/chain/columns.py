"""One side of a factorisation as the columns of the other side's regressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.chain.noise import Varying
    from matinee.models.bayesian.chain.side import SampledSide


class Columns(NamedTuple):
    """The data that rows are drawn from, in the order of `matinee.kernels.sample_rows.Likelihood`.

    ``rows``: their ratings. Factors, float32 and padded, biases, and roots of relative precisions are of their columns.
    """

    rows: Compressed
    factors: NDArray[np.float32]
    bias: NDArray[np.float32]
    scale: NDArray[np.float32]


def columns_of(side: SampledSide, rows: Compressed, noise: Varying) -> Columns:
    """One column for each row of ``side``."""
    return Columns(rows, side.factors, side.bias, np.sqrt(noise.precision).astype(np.float32))
