"""What new people's stars are expected to be behind thresholds, given what is predicted of them so far.

A round of expectation and maximisation (Dempster, Laird and Rubin 1977): with f what rows predict, s the noise of the
rating and α, β the limits of its star in noises from f, the latent number is expected to be

    E z = f + s (φ(α) - φ(β)) / (Φ(β) - Φ(α)),

and rows that fit these are better ones; where neither changes they are the most likely ones, given the thresholds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.ordered import Ordered, expected_latent
from matinee.models.bayesian.chain.residual import unexplained

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed
    from matinee.models.bayesian.chain.residual import Half
    from matinee.models.bayesian.factors import PosteriorFactors


def seen_rows(
    factors: PosteriorFactors, own: Half, rows: Compressed, steady: NDArray[np.float64], threads: int
) -> tuple[Compressed, NDArray[np.float32] | float]:
    """``rows`` as the model takes ratings: as they are, or what is expected behind them, and its variance.

    ``own``: factors and biases of the people so far; ``steady``: relative precision of each, shape ``(b,)``.
    """
    link = factors.cutpoints
    if link is None:
        return rows, 0.0
    left, _ = unexplained(rows, factors.mean, own, (factors.item_factors, factors.item_bias), threads)
    root = np.repeat(np.sqrt(steady).astype(np.float32), rows.lengths) * factors.prior.item_scale[rows.indices]
    given = Ordered(link.levels(rows.values), rows.values - left, root / np.float32(link.noise))
    mean, variance = expected_latent(given, link.thresholds, threads)
    return rows.with_values(mean), variance
