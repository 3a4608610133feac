"""What details say in the words of the ratings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.inputs.rated_rows import RatedRows
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.run.monitor import watched_pairs
from tests.support.described import described
from tests.support.planted import planted, with_times

QUICK = Bayesian(rank=2, draws=4, burn_in=1, user_features=4, item_features=4)
OPTIONS = RunOptions(intervals=False)


def test_watched_predictions_are_named_by_user_and_title() -> None:
    ratings = described(60, 40)
    model = QUICK.fit(ratings, OPTIONS)
    found = model.report.convergence
    assert found is not None
    pairs = [one.pair for one in found.quantities if one.predicts]
    users, films = watched_pairs(RatingMatrix.from_ratings(QUICK.with_described(ratings)), OPTIONS.seed)
    raw, known = model.items.decode(films), model.catalogue
    assert pairs == [
        f"user {user}, {known.title(film) or f'film {film}'}"
        for user, film in zip(model.users.decode(users), raw, strict=True)
    ]
    assert all(one.pair is None for one in found.quantities if not one.predicts)


def test_films_without_a_title_are_named_by_id() -> None:
    details = QUICK.fit(planted(30, 20, 0.4), OPTIONS).report.to_dict()
    assert details["learnt_from"] == ["ratings"]
    pair = details["convergence"]["quantities"]["prediction 1"]["pair"]
    assert pair.startswith("user ")
    assert ", film " in pair


def test_pairs_are_the_same_without_empty_rows_and_columns() -> None:
    ratings = planted(60, 40, 0.3)
    few = RatingMatrix.from_ratings(ratings.take((ratings.user > 9) & (ratings.item % 3 > 0)))
    seen = RatedRows.of(few)
    for all_of, kept, among in zip(
        watched_pairs(few, 3), watched_pairs(seen.matrix, 3), (seen.users, seen.items), strict=True
    ):
        np.testing.assert_array_equal(all_of, np.flatnonzero(among)[kept])


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (QUICK, ["ratings", "times", "genres and years (films.csv)", "age and hair (people.csv)"]),
        (replace(QUICK, times="ignored", people="ignored"), ["ratings", "genres and years (films.csv)"]),
        (replace(QUICK, genres="ignored", years="ignored"), ["ratings", "times", "age and hair (people.csv)"]),
    ],
)
def test_what_was_learnt_from_is_told_with_its_file(config: Bayesian, said: list[str]) -> None:
    ratings = with_times(described(60, 40))
    ratings = replace(
        ratings,
        catalogue=replace(ratings.catalogue, source="some/where/films.csv"),
        people=replace(ratings.people, source="people.csv"),
    )
    assert config.fit(ratings, OPTIONS).report.to_dict()["learnt_from"] == said
