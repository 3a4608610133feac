"""Whole sweeps of bayesian in MovieLens 10M's shape against the float32 matrix product of the same machine.

A sweep draws every row of both sides, the hyper-parameters of both and the noise. Useful operations are counted as for
als: half of the normal matrices, right-hand sides and residuals, the factorisations; draws of the noise and
everything else are overhead. ``plain``: no features, one noise; ``default``: features both ways, noise that varies
(finding the features comes before the first sweep and is not in it). The product is NumPy's, timed between the sweeps
of every round, in the environment as it is and without the variables that choose OpenBLAS's kernels.
The bar: 0.35 of the product at rank 64, plain.
"""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from measure import finish, median, timed, useful_gflop
from sets import SEED, movielens_10m
from throughput import by_turns, setting, shares

from matinee.kernels.blas import single_threaded_blas
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.chain.chain import Chain
from matinee.models.bayesian.chain.features import who_rated_what

if TYPE_CHECKING:
    from collections.abc import Callable

COMPONENTS: Final = 100


def chains(matrix: RatingMatrix, rank: int, components: int, threads: int) -> dict[str, Chain]:
    """One of each kind, past its first sweep."""
    rated = who_rated_what(matrix, (components, components), SEED, threads)
    users, items = (() if block is None else (block,) for block in rated)
    made = {
        "plain": Chain(matrix, rank, ((), ()), False, SEED, threads),
        "default": Chain(matrix, rank, (users, items), True, SEED, threads),
    }
    for chain in made.values():
        swept(chain)()
    return made


def swept(chain: Chain) -> Callable[[], None]:
    """A sweep as a fit makes it."""

    def once() -> None:
        with single_threaded_blas():
            chain.sweep()

    return once


def seconds(chain: Chain) -> float:
    """Of a sweep."""
    return timed(swept(chain))[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--components", type=int, default=COMPONENTS, help="of each side's features")
    parser.add_argument("--ratings", type=int, help="scale the shape to this many")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--product", type=int, default=4096, help="rows of the matrices of the product")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    matrix = RatingMatrix.from_ratings(movielens_10m(options.ratings), options.threads)
    made = chains(matrix, options.rank, options.components, options.threads)
    measures = {name: partial(seconds, chain) for name, chain in made.items()}
    found = by_turns(measures, options.rounds, options.product, options.threads)
    gflop = useful_gflop(len(matrix), sum(matrix.shape), options.rank)
    finish(
        "bayesian_throughput",
        {
            "ratings": len(matrix),
            "rank": options.rank,
            **setting(options.rounds, options.threads, found),
            "sweep": {name: summary(found, name, gflop) for name in made},
        },
    )


def summary(found: dict[str, list[float]], name: str, gflop: float) -> dict[str, Any]:
    """Medians, and of ratios within a round."""
    speed = [gflop / taken for taken in found[name]]
    return {"seconds": median(found[name]), "gflops": median(speed), **shares(speed, found)}


if __name__ == "__main__":
    main()
