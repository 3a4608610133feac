"""Errors by group, against numbers worked out by hand and against the bootstrap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from matinee.data.scale import Scale
from matinee.evaluation.metrics.errors import rmse_interval
from matinee.evaluation.metrics.groups import (
    by_activity,
    by_source,
    by_star,
    star_centres,
    star_index,
    star_labels,
    summarise,
)
from tests.support.evaluations import CASES, evaluation, with_rows


def _tiny():
    base = evaluation(4, scale=Scale(1, 5, 1))
    return with_rows(
        base,
        user=pl.Series([1, 1, 2, 2]),
        truth=pl.Series([1.0, 5.0, 5.0, 3.0]),
        prediction=pl.Series([2.0, 4.0, 2.0, 99.0]),
        baseline=pl.Series([1.0, 5.0, 4.0, 3.0]),
        source=pl.Series(["model", "model", "mean", "model"]),
        user_ratings=pl.Series([0, 2, 3, 99]),
    )


def test_each_group_has_its_own_errors_clipped_to_the_scale() -> None:
    table = by_star(_tiny())
    assert table["label"].to_list() == ["1", "3", "5"]
    assert table["count"].to_list() == [1, 1, 2]
    assert table["mean"].to_list() == [1, 2, -2]
    assert table["rmse"].to_list() == pytest.approx([1, 2, np.sqrt(5)])
    assert table["mae"].to_list() == [1, 2, 2]
    assert table["baseline"].to_list() == pytest.approx([0, 0, np.sqrt(0.5)])


def test_sources_come_most_frequent_first() -> None:
    assert by_source(_tiny()).select("label", "count").rows() == [
        ("user and film both known", 3),
        ("neither known, or the model has nothing else", 1),
    ]


def test_unseen_users_are_a_group_of_their_own() -> None:
    assert by_activity(_tiny(), "user_ratings")["label"].to_list() == ["0", "1–2", "3–9", "30–99"]


@pytest.mark.parametrize("name", CASES)
def test_groups_are_a_partition(name: str) -> None:
    result = CASES[name]
    for table in (by_star(result), by_source(result), by_activity(result, "item_ratings")):
        assert table["count"].sum() == len(result.rows)
        assert table["label"].n_unique() == len(table)
        mean_square = np.average(table["rmse"] ** 2, weights=table["count"])
        assert np.sqrt(mean_square) == pytest.approx(summarise(result, pl.Series([0] * len(result.rows)))["rmse"][0])


def test_the_interval_agrees_with_the_bootstrap_over_users() -> None:
    base = evaluation(3000)
    shift = pl.col("user").cast(pl.Float64) % 7 / 4
    result = with_rows(base, prediction=pl.col("prediction") + shift)
    low, high = summarise(result, pl.Series([0] * 3000)).select("low", "high").row(0)
    assert (low, high) == pytest.approx(rmse_interval(result), abs=0.15 * (high - low))


def test_few_users_have_no_interval() -> None:
    few = evaluation(40)
    assert (
        summarise(replace(few, rows=few.rows.with_columns(user=pl.lit(1))), few.rows["source"])["low"].is_null().all()
    )


@pytest.mark.parametrize(
    ("scale", "count", "first", "last"),
    [
        (Scale(0.5, 5, 0.5), 10, "0.5", "5"),
        (Scale(0, 100, 1), 10, "0 to 10", "90 to 100"),
        (Scale(-10, 10), 10, "-10 to -8", "8 to 10"),
        (Scale(1, 5, 1), 5, "1", "5"),
    ],
)
def test_stars_or_bins(scale: Scale, count: int, first: str, last: str) -> None:
    labels, centres = star_labels(scale), star_centres(scale)
    assert (len(labels), labels[0], labels[-1]) == (count, first, last)
    assert star_index(centres, scale).tolist() == list(range(count))
    assert star_index(np.array([scale.low, scale.high]), scale).tolist() == [0, count - 1]
