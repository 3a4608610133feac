"""implicit's alternating least squares: seconds of each sweep, and its objective after each.

A rating r counts as one viewing with confidence c = alpha·r (not 1 + alpha·r): the objective is
``Σ c (p - x·y)² + regularization (‖X‖² + ‖Y‖²)`` over all cells, with p = 1 where there is a rating and p = 0, c = 1
elsewhere.
"""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from problem import Problem

_PIECE = 1 << 20


def fit(
    problem: Problem,
    rank: int = 64,
    sweeps: int = 15,
    threads: int = 2,
    alpha: float = 1.0,
    regularization: float = 0.01,
    seed: int = 20,
    **own: Any,
) -> dict[str, Any]:
    """Seconds of the sweeps, in float32; ``own`` has parameters of its own, like ``use_cg``."""
    viewed = csr_matrix((problem.value, (problem.user, problem.item)), shape=problem.shape)
    settings = {"alpha": alpha, "regularization": regularization, "random_state": seed, "num_threads": threads, **own}
    model = AlternatingLeastSquares(factors=rank, iterations=sweeps, dtype=np.float32, **settings)
    sweep_seconds, objectives, used, begun = [], [], 0.0, time.process_time()

    def note(_: int, seconds: float, __: float | None) -> None:
        nonlocal used, begun
        sweep_seconds.append(seconds)
        used += time.process_time() - begun
        objectives.append(objective(model.user_factors, model.item_factors, problem, alpha, regularization))
        begun = time.process_time()

    model.fit(viewed, show_progress=False, callback=note)
    return {
        "version": version("implicit"),
        "seconds": sum(sweep_seconds),
        "processor_seconds": used,
        "sweep_seconds": sweep_seconds,
        "objective": objectives[-1],
        "objectives": objectives,
    }


def objective(
    x: NDArray[np.float32], y: NDArray[np.float32], problem: Problem, alpha: float, regularization: float
) -> float:
    """The loss of factors over all cells, in float64, without forming them."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    loss = float(np.sum((x.T @ x) * (y.T @ y))) + regularization * float(np.sum(x * x) + np.sum(y * y))
    for start in range(0, len(problem.value), _PIECE):
        part = slice(start, start + _PIECE)
        score = np.einsum("nk,nk->n", x[problem.user[part]], y[problem.item[part]])
        confidence = alpha * problem.value[part].astype(np.float64)
        loss += float(np.sum(confidence * (1 - score) ** 2 - score**2))
    return loss
