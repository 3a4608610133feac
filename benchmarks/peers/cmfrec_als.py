"""cmfrec's explicit factorisation by alternating least squares, with user and item biases."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cmfrec import CMF
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from problem import Problem


def fit(problem: Problem, rank: int = 50, sweeps: int = 15, threads: int = 2, **own: Any) -> dict[str, Any]:
    """Seconds and RMSE of ``CMF`` in float32; ``own`` has parameters of its own, like ``use_cg`` or ``lambda_``."""
    ratings = coo_array((problem.value, (problem.user, problem.item)), shape=problem.shape)
    model = CMF(k=rank, niter=sweeps, nthreads=threads, use_float=True, verbose=False, **own)
    started = time.perf_counter()
    model.fit(ratings)
    seconds = time.perf_counter() - started
    predicted = model.predict(problem.test_user, problem.test_item) if len(problem.test_user) else problem.test_value
    return {"version": version("cmfrec"), "seconds": seconds, **problem.judged(predicted)}
