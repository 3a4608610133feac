"""A whole evaluation of a ranking on real ratings, against a plain program: NumPy's inverse, scikit-learn's NDCG."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from matinee.data.reading.read import read_ratings
from matinee.evaluation.metrics.ranking import ranking
from matinee.evaluation.protocols import evaluate_hidden
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hide
from matinee.models.ease import Ease

RIDGE = 400.0


@pytest.fixture(scope="module")
def ratings(real_data):
    return read_ratings(real_data / "ml-100k")


def test_ease_ranks_as_a_plain_program_does(ratings) -> None:
    split = hide(ratings, 0.1, 0)
    shape = len(ratings.users), len(ratings.items)
    liked, hidden = np.zeros(shape), np.zeros(shape)
    liked[split.training.user, split.training.item] = 1
    hidden[split.hidden.user, split.hidden.item] = 1
    inverse = np.linalg.inv(liked.T @ liked + RIDGE * np.eye(shape[1]))
    score = liked @ (np.eye(shape[1]) - inverse / np.diag(inverse))
    score[:, liked.sum(0) == 0] = -1e8
    score[liked > 0] = -1e9
    users = hidden.any(1)
    assert liked.any(1).all()
    first = np.take_along_axis(hidden, np.argsort(-score, axis=1)[:, :50], 1)[users]
    relevant = hidden[users].sum(1)

    found = ranking(evaluate_hidden(ratings, Ease(regularization=RIDGE), 0.1, RunOptions(seed=0)))
    assert found["ndcg@10"].value == pytest.approx(ndcg_score(hidden[users], score[users], k=10), abs=1e-6)
    assert found["recall@10"].value == pytest.approx((first[:, :10].sum(1) / relevant).mean(), abs=1e-6)
    assert found["recall@50"].value == pytest.approx((first.sum(1) / relevant).mean(), abs=1e-6)
    assert found["ndcg@10"].value > 2 * found["ndcg@10"].popularity
