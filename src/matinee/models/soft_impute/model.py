"""SoftImpute: matrix completion with the nuclear norm, on what the biases leave."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.fitting.model import BASELINE_DAMPING, Learnt
from matinee.kernels.solve_rows import Ridge
from matinee.models.common.new_rows import ridge_rows
from matinee.models.soft_impute.factors import PathFactors, PathReport
from matinee.models.soft_impute.learner import SoftImputation
from matinee.models.soft_impute.optimality import Optimality
from matinee.models.soft_impute.problem import Path

if TYPE_CHECKING:
    from matinee.fitting.loop import Run
    from matinee.fitting.model import FoldedRows, Training
    from matinee.fitting.options import RunOptions
    from matinee.fitting.stopping import Stop
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

_TENTH: Final = 0.1
"""Of the largest λ: where a path that is watched has taken its ``path`` values. It goes on until there is no gain."""

_UNWATCHED: Final = 0.25
"""End of the path with nothing to watch it by: the best on folds of the training ratings of ratings_small."""

_FEWEST_TO_CHOOSE: Final = 1_900
"""Ratings under which too few are set aside for watching to tell anything."""


@dataclass(frozen=True)
class SoftImpute(IterativeModel):
    """The completion of the rating matrix with small nuclear norm: few and weak patterns beside the biases.

    Minimises, over M of rank at most ``rank`` and both biases, with r over the known cells alone::

        ½ Σ (r - mean - b_u - b_i - M_ui)² + ½ damping (Σ b_u² + Σ b_i²) + regularization ‖M‖_*

    ``‖M‖_*`` is the sum of the singular values of ``M = U D Vᵀ``; the problem is convex where the rank does not
    bind. It is solved as ``M = A Bᵀ`` with ``½ regularization (‖A‖² + ‖B‖²)`` by alternating ridge regressions on the
    sparse residual and a product of low rank, never a dense matrix (Hastie, Mazumder, Lee and Zadeh 2015, algorithm
    3.1), along a path of λ with warm starts (Mazumder, Hastie and Tibshirani 2010, algorithm 1). Each row's step is
    as long as is best for it. The factors are ``P = U √D`` and ``Q = V √D``.

    There is one sweep for each λ of the path, and further ones at its last. Without ``regularization`` the λ with the
    smallest error on a slice of the training ratings is taken, on a path that falls to a tenth of the largest λ in
    ``path`` values, and on as long as there is gain. The distance of the result from the minimum is among its details
    (`Optimality`): few sweeps at each λ predict as well as many.

    Memory, in bytes, besides the ratings (16 each, and while the path is chosen as much again): 12 a rating,
    ``30 w (users + items)``, w being the rank + 2 rounded up to a multiple of 16, and for the decomposition that it
    starts from ``4 t (s + 6 t)``, s being the shorter side and t the smaller of s and ``12 rank + 512``.
    """

    scorer: ClassVar[type[PathFactors]] = PathFactors
    report: ClassVar[type[PathReport]] = PathReport
    name: ClassVar[str] = "soft-impute"
    when: ClassVar[str] = (
        "to complete the matrix with few patterns: a convex problem, and a measure of how near its answer is"
    )
    summary: ClassVar[str] = (
        "This model adds to the mean and both biases as few and as weak patterns of taste as explain the known cells "
        "well: the sum of their strengths costs as much as their errors."
    )

    rank: int = parameter(40, "singular values kept at most", low=1, high=10_000)
    regularization: float | None = parameter(
        None, "λ, what each singular value is lowered by; none: the best of the path", low=1e-9, high=1e9
    )
    damping: float = parameter(BASELINE_DAMPING, "ratings that pull a bias half-way back to zero", low=0.0, high=1e9)
    path: int = parameter(
        12, "values of λ on the way down: to the one given, or to a tenth of the largest", low=1, high=10_000
    )
    sweeps: int = parameter(30, "sweeps at most, the first ones along the path", low=1, high=100_000)
    patience: int = parameter(3, "sweeps without gain before the path is left; 0: never", low=0, high=1_000)

    def start(self, matrix: RatingMatrix, options: RunOptions) -> SoftImputation:
        """M at the first λ of the path: the SVD of what the damped biases leave, lowered by it."""

        def path(largest: float) -> Path:
            if self.regularization is None and self._chooses(matrix):
                return Path(largest, _TENTH * largest, self.path, open=True)
            return Path(largest, self.regularization or _UNWATCHED * largest, min(self.path, self.sweeps))

        return SoftImputation(matrix, self.rank, self.damping, path, options)

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        """The factors at λ as configured, or at the best one, and their distance from the minimum."""
        scorer, report = super().learn(training, options)
        assert isinstance(scorer, PathFactors)
        path_report = PathReport(
            iteration=report.iteration,
            values=tuple(scorer.singular_values.tolist()),
            regularization=scorer.regularization,
            largest_regularization=scorer.largest_regularization,
            optimality=Optimality.measured(training.matrix, scorer, self.damping, options.workers).to_dict(),
        )
        return Learnt(scorer, path_report)

    def fold_rows(self, factors: PathFactors, rows: Compressed, threads: int) -> FoldedRows:
        """The ridge regression of each new row on the items' factors and biases, exactly.

        With Q frozen, ``‖M‖_*`` is ``½ (‖P‖² + ‖Q‖²)`` at its least, so a row's own share of the objective is
        ``½ Σ (r - mean - b_i - b - p·q)² + ½ damping b² + ½ regularization |p|²``.
        """
        ridge = Ridge(constant=factors.regularization, bias=self.damping)
        return ridge_rows(factors, rows, ridge, threads)

    def settled(self, learnt: Learnt) -> Self:
        """A path to the best λ, which is not searched for again."""
        scorer = learnt.scorer
        assert isinstance(scorer, PathFactors)
        assert learnt.report.iteration is not None
        sweeps = learnt.report.iteration.kept
        path = min(self.path, sweeps)
        return replace(self, regularization=scorer.regularization, path=path, sweeps=sweeps, patience=0)

    def _watched(self, matrix: RatingMatrix, options: RunOptions, stop: Stop) -> Run | None:
        """With λ given there is nothing to choose."""
        return None if self.regularization is not None else super()._watched(matrix, options, stop)

    def _chooses(self, matrix: RatingMatrix) -> bool:
        return self.patience > 0 and len(matrix) >= _FEWEST_TO_CHOOSE
