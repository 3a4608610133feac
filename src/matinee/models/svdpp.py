"""SVD++: biased matrix factorisation that also learns from which films a user rated, whatever the stars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.kernels.improve_implicit import row_scale
from matinee.kernels.solve_rows import Ridge, padded
from matinee.kernels.spmm import spmm
from matinee.models.common.new_rows import regressions_on, solved
from matinee.models.common.variational import VariationalFactors, VariationalFit

if TYPE_CHECKING:
    from matinee.fitting.model import FoldedRows
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix


@dataclass(frozen=True)
class SVDPlusPlus(IterativeModel):
    """Matrix factorisation with biases and implicit feedback, both ways.

    ``prediction = mean + b_u + b_i + (p_u + |N(u)|^(-1/2) Σ_(j in N(u)) y_j) · q_i``, N(u) being the films that u
    rated (Koren 2008, equation 15); the film's factors likewise follow the users who rated it ("flipped": Rendle,
    Zhang and Koren 2019). The sums are folded into the factors, so that this is a plain `FittedModel`.

    Fitted not by gradients but by variational alternating least squares (Lim and Teh 2007): the variances of the other
    side's factors add to each penalty, so that one regularisation suits small and large data. The penalty of the
    items' factors is in units of the variance of the ratings, so that their scale does not matter.

    Memory: 24 bytes a rating, and at most ``32 stride`` bytes a user and a film, ``stride`` being the rank rounded
    up to 16.
    """

    name: ClassVar[str] = "svdpp"
    when: ClassVar[str] = "the best predictions of ratings that a few seconds buy"
    summary: ClassVar[str] = (
        "This model adds to the mean a bias and a few factors of taste of the user and of the film. Who rated which "
        "film says something about taste too, whatever the stars, and is part of the factors."
    )
    scorer: ClassVar[type[VariationalFactors]] = VariationalFactors

    rank: int = parameter(16, "factors of a user and of a film", low=1, high=2_000)
    regularization: float = parameter(
        18.0, "penalty of factors away from what is expected of them, and of implicit factors", low=1e-3, high=1e9
    )
    bias_regularization: float = parameter(5.0, "penalty of the biases", low=1e-3, high=1e9)
    sweeps: int = parameter(40, "sweeps at most", low=1, high=100_000)
    patience: int = parameter(3, "sweeps without gain before it stops; 0: never", low=0, high=1_000)

    @property
    def ridge(self) -> Ridge:
        """The users' penalties as the kernel takes them."""
        return Ridge(self.regularization, bias=self.bias_regularization)

    def start(self, matrix: RatingMatrix, options: RunOptions) -> VariationalFit:
        """Random factors of the users; nothing is known of the items."""
        return VariationalFit(matrix, self.rank, self.ridge, options.seed, options.workers)

    def fold_rows(self, factors: VariationalFactors, rows: Compressed, threads: int) -> FoldedRows:
        """One more row of the users' half-sweep, around the factors expected from which films they rated."""
        cells = rows.with_ones()
        expected = spmm(cells, padded(factors.implicit_factors), threads)
        expected *= row_scale(rows.offsets)[:, None]
        variances = spmm(cells, padded(factors.item_variances), threads)
        prior = np.float32(self.regularization) * expected
        return solved(regressions_on(factors, rows, self.ridge, prior=prior), threads, variances)
