"""Full-catalogue ranking: against a table made by hand, against a plain loop, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl
import pytest

from matinee.data.synthetic.sample import sample
from matinee.errors import ConfigError, DataError
from matinee.evaluation.protocols import evaluate_corrupted, evaluate_hidden, evaluate_test
from matinee.evaluation.ranking import ranked_rows
from matinee.fitting.model import Learnt
from matinee.fitting.options import RunOptions
from matinee.fitting.preference import PreferenceModel
from matinee.matrix.split import hide
from matinee.models.ease import Ease
from matinee.models.item_knn import ItemKNN
from matinee.predicting.factors import LinearFactors
from matinee.predicting.report import FitReport
from tests.support.pairs import every_pair
from tests.support.planted import planted, ratings_from

QUICK = RunOptions(intervals=False)

SCORES = np.array([[9, 5, 5, 1, 8, 7], [1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]], np.float32)
"""Three users, six films."""


@dataclass(frozen=True)
class Given(PreferenceModel):
    """Scores as in `SCORES`, whatever the ratings."""

    name: ClassVar[str] = "given"
    when: ClassVar[str] = "in tests"
    summary: ClassVar[str] = "This model knows the scores."

    def learn(self, training, options) -> Learnt:  # noqa: ARG002
        users, items = (np.zeros(size, np.float32) for size in training.matrix.shape)
        return Learnt(LinearFactors(0.0, users, items, SCORES, np.eye(6, dtype="f4")), FitReport())

    def fold_in(self, scorer, people, threads):
        raise NotImplementedError


def training():
    """User 0 rated film 0, user 1 films 0 to 3 and 5, user 2 nothing; nobody rated film 4."""
    user, item = [0, 1, 1, 1, 1, 1], [0, 0, 1, 2, 3, 5]
    return ratings_from(user, item, [4, 4, 4, 4, 2, 4], users=3, items=6)


def ranks_of(user, item, value=4.0, config=None, **sizes) -> tuple[list, list]:
    config = config or Given()
    given = training()
    test = ratings_from(user, item, np.full(len(user), value), users=3, items=6, **sizes)
    rows = ranked_rows(config.fit(given, QUICK), config, given, test, QUICK)
    return rows["rank"].to_list(), rows["popularity_rank"].to_list()


def test_a_film_ranks_among_those_not_rated_behind_its_equals() -> None:
    """Film 5 first (7), films 1 and 2 share the third place (5), 3 comes fourth, and 4, which nobody rated, last."""
    assert ranks_of([0] * 5, [5, 1, 2, 3, 4])[0] == [1, 3, 3, 4, 5]


def test_popularity_ranks_the_same_cells() -> None:
    """Of what user 0 has not rated each was rated once, but film 4 never."""
    assert ranks_of([0] * 5, [5, 1, 2, 3, 4])[1] == [4, 4, 4, 4, 5]


def test_the_only_film_left_is_first() -> None:
    assert ranks_of([1], [4]) == ([1], [1])


def test_a_user_without_ratings_is_ranked_by_popularity() -> None:
    """Film 0 was rated by two users, the others by one, film 4 by none."""
    own, popular = ranks_of([2, 2, 2], [0, 1, 4])
    assert own == popular == [1, 5, 6]


def test_unknown_users_and_films_are_ranked_too() -> None:
    given = training()
    raw = ratings_from([0, 3, 3], [6, 0, 6], [4.0] * 3, users=4, items=7)
    rows = ranked_rows(Given().fit(given, QUICK), Given(), given, raw, QUICK)
    assert rows["rank"].to_list() == [6, 1, 7]
    assert rows["source"].to_list() == ["user", "movie", "mean"]


def test_what_is_not_liked_has_no_rank_but_is_a_candidate() -> None:
    config = Given(liked=3.0)
    given = training()
    test = ratings_from([0, 0], [5, 2], [2.0, 4.0], users=3, items=6)
    rows = ranked_rows(config.fit(given, QUICK), config, given, test, QUICK)
    assert rows["rank"].to_list() == rows["popularity_rank"].to_list() == [None, 3]


def test_a_rated_film_that_was_not_liked_is_no_candidate() -> None:
    """User 1 gave film 3 two stars: it stays out of the list although the model does not count it."""
    given = training()
    for config in (Given(), Given(liked=3.0)):
        test = ratings_from([1], [4], [4.0], users=3, items=6)
        assert ranked_rows(config.fit(given, QUICK), config, given, test, QUICK)["rank"].to_list() == [1]


@pytest.mark.parametrize("config", [Ease(liked=3.0), ItemKNN(neighbours=8)])
def test_ranks_are_those_of_a_plain_loop(config) -> None:
    split = hide(planted(150, 90, 0.3, seed=4), 0.2, 1)
    model = config.fit(split.training, QUICK)
    rows = ranked_rows(model, config, split.training, split.hidden, RunOptions(threads=2))
    score = model.predict_pairs(every_pair(model)).value.reshape(150, 90).astype(np.float32)
    rated = np.zeros((150, 90), bool)
    rated[split.training.user, split.training.item] = True
    score[:, model.item_counts == 0] = -np.inf
    expected = [
        int(np.sum(score[u, ~rated[u]] >= score[u, i])) if config.likes(np.array([v]))[0] else None
        for u, i, v in zip(split.hidden.user, split.hidden.item, split.hidden.value, strict=True)
    ]
    assert rows["rank"].to_list() == expected


def test_rows_are_the_same_for_any_number_of_threads() -> None:
    ratings = planted(300, 120, 0.2)
    one, *others = (evaluate_hidden(ratings, Ease(), 0.1, RunOptions(threads=n)) for n in (1, 2, 5))
    assert all(one.rows.equals(other.rows) for other in others)


def test_hide_and_test_agree() -> None:
    ratings = planted(100, 60, 0.3)
    split = hide(ratings, 0.1, 7)
    hidden = evaluate_hidden(ratings, Ease(), 0.1, RunOptions(seed=7))
    test = evaluate_test(split.training, split.hidden, Ease(), RunOptions(seed=7))
    assert hidden.rows.equals(test.rows)
    assert hidden.ranks
    assert hidden.setting.coverage is None
    assert hidden.rank_curve is None
    assert hidden.rows["lower"].null_count() == len(hidden.rows)


def test_rows_say_what_was_predicted() -> None:
    ratings = sample(1)
    found = evaluate_hidden(ratings, Ease(liked=4.0), 0.05, RunOptions(seed=2))
    assert found.rows["rank"].null_count() == (found.rows["truth"] < 4).sum() > 0
    assert (
        found.rows.filter(pl.col("rank").is_null())["popularity_rank"].null_count() == found.rows["rank"].null_count()
    )
    assert found.rows["rank"].min() >= 1
    assert found.rows["baseline"].is_between(0, 1).all()
    assert found.csv_columns[-2:] == ("rank", "popularity_rank")


def test_nothing_liked_among_the_hidden_is_said() -> None:
    with pytest.raises(DataError, match=r"planted: none of the 2 ratings to predict counts as liked \(liked is 3\)"):
        ranks_of([0, 0], [1, 2], value=2.0, config=Given(liked=3.0))


def test_corruption_of_a_ranking_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"protocol corrupt: found model 'ease'; allowed is truncated-svd"):
        evaluate_corrupted(planted(20, 20), Ease())
