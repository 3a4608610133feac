"""Biased matrix factorisation by alternating least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from matinee.fitting.config import parameter
from matinee.fitting.iterative import IterativeModel
from matinee.fitting.model import BASELINE_DAMPING
from matinee.kernels.solve_rows import Regressions, Ridge, padded, padded_square, solve_rows
from matinee.matrix.baseline import damped_baseline
from matinee.matrix.fields import array
from matinee.models.common.alternating import CG_STEPS, SOLVERS, AlternatingSide, without_padding
from matinee.models.common.implicit_features import Implicit, variance_left
from matinee.models.common.new_rows import rated_items, regressions_on, solved
from matinee.predicting.factors import LinearFactors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import FoldedRows
    from matinee.fitting.options import RunOptions
    from matinee.kernels.compress import Compressed
    from matinee.matrix.sparse import RatingMatrix

SCALINGS: Final = ("none", "count")


@dataclass(frozen=True)
class ImplicitFactors(LinearFactors):
    """Factors with the terms of folding in that come from which cells are rated, if the model learnt from that.

    ``implicit_pull``: the pull of each rated item at a user's factors, float32, shape ``(n, k)``; ``implicit_gram``:
    the quadratic term of all items, float32, shape ``(k, k)``.
    """

    implicit_pull: NDArray[np.float32] | None = array("nk", optional=True)
    implicit_gram: NDArray[np.float32] | None = array("kk", optional=True)


@dataclass(frozen=True)
class ALS(IterativeModel):
    """Matrix factorisation with biases, learnt from the known cells alone.

    Minimises ``Σ (r - mean - b_u - b_i - p·q)² + λ (|p_u|² + |q_i|²) + λ_b (b_u² + b_i²)``, one side at a time
    exactly (Zhou, Wilkinson, Schreiber and Pan 2008). With ``scaling="count"`` each penalty is multiplied by the
    number of ratings of its row, as they do. With ``implicit_weight`` w over 0 the factors also explain which
    cells are rated, adding ``w σ² (|X - P Cᵗ|² + |Xᵗ - Q Dᵗ|²)``, X being 1 at the rated cells and 0 elsewhere, and
    σ² the variance that the biases leave (Cortes 2018, section 3).

    Memory of a fit beside the ratings given: 20 bytes a rating, and ``8 stride`` bytes a user and a film (twice that
    with implicit features), ``stride`` being the rank rounded up to 16. Watching, with ``patience``, holds a second
    matrix and the best factors: 16 bytes more a rating, ``8 rank`` a user and a film, and 34 MB to predict with.
    """

    name: ClassVar[str] = "als"
    when: ClassVar[str] = "good predictions of ratings in seconds, on any size of data"
    summary: ClassVar[str] = (
        "This model adds to the mean a bias and a few factors of taste of the user and of the film. It finds them in "
        "turns: with the films' factors held, each user's solve a small regression, and the other way round. Only "
        "the known cells count."
    )
    scorer: ClassVar[type[ImplicitFactors]] = ImplicitFactors

    rank: int = parameter(50, "factors of a user and of a film", low=1, high=2_000)
    regularization: float = parameter(12.0, "penalty of the factors", low=0.0, high=1e9)
    bias_regularization: float = parameter(4.0, "penalty of the biases", low=0.0, high=1e9)
    scaling: str = parameter("none", "whether penalties grow with the ratings of a row", choices=SCALINGS)
    implicit_weight: float = parameter(
        2.0, "weight of which films are rated beside how they are; 0 leaves it out", low=0.0, high=1e6
    )
    solver: str = parameter("cholesky", "exact, or a few steps of conjugate gradients", choices=SOLVERS)
    sweeps: int = parameter(30, "sweeps at most", low=1, high=100_000)
    patience: int = parameter(2, "sweeps without gain before it stops; 0: never", low=0, high=1_000)

    @property
    def ridge(self) -> Ridge:
        """The penalties as the kernel takes them."""
        if self.scaling == "count":
            return Ridge(per_entry=self.regularization, bias_per_entry=self.bias_regularization)
        return Ridge(constant=self.regularization, bias=self.bias_regularization)

    def start(self, matrix: RatingMatrix, options: RunOptions) -> AlternatingFit:
        """Damped biases, and small random factors of the items."""
        return AlternatingFit(self, matrix, options)

    def fold_rows(self, factors: ImplicitFactors, rows: Compressed, threads: int) -> FoldedRows:
        """One more row of the users' half-sweep."""
        rows, items = rated_items(rows)
        base = prior = None
        if factors.implicit_gram is not None and factors.implicit_pull is not None:
            base = padded_square(factors.implicit_gram)
            implicit = Implicit(base, padded(factors.implicit_pull[items]), 0.0)
            prior = implicit.pulls(rows.with_ones(), threads)
        return solved(regressions_on(factors, rows, self.ridge, items, base=base, prior=prior), threads)


class AlternatingFit:
    """A fit in progress: a sweep solves the items, then the users, who are so at their best when it ends."""

    def __init__(self, config: ALS, matrix: RatingMatrix, options: RunOptions) -> None:
        baseline = damped_baseline(matrix, BASELINE_DAMPING, options.workers)
        self._weight = config.implicit_weight and config.implicit_weight * variance_left(matrix.by_user, baseline)
        self._ones = np.ones(len(matrix) if self._weight else 0, np.float32)
        self._rank = config.rank
        self._ridge = config.ridge
        self._mean = baseline.mean
        self._steps = CG_STEPS if config.solver == "cg" else 0
        self._threads = options.workers
        self._items = AlternatingSide.scattered(matrix.by_item, config.rank, baseline.item, options.seed)
        self._users = AlternatingSide.empty(matrix.by_user, config.rank, baseline.user)
        self._of_users: Implicit | None = None
        self._solve(self._users, self._items)

    def sweep(self) -> float:
        """Items, users; the objective."""
        beside = self._solve_items()
        return self._solve_users() + self._items.penalty(self._ridge) + beside

    def _solve_items(self) -> float:
        """Solve the items; returns their share of the objective of which cells are rated."""
        if not self._weight:
            self._solve(self._items, self._users)
            return 0.0
        implicit, pulls = self._implicit(self._items, self._users)
        self._solve(self._items, self._users, base=implicit.gram, prior=pulls)
        return implicit.value(self._items.factors, pulls)

    def _solve_users(self) -> float:
        """Solve the users; returns the sum of their minima."""
        if not self._weight:
            return self._solve(self._users, self._items)
        self._of_users, pulls = self._implicit(self._users, self._items)
        loss = self._solve(self._users, self._items, base=self._of_users.gram, prior=pulls)
        return loss + self._of_users.penalty

    def _solve(self, side: AlternatingSide, other: AlternatingSide, **terms: NDArray[np.float32]) -> float:
        """Solve ``side`` with ``other`` frozen; the sum of the rows' minima. ``terms``: fields of `Regressions`."""
        problem = Regressions(side.rows, other.factors, self._rank, self._ridge, self._mean, other.bias, **terms)
        return float(solve_rows(problem, side.factors, side.bias, self._threads, side.order, self._steps).sum())

    def _implicit(self, side: AlternatingSide, other: AlternatingSide) -> tuple[Implicit, NDArray[np.float32]]:
        """The best guess of the rated cells from the factors of ``side``, and its pulls at them."""
        across = other.rows.with_values(self._ones)
        implicit = Implicit.learnt(side.factors, self._rank, across, self._weight, self._threads)
        return implicit, implicit.pulls(side.rows.with_values(self._ones), self._threads)

    def scorer(self) -> ImplicitFactors:
        """A copy without the padding."""
        k = self._rank
        linear = without_padding(self._mean, self._users, self._items, k)
        if self._of_users is None:
            return ImplicitFactors(*linear)
        return ImplicitFactors(*linear, self._of_users.pull[:, :k].copy(), self._of_users.gram[:k, :k].copy())
