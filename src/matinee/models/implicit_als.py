"""Confidence-weighted matrix factorisation of which films were liked, for ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.fitting.preference import PreferenceModel
from matinee.fitting.rank_watch import RankWatch
from matinee.kernels.solve_rows import Regressions, Ridge, padded, padded_square, solve_rows
from matinee.matrix.fields import array
from matinee.models.common.alternating import CG_STEPS, SOLVERS, AlternatingSide, without_padding
from matinee.models.common.implicit_features import gram
from matinee.models.common.new_rows import from_zero, rated_items
from matinee.predicting.factors import LinearFactors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix
    from matinee.matrix.split import Triplets


@dataclass(frozen=True)
class ConfidenceFactors(LinearFactors):
    """Factors with ``gram``, ``QᵗQ`` of all items, float32, shape ``(k, k)``, which folding in needs."""

    gram: NDArray[np.float32] = array("kk")


@dataclass(frozen=True, kw_only=True)
class ImplicitALS(PreferenceModel, IterativeModel):
    """Alternating least squares on all cells, liked or not, with more confidence in the liked ones.

    Minimises ``Σ c_ui (x_ui - p_u·q_i)² + λ (|p_u|² + |q_i|²)`` over *all* cells, with x 1 and c ``1 + confidence``
    where a film was liked, x 0 and c 1 elsewhere (Hu, Koren and Volinsky 2008). The cells without a rating cost
    nothing: their part of a row's normal matrix is ``QᵗQ``, the same for all rows.

    Memory: 20 bytes a rating and ``8 stride`` bytes a user and a film, ``stride`` being the rank rounded up to 16.
    """

    name: ClassVar[str] = "implicit-als"
    when: ClassVar[str] = "to rank films when there are many of both users and films: quick, and small when saved"
    summary: ClassVar[str] = (
        "This model learns factors of taste of users and films that tell liked films from the others, and gives more "
        "weight to a film that was liked."
    )

    scorer: ClassVar[type[ConfidenceFactors]] = ConfidenceFactors

    rank: int = parameter(64, "factors of a user and of a film", low=1, high=2_000)
    regularization: float = parameter(40.0, "penalty of the factors", low=0.0, high=1e9)
    confidence: float = parameter(4.0, "how much more a liked film counts than one not rated", low=1e-3, high=1e9)
    solver: str = parameter("cholesky", "exact, or a few steps of conjugate gradients", choices=SOLVERS)
    sweeps: int = parameter(15, "sweeps at most", low=1, high=100_000)
    patience: int = parameter(2, "sweeps without gain before it stops; 0: never", low=0, high=1_000)

    def start(self, matrix: RatingMatrix, options: RunOptions) -> ConfidenceFit:
        """Small random factors of the items."""
        return ConfidenceFit(self, matrix, options)

    def watch(self, training: RatingMatrix, aside: Triplets) -> RankWatch:
        """By the mean percentile rank of the liked films set aside."""
        return RankWatch.of(aside, training.by_user)

    def fold_rows(self, factors: ConfidenceFactors, rows: Compressed, threads: int) -> FoldedRows:
        """One more row of the users' half-sweep."""
        rows, items = rated_items(rows)
        other = padded(factors.item_factors[items])
        problem = self.regressions(rows, other, padded_square(factors.gram), factors.rank)
        return from_zero(problem, lambda row, _: solve_rows(problem, row, None, threads))

    def regressions(
        self, rows: Compressed, other: NDArray[np.float32], squares: NDArray[np.floating], rank: int
    ) -> Regressions:
        """The rows' problems, divided by ``confidence``: then a liked film has weight 1, and the others are the base.

        ``squares``: the other side's ``FᵗF``, of all of its rows.
        """
        target = np.full(len(rows.indices), (1.0 + self.confidence) / self.confidence, np.float32)
        base = (squares / self.confidence).astype(np.float32)
        return Regressions(
            rows.with_values(target), other, rank, Ridge(self.regularization / self.confidence), base=base
        )


class ConfidenceFit:
    """A fit in progress: a sweep solves the items, then the users."""

    def __init__(self, config: ImplicitALS, matrix: RatingMatrix, options: RunOptions) -> None:
        self._config = config
        self._threads = options.workers
        self._steps = CG_STEPS if config.solver == "cg" else 0
        users, items = (np.zeros(side, np.float32) for side in matrix.shape)
        self._users = AlternatingSide.empty(matrix.by_user, config.rank, users)
        self._items = AlternatingSide.scattered(matrix.by_item, config.rank, items, options.seed)
        self._solve(self._users, self._items)

    def sweep(self) -> float:
        """Items, users; the objective."""
        self._solve(self._items, self._users)
        return self._solve(self._users, self._items) + self._items.penalty(Ridge(self._config.regularization))

    def _solve(self, side: AlternatingSide, other: AlternatingSide) -> float:
        """Solve one side; returns the objective without the other side's penalty."""
        problem = self._config.regressions(side.rows, other.factors, gram(other.factors), self._config.rank)
        loss = solve_rows(problem, side.factors, None, self._threads, side.order, self._steps)
        target = float(problem.rows.values[0])
        return self._config.confidence * (float(loss.sum()) + len(side.rows.values) * target * (1.0 - target))

    def scorer(self) -> ConfidenceFactors:
        """A copy without the padding, and without biases."""
        k = self._config.rank
        linear = without_padding(0.0, self._users, self._items, k)
        return ConfidenceFactors(*linear, gram(self._items.factors)[:k, :k].astype(np.float32))
