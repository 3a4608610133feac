"""Surprise's SVD++ or SVD (one thread: it knows no more) with its own step and regularisation."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from problem import timed
from surprise import SVD, Dataset, Reader, SVDpp, Trainset

if TYPE_CHECKING:
    from problem import Problem


def fit(
    problem: Problem, rank: int = 20, sweeps: int = 20, seed: int = 20, model: str = "SVDpp", **own: Any
) -> dict[str, Any]:
    """Seconds and RMSE; ``model``: SVDpp or SVD; ``own`` has parameters of its own, like ``cache_ratings``."""
    training = _training(problem)
    fitted = {"SVD": SVD, "SVDpp": SVDpp}[model](n_factors=rank, n_epochs=sweeps, random_state=seed, **own)
    taken, _ = timed(lambda: fitted.fit(training))
    judged = problem.judged(_predicted(fitted, problem))
    return {"version": version("scikit-surprise"), **taken, "threads": 1, **judged}


def _training(problem: Problem) -> Trainset:
    rows = zip(problem.user.tolist(), problem.item.tolist(), problem.value.tolist(), strict=True)
    reader = Reader(rating_scale=(float(problem.value.min()), float(problem.value.max())))
    return Dataset(reader).construct_trainset([(*row, None) for row in rows])


def _predicted(model: SVD | SVDpp, problem: Problem) -> np.ndarray[Any, Any]:
    """Its predictions are clipped already. Ids are the integers it was given: as text they would all be unknown."""
    pairs = zip(problem.test_user.tolist(), problem.test_item.tolist(), strict=True)
    return np.array([model.predict(user, item).est for user, item in pairs])
