"""The short jobs that the speed gate times, in one process an interpreter: a line with a name in, a line of JSON out.

Written for whatever version of Matinee its interpreter has: a case that it lacks is answered with null.
"""

from __future__ import annotations

import json
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE: Final = 0.05
_SIZE: Final = 300_000


@cache
def ratings() -> Any:
    from matinee.data.synthetic.planted import MOVIELENS_1M, planted

    return planted(MOVIELENS_1M.scaled(_SIZE), 20)


@cache
def matrix() -> Any:
    from matinee.matrix.sparse import RatingMatrix

    return RatingMatrix.from_ratings(ratings(), 2)


def both_compressions() -> Callable[[], Any]:
    from matinee.matrix.sparse import RatingMatrix

    data = ratings()
    return lambda: RatingMatrix.from_ratings(data, 2)


def biases() -> Callable[[], Any]:
    from matinee.matrix.baseline import damped_baseline

    return lambda: damped_baseline(matrix(), 3.0, 2)


def product(width: int) -> Callable[[], Any]:
    from matinee.kernels.spmm import spmm

    rows = matrix().by_user
    panel = np.ones((matrix().shape[1], width), np.float32)
    return lambda: spmm(rows, panel, 2)


def half_sweep(rank: int, steps: int = 0) -> Callable[[], Any]:
    from matinee.kernels.solve_rows import Regressions, Ridge, longest_first, padded, solve_rows

    rows, (users, items) = matrix().by_user, matrix().shape
    other = padded(np.random.default_rng(20).standard_normal((items, rank)).astype(np.float32))
    own, bias = padded(np.zeros((users, rank), np.float32)), np.zeros(users, np.float32)
    problem = Regressions(rows, other, rank, Ridge(constant=5.0, bias=2.0), 3.5, np.zeros(items, np.float32))
    offsets, _, _ = rows
    order = longest_first(offsets)
    return lambda: solve_rows(problem, own, bias, 2, order, steps)


def fit(name: str, **parameters: Any) -> Callable[[], Any]:
    from matinee.fitting.options import RunOptions
    from matinee.models.registry import model_named

    model, options = model_named(name)(**parameters), RunOptions(seed=20, threads=2, intervals=False)
    return lambda: model.fit(ratings(), options)


def one_folded() -> Callable[[], Any]:
    model = fit("als", rank=64, sweeps=1, patience=0)()
    data = ratings()
    alone = data.take(np.arange(len(data)) < 20)
    return lambda: model.fold_in(alone, 2)


CASES: Final[dict[str, Callable[[], Callable[[], Any]]]] = {
    "compress both ways": both_compressions,
    "damped biases": biases,
    "sparse product, 64 columns": lambda: product(64),
    "half-sweep, rank 16": lambda: half_sweep(16),
    "half-sweep, rank 64": lambda: half_sweep(64),
    "half-sweep, rank 128": lambda: half_sweep(128),
    "half-sweep, rank 64, cg": lambda: half_sweep(64, 3),
    "fit truncated-svd": lambda: fit("truncated-svd"),
    "fit als": lambda: fit("als", sweeps=3, patience=0),
    "fit implicit-als": lambda: fit("implicit-als", sweeps=3, patience=0),
    "fit sgd": lambda: fit("sgd", epochs=3, patience=0),
    "fit svdpp": lambda: fit("svdpp", sweeps=3, patience=0),
    "fit soft-impute": lambda: fit("soft-impute", rank=20, sweeps=3, patience=0),
    "fit nmf": lambda: fit("nmf", sweeps=3, patience=0),
    "fit item-knn": lambda: fit("item-knn"),
    "fold in": one_folded,
}


@cache
def ready(name: str) -> Callable[[], Any] | None:
    """The case, run once to warm up; ``None`` where this version has nothing of the kind."""
    from matinee.errors import MatineeError

    try:
        call = CASES[name]()
        call()
    except (ImportError, AttributeError, TypeError, MatineeError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return None
    return call


def main() -> None:
    for line in sys.stdin:
        call, seconds = ready(line.strip()), None
        if call is not None:
            time.sleep(_PAUSE)
            started = time.perf_counter()
            call()
            seconds = time.perf_counter() - started
        print(json.dumps(seconds), flush=True)


if __name__ == "__main__":
    main()
