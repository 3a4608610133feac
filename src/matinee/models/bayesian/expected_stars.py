"""Latent numbers expected behind new people's stars, given the predictions so far.

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


def latent_rows(
    factors: PosteriorFactors, people: Half, rows: Compressed, steadiness: NDArray[np.float64], threads: int
) -> tuple[Compressed, NDArray[np.float32] | float]:
    """``rows`` as the model takes ratings: as they are, or what is expected behind them, and its variance.

    ``people``: factors and biases of the people so far; ``steadiness``: relative precision of each, shape ``(b,)``.
    """
    cutpoints = factors.cutpoints
    if cutpoints is None:
        return rows, 0.0
    residual, _ = unexplained(rows, factors.mean, people, (factors.item_factors, factors.item_bias), threads)
    root = np.repeat(np.sqrt(steadiness).astype(np.float32), rows.lengths) * factors.prior.item_scale[rows.indices]
    observed = Ordered(cutpoints.levels(rows.values), rows.values - residual, root / np.float32(cutpoints.noise))
    mean, variance = expected_latent(observed, cutpoints.thresholds, threads)
    return rows.with_values(mean), variance
