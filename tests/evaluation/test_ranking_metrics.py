"""Measures of a ranking, by hand and by scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import ndcg_score

from matinee.evaluation.metrics.ranking import MEASURES, by_user, ranking, ranking_summary, recall_curve
from matinee.evaluation.report.summary import summary, to_json
from tests.support.evaluations import evaluation, ranked


def with_ranks(user: list[int], rank: list[int | None], popular: list[int | None] | None = None):
    base = ranked(len(user))
    rows = base.rows.with_columns(
        user=pl.Series(user),
        rank=pl.Series(rank, dtype=pl.Int64),
        popularity_rank=pl.Series(popular or rank, dtype=pl.Int64),
    )
    return replace(base, rows=rows)


def of(measure: str, ranks: list[int | None]) -> float:
    return by_user(with_ranks([1] * len(ranks), ranks))[measure][0]


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [
        ([1], 1.0),
        ([2], 1 / np.log2(3)),
        ([10], 1 / np.log2(11)),
        ([11], 0.0),
        ([1, 11], 1 / (1 + 1 / np.log2(3))),
        ([2, 1, None, 3], 1.0),
        (list(range(1, 21)), 1.0),
        ([3, 5, 400], (1 / 2 + 1 / np.log2(6)) / (1 + 1 / np.log2(3) + 1 / 2)),
    ],
)
def test_ndcg_by_hand(ranks, expected) -> None:
    assert of("ndcg@10", ranks) == pytest.approx(expected, rel=1e-12)


def test_recall_is_divided_by_all_that_was_liked() -> None:
    """Not by min(k, R): twenty in the first twenty are half found in the first ten."""
    assert of("recall@10", list(range(1, 21))) == 0.5
    assert of("recall@10", [10, 11, 50, 51]) == 0.25
    assert of("recall@50", [10, 11, 50, 51, None]) == 0.75


def test_mrr_is_of_the_first() -> None:
    assert of("mrr", [40, 4, 400]) == 0.25


@pytest.mark.parametrize("seed", range(5))
def test_ndcg_is_scikit_learns(seed) -> None:
    rng = np.random.default_rng(seed)
    ranks = rng.choice(60, rng.integers(1, 20), replace=False) + 1
    truth = np.zeros(60)
    truth[ranks - 1] = 1
    expected = ndcg_score(truth[None], -np.arange(60.0)[None], k=10)
    assert of("ndcg@10", ranks.tolist()) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_users_count_alike_whatever_they_liked() -> None:
    found = ranking(with_ranks([1, 1, 1, 2], [1, 2, 3, 300], [300, 300, 300, 1]))
    assert found["recall@10"].value == found["recall@10"].popularity == 0.5
    assert found["mrr"].value == pytest.approx((1 + 1 / 300) / 2)


def test_interval_is_of_the_mean_over_users() -> None:
    result = ranked(5_000)
    values = by_user(result)["recall@50"].to_numpy()
    found = ranking(result)["recall@50"]
    width = 2 * 1.96 * values.std() / np.sqrt(len(values))
    assert found.interval[0] < found.value < found.interval[1]
    assert found.interval[1] - found.interval[0] == pytest.approx(width, rel=0.15)
    assert ranking(result) == ranking(result)
    assert ranking(result, seed=1) != ranking(result)


def test_curve_passes_through_the_recalls() -> None:
    result = ranked()
    for column in ("rank", "popularity_rank"):
        curve, users = recall_curve(result, 60, column), by_user(result, column)
        assert np.all(np.diff(curve) >= 0)
        assert curve[9] == pytest.approx(users["recall@10"].mean())
        assert curve[49] == pytest.approx(users["recall@50"].mean())


def test_summary_of_a_ranking_has_no_stars() -> None:
    numbers = summary(ranked())
    assert numbers["predicts"] == "preference"
    assert [numbers[name] for name in ("rmse", "rmse_interval", "mae", "baseline_rmse", "coverage")] == [None] * 5
    assert numbers["ranking"] == ranking_summary(ranked()) | {name: numbers["ranking"][name] for name in MEASURES}
    for name in MEASURES:
        assert 0 <= numbers["ranking"][name]["popularity"] < numbers["ranking"][name]["value"] <= 1
    assert '"ndcg@10"' in to_json(numbers)


def test_summary_of_stars_has_no_ranking() -> None:
    assert "ranking" not in summary(evaluation())
