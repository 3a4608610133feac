"""myFM's Gibbs sampler, plain or with the features of SVD++ both ways, as its documentation builds them."""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

os.environ["TQDM_DISABLE"] = "1"

import numpy as np
from myfm import MyFMRegressor, RelationBlock
from problem import timed
from scipy.sparse import csr_matrix, hstack, identity

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from problem import Problem


def fit(
    problem: Problem, rank: int = 32, draws: int = 512, burn_in: int = 5, seed: int = 20, features: bool = True
) -> dict[str, Any]:
    """Seconds and RMSE of ``draws`` draws, of which the mean leaves out the first ``burn_in``. It knows one thread."""
    blocks, groups = _blocks(problem, features)
    model = MyFMRegressor(rank=rank, random_seed=seed)

    def rows(user: NDArray[np.int32], item: NDArray[np.int32]) -> list[RelationBlock]:
        return [RelationBlock(side, block) for side, block in zip((user, item), blocks, strict=True)]

    given = {"X_rel": rows(problem.user, problem.item), "group_shapes": groups}
    run = {"n_iter": draws, "n_kept_samples": draws - burn_in}
    taken, _ = timed(lambda: model.fit(None, problem.value.astype(np.float64), **given, **run))
    judged = {}
    if len(problem.test_value):
        judged = problem.judged(np.asarray(model.predict(None, rows(problem.test_user, problem.test_item))))
    return {"version": version("myfm"), **taken, "threads": 1, **judged}


def _blocks(problem: Problem, features: bool) -> tuple[tuple[csr_matrix, csr_matrix], list[int]]:
    """Of users and of items: who or what it is and, with features, 1/√n at each of the n it is rated with."""
    users, items = problem.shape
    rated = csr_matrix((np.ones(len(problem.user)), (problem.user, problem.item)), problem.shape)
    of_users, of_items = (_shared(rated), _shared(rated.T)) if features else (rated[:, :0], rated.T[:, :0])
    blocks = hstack([identity(users), of_users], "csr"), hstack([identity(items), of_items], "csr")
    return blocks, [users, items, items, users] if features else [users, items]


def _shared(rated: csr_matrix) -> csr_matrix:
    count = np.asarray(rated.sum(1)).ravel()
    return csr_matrix(rated.multiply(1 / np.sqrt(np.maximum(count, 1))[:, None]))
