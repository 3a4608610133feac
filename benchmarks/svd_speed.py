"""Truncated SVD of MovieLens 1M: is ours as exact as ARPACK, and how much faster than its peers?

Speed: rank 50 of what the biases leave, 2 threads, every solver once a round, ratios of seconds within a round.
Exactness: ranks 10, 50 and 100, every fill, against ARPACK in float64 to its last digit.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import finish, median, timed
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds
from sets import movielens_1m
from sklearn.utils.extmath import randomized_svd

from matinee.matrix.sparse import RatingMatrix
from matinee.models.common.fill import FILLS, fill_of
from matinee.models.svd.solve import truncated_svd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Triplets = tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]

RANKS: Final = (10, 50, 100)
SPEED_RANK: Final = 50
DAMPING: Final = 5.0
THREADS: Final = 2


def filled(matrix: RatingMatrix, fill: str) -> RatingMatrix:
    """Rating minus fill at the known cells."""
    of = fill_of(matrix, fill, DAMPING, THREADS)
    return matrix.residual(of.mean, of.user, of.item)


def as_scipy(matrix: RatingMatrix, dtype: type[np.floating]) -> csr_array:
    """The same matrix for the peers, with the 32-bit indices they like best."""
    offsets, indices, values = matrix.by_user
    return csr_array((values.astype(dtype), indices, offsets.astype(np.int32)), shape=matrix.shape)


def ours(matrix: RatingMatrix, rank: int) -> Triplets:
    """Matinee's solver at its default tolerance."""
    found = truncated_svd(matrix, rank, threads=THREADS)
    return found.left, found.values, found.right


def scipys(matrix: csr_array, rank: int, solver: str) -> Triplets:
    """One of SciPy's solvers at its default tolerance, the last digit; values descending."""
    u, s, vt = svds(matrix, k=rank, solver=solver, rng=np.random.default_rng(0))
    order = np.argsort(s)[::-1]
    return u[:, order], s[order], vt[order].T


def sklearns(matrix: csr_array, rank: int) -> Triplets:
    """scikit-learn's randomised solver with seven power iterations."""
    u, s, vt = randomized_svd(matrix, rank, n_iter=7, random_state=0)
    return u, s, vt.T


def residual(matrix: csr_array, triplets: Triplets) -> float:
    """The largest ``‖A v - σ u‖`` or ``‖Aᵀ u - σ v‖``, relative to σ₁, in float64."""
    u, s, v = (np.asarray(part, dtype=np.float64) for part in triplets)
    sides = (matrix @ v - u * s, matrix.T @ u - v * s)
    return float(max(np.linalg.norm(side, axis=0).max() for side in sides) / s[0])


def speed(matrix: RatingMatrix, rounds: int) -> dict[str, Any]:
    """Seconds and residuals of every solver, and how many times as long as ours each takes."""
    left = filled(matrix, "bias")
    single, double = as_scipy(left, np.float32), as_scipy(left, np.float64)
    solvers: dict[str, Callable[[], Triplets]] = {
        "matinee": lambda: ours(left, SPEED_RANK),
        "scipy ARPACK float32": lambda: scipys(single, SPEED_RANK, "arpack"),
        "scipy PROPACK float32": lambda: scipys(single, SPEED_RANK, "propack"),
        "scikit-learn randomized_svd(n_iter=7)": lambda: sklearns(single, SPEED_RANK),
    }
    seconds: dict[str, list[float]] = {name: [] for name in solvers}
    residuals = {name: residual(double, solve()) for name, solve in solvers.items()}
    for _ in range(rounds):
        for name, solve in solvers.items():
            seconds[name].append(timed(solve)[0])
    return {
        name: {
            "seconds": median(seconds[name]),
            "times_ours": median([theirs / own for theirs, own in zip(seconds[name], seconds["matinee"], strict=True)]),
            "residual": residuals[name],
        }
        for name in solvers
    }


def exactness(matrix: RatingMatrix, fill: str) -> list[dict[str, Any]]:
    """Values and subspaces of each rank against ARPACK in float64."""
    left = filled(matrix, fill)
    double = as_scipy(left, np.float64)
    u, s, v = scipys(double, max(RANKS), "arpack")
    return [_compared(double, ours(left, rank), (u[:, :rank], s[:rank], v[:, :rank]), fill) for rank in RANKS]


def _compared(matrix: csr_array, found: Triplets, truth: Triplets, fill: str) -> dict[str, Any]:
    return {
        "fill": fill,
        "rank": len(found[1]),
        "worst_value": float(np.max(np.abs(found[1] / truth[1] - 1))),
        "residual": residual(matrix, found),
        "angle_users": _angle(found[0], truth[0]),
        "angle_items": _angle(found[2], truth[2]),
    }


def _angle(found: NDArray[np.floating], truth: NDArray[np.floating]) -> float:
    """Sine of the largest principal angle between the subspaces."""
    return float(np.linalg.norm(truth - found @ (found.T @ truth), ord=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--fills", default=",".join(FILLS))
    options = parser.parse_args()
    data = movielens_1m()
    matrix = RatingMatrix.from_ratings(data, THREADS)
    exact = [row for fill in options.fills.split(",") for row in exactness(matrix, fill)]
    result = {
        "data": Path(data.source).name,
        "ratings": len(data),
        "rank": SPEED_RANK,
        "rounds": options.rounds,
        "threads": THREADS,
    }
    finish("svd_speed", {**result, "speed": speed(matrix, options.rounds), "exactness": exact})


if __name__ == "__main__":
    main()
