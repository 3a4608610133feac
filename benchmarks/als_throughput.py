"""Half-sweeps of als in MovieLens 10M's shape against the float32 matrix product of the same machine, by rank.

Useful operations of a half-sweep: ``N (k (k + 1) + 4 k) + rows (k³/3 + 2 k²)``, N ratings, rank k: half of the normal
matrices, right-hand sides and errors, the factorisations. Users' and items' halves together, with
biases. The product is NumPy's, timed between the ranks of every round, in the environment as it is and without the
variables that choose OpenBLAS's kernels. The bars: 0.20 at rank 16, 0.45 at 64, 0.55 at 128.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from measure import finish, median, timed, useful_gflop
from sets import SEED, movielens_10m
from throughput import by_turns, setting, shares

from matinee.fitting.model import BASELINE_DAMPING
from matinee.kernels.solve_rows import Regressions, solve_rows
from matinee.matrix.baseline import damped_baseline
from matinee.matrix.sparse import RatingMatrix
from matinee.models.als import ALS
from matinee.models.common.alternating import AlternatingSide

if TYPE_CHECKING:
    from matinee.matrix.biases import Baseline


class Sweeps:
    """A fit of one rank, ready for timed halves."""

    def __init__(self, matrix: RatingMatrix, baseline: Baseline, rank: int, threads: int) -> None:
        self._rank = rank
        self._ridge = ALS(rank=rank).ridge
        self._mean = baseline.mean
        self._threads = threads
        self._items = AlternatingSide.scattered(matrix.by_item, rank, baseline.item, SEED)
        self._users = AlternatingSide.empty(matrix.by_user, rank, baseline.user)
        self._solve(self._users, self._items)

    def _solve(self, side: AlternatingSide, other: AlternatingSide) -> None:
        problem = Regressions(side.rows, other.factors, self._rank, self._ridge, self._mean, other.bias)
        solve_rows(problem, side.factors, side.bias, self._threads, side.order)

    def seconds(self) -> tuple[float, float]:
        """Of the items' half and of the users'."""
        items, _ = timed(lambda: self._solve(self._items, self._users))
        return items, timed(lambda: self._solve(self._users, self._items))[0]

    @property
    def gflop(self) -> float:
        """Useful operations of both halves, in 10⁹."""
        return useful_gflop(len(self._users.rows.indices), len(self._users.bias) + len(self._items.bias), self._rank)


def summary(rank: int, own: Sweeps, found: dict[str, list[Any]]) -> dict[str, Any]:
    """Medians of a rank, and of its ratios within a round."""
    speed = [own.gflop / sum(halves) for halves in found[str(rank)]]
    return {
        "rank": rank,
        "items_seconds": median([items for items, _ in found[str(rank)]]),
        "users_seconds": median([users for _, users in found[str(rank)]]),
        "gflops": median(speed),
        **shares(speed, found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ranks", type=int, nargs="+", default=[16, 32, 64, 128])
    parser.add_argument("--ratings", type=int, help="scale the shape to this many")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--product", type=int, default=4096, help="rows of the matrices of the product")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    matrix = RatingMatrix.from_ratings(movielens_10m(options.ratings), options.threads)
    baseline = damped_baseline(matrix, BASELINE_DAMPING, options.threads)
    sweeps = {rank: Sweeps(matrix, baseline, rank, options.threads) for rank in options.ranks}
    measures = {str(rank): own.seconds for rank, own in sweeps.items()}
    found = by_turns(measures, options.rounds, options.product, options.threads)
    finish(
        "als_throughput",
        {
            "ratings": len(matrix),
            **setting(options.rounds, options.threads, found),
            "ranks": [summary(rank, own, found) for rank, own in sweeps.items()],
        },
    )


if __name__ == "__main__":
    main()
