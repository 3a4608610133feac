"""Truncated SVD of the filled rating matrix, the model that the others are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.model import BASELINE_DAMPING, Learnt, LinearModel
from matinee.kernels.spmm import spmm
from matinee.matrix.fields import array
from matinee.models.common.fill import FILL_MEANINGS, FILLS, fill_of
from matinee.models.svd.certificate import Certificate
from matinee.models.svd.solve import DEFAULT_TOLERANCE, Decomposition, truncated_svd
from matinee.predicting.factors import LinearFactors
from matinee.predicting.fold_in import damped_bias, residual_rows
from matinee.predicting.report import FitReport, detail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows, Training
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.biases import Baseline
    from matinee.matrix.sparse import RatingMatrix


@dataclass(frozen=True)
class SingularFactors(LinearFactors):
    """``P = U √Σ`` and ``Q = V √Σ``; ``singular_values``: the diagonal of Σ, float64, shape ``(k,)``."""

    singular_values: NDArray[np.float64] = array("k", np.float64)


@dataclass(frozen=True)
class DecompositionReport(FitReport):
    """The singular values, largest first, and their certificate; ``None`` where that was not saved."""

    values: tuple[float, ...] | None = detail("singular_values", read=tuple, plain=list)
    certificate: Certificate | None = detail(read=Certificate.from_dict, plain=Certificate.to_dict)


@dataclass(frozen=True)
class TruncatedSVD(LinearModel):
    """The best rank-k approximation of the filled user × film matrix.

    ``prediction = fill + U Σ Vᵀ``, with ``A = U Σ Vᵀ`` cut to the largest singular values, where A holds
    ``rating - fill`` at the known cells and 0 elsewhere (Eckart and Young 1936). The factors are
    ``P = U √Σ`` and ``Q = V √Σ``.
    """

    scorer: ClassVar[type[SingularFactors]] = SingularFactors
    report: ClassVar[type[DecompositionReport]] = DecompositionReport
    name: ClassVar[str] = "truncated-svd"
    when: ClassVar[str] = "to see the decomposition itself: U, Σ and Vᵀ, in a fraction of a second"
    summary: ClassVar[str] = (
        "This model fills the empty cells of the table of users and films and keeps its few strongest patterns of "
        "taste."
    )

    rank: int = parameter(20, "singular values kept", low=1, high=10_000)
    fill: str = parameter("bias", "what unknown cells are taken to be", choices=FILLS)
    damping: float = parameter(
        BASELINE_DAMPING, "ratings that pull a bias half-way back to zero (fill 'bias')", low=0.0, high=1e9
    )
    tolerance: float = parameter(
        DEFAULT_TOLERANCE, "largest residual of a singular triplet, relative to the first value", low=1e-13, high=0.1
    )

    @property
    def description(self) -> str:
        """The meaning of an empty cell; the decomposition has a step of its own in the report."""
        return FILL_MEANINGS[self.fill]

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """Fill, decompose, and share Σ out between the two sides."""
        fill, result = self.decompose(training.matrix, options)
        root = np.sqrt(result.values)
        scorer = SingularFactors(
            mean=fill.mean,
            user_bias=fill.user,
            item_bias=fill.item,
            user_factors=(result.left * root).astype(np.float32),
            item_factors=(result.right * root).astype(np.float32),
            singular_values=result.values,
        )
        return Learnt(scorer, DecompositionReport(values=tuple(result.values.tolist()), certificate=result.certificate))

    def decompose(self, matrix: RatingMatrix, options: RunOptions) -> tuple[Baseline, Decomposition]:
        """The fill, and U, Σ, V of the matrix without it."""
        fill = fill_of(matrix, self.fill, self.damping, options.workers)
        result = truncated_svd(
            matrix.residual(fill.mean, fill.user, fill.item),
            self.rank,
            tolerance=self.tolerance,
            seed=options.seed,
            threads=options.workers,
            time_limit=options.time_limit,
            progress=lambda share: options.progress("decomposing", share),
        )
        return fill, result

    def fold_rows(self, factors: SingularFactors, rows: Compressed, threads: int) -> FoldedRows:
        """The filled row projected on the right singular vectors: ``p = (r - fill) V Σ^(-1/2)``.

        Berry, Dumais and O'Brien 1995, section 2.3, "folding-in".
        """
        bias = self._folded_fill(factors, rows, threads)
        residual = residual_rows(rows, factors.mean, factors.item_bias).values - np.repeat(bias, rows.lengths)
        values = np.maximum(factors.singular_values, np.finfo(np.float32).tiny)
        projected = spmm(rows.with_values(residual), np.ascontiguousarray(factors.item_factors), threads)
        return bias, (projected / values).astype(np.float32)

    def _folded_fill(self, factors: SingularFactors, rows: Compressed, threads: int) -> NDArray[np.float32]:
        if self.fill not in ("user", "bias"):
            return np.zeros(rows.row_count, np.float32)
        damping = self.damping if self.fill == "bias" else 0.0
        return damped_bias(rows, factors.mean, factors.item_bias, damping, threads)
