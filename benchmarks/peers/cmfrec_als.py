"""cmfrec's explicit factorisation by alternating least squares, with user and item biases."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from cmfrec import CMF
from problem import timed
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from problem import Problem


def fit(problem: Problem, rank: int = 50, sweeps: int = 15, threads: int = 2, **own: Any) -> dict[str, Any]:
    """Seconds and RMSE of ``CMF`` in float32; ``own`` has parameters of its own, like ``use_cg`` or ``lambda_``."""
    users, items = _rated(problem.user, problem.shape[0]), _rated(problem.item, problem.shape[1])
    shape = (int(users.max()) + 1, int(items.max()) + 1)
    ratings = coo_array((problem.value, (users[problem.user], items[problem.item])), shape=shape)
    model = CMF(k=rank, niter=sweeps, nthreads=threads, use_float=True, verbose=False, **own)
    taken, _ = timed(lambda: model.fit(ratings))
    if not len(problem.test_user):
        return {"version": version("cmfrec"), **taken}
    predicted = model.predict(users[problem.test_user], items[problem.test_item])
    return {"version": version("cmfrec"), **taken, **problem.judged(predicted)}


def _rated(index: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """A new number for each row with ratings, -1 (unknown) for the others: cmfrec gives an empty row a wild bias."""
    numbers = np.full(size, -1, dtype=np.int32)
    rows = np.unique(index)
    numbers[rows] = np.arange(len(rows), dtype=np.int32)
    return numbers
