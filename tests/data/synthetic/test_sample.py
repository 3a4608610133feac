"""The built-in sample is shaped like the real file, and its structure can be learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from matinee.data.synthetic import sample as module
from matinee.data.synthetic.films import sample_films
from matinee.data.synthetic.sample import sample
from matinee.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.ratings import Ratings

STARS = np.arange(0.5, 5.1, 0.5)


@pytest.fixture(scope="module")
def ratings() -> Ratings:
    return sample()


def test_size_ids_and_scale(ratings: Ratings) -> None:
    assert len(ratings) == 100_000
    assert (len(ratings.users), len(ratings.items)) == (671, len(sample_films()))
    assert ratings.users.ids.to_list()[:2] == [1, 2]
    assert ratings.scale.contains(ratings.value).all()
    assert set(np.unique(ratings.value)) == set(STARS)


def test_rows_go_by_user_then_item_and_no_cell_repeats(ratings: Ratings) -> None:
    cell = ratings.user.astype(np.int64) * len(ratings.items) + ratings.item
    assert (np.diff(cell) > 0).all()


def test_everybody_rates_and_every_film_is_rated(ratings: Ratings) -> None:
    assert np.bincount(ratings.user).min() >= 20
    assert np.bincount(ratings.item, minlength=len(ratings.items)).min() >= 10


def test_activity_and_popularity_have_heavy_tails(ratings: Ratings) -> None:
    activity = np.bincount(ratings.user)
    popularity = np.bincount(ratings.item)
    assert activity.max() > 5 * np.median(activity)
    assert activity.mean() > 1.3 * np.median(activity)
    assert popularity.max() > 3 * np.median(popularity)
    assert np.log(activity).std() > 0.7
    assert np.log(popularity).std() > 0.5


def test_stars_are_given_as_in_the_real_file(ratings: Ratings, real_data: Path) -> None:
    real = pl.read_csv(real_data / "the-movies-dataset" / "ratings_small.csv")["rating"].to_numpy()
    shares = [[float((values == star).mean()) for star in STARS] for values in (ratings.value, real)]
    assert np.abs(np.subtract(*shares)).sum() / 2 < 0.12
    assert ratings.value.mean() == pytest.approx(real.mean(), abs=0.1)
    assert ratings.value.std() == pytest.approx(real.std(), abs=0.05)


def test_whole_stars_are_commoner_than_half_stars(ratings: Ratings) -> None:
    whole = ratings.value == np.floor(ratings.value)
    assert 0.68 < whole.mean() < 0.82


def test_timestamps_are_plausible_and_none_is_before_the_film(ratings: Ratings) -> None:
    assert ratings.timestamp is not None
    year = 1970 + ratings.timestamp / (365.25 * 86_400)
    released = ratings.catalogue.films["year"].to_numpy()[ratings.item]
    assert (year >= released).all()
    assert 1996 <= year.min() <= 1998
    assert 2016 <= year.max() <= 2018


def test_titles_are_found(ratings: Ratings) -> None:
    film = ratings.catalogue.find("Toy Story")[0]
    assert (film.title, film.year) == ("Toy Story", 1995)
    assert film.item in ratings.items.ids
    assert len(ratings.catalogue) == len(ratings.items)


def test_the_seed_decides_everything(ratings: Ratings) -> None:
    again, other = sample(20), sample(21)
    assert ratings.to_frame().equals(again.to_frame())
    assert not ratings.to_frame().equals(other.to_frame())


def test_the_number_of_threads_decides_nothing(ratings: Ratings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "available_threads", lambda: 1)
    assert sample(20).to_frame().equals(ratings.to_frame())


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True, "20"])
def test_a_bad_seed_is_refused(seed: object) -> None:
    with pytest.raises(ConfigError, match=r"seed: found .*allowed is a whole number from 0"):
        sample(seed)  # type: ignore[arg-type]


def biases(ratings: Ratings, train: np.ndarray) -> np.ndarray:
    """Predictions of damped biases, fitted on ``train`` rows, for every row."""
    user, item, value = ratings.user, ratings.item, ratings.value.astype(np.float64)
    mean, by_user, by_item = value[train].mean(), np.zeros(len(ratings.users)), np.zeros(len(ratings.items))
    for _ in range(10):
        for side, own, other in ((item, by_item, by_user[user]), (user, by_user, by_item[item])):
            sums = np.bincount(side[train], (value - mean - other)[train], len(own))
            own[:] = sums / (np.bincount(side[train], minlength=len(own)) + 5)
    return mean + by_user[user] + by_item[item]


def residuals(ratings: Ratings, expected: np.ndarray, train: np.ndarray) -> csr_array:
    left_over = (ratings.value - expected)[train]
    return csr_array((left_over, (ratings.user[train], ratings.item[train])), (len(ratings.users), len(ratings.items)))


def rmse(ratings: Ratings, predicted: np.ndarray, rows: np.ndarray) -> float:
    return float(np.sqrt(np.mean((ratings.scale.clip(predicted) - ratings.value)[rows] ** 2)))


@pytest.mark.parametrize("seed", [20, 1])
def test_truncated_svd_beats_biases_by_a_visible_margin(seed: int) -> None:
    ratings = sample(seed)
    hidden = np.random.default_rng(0).random(len(ratings)) < 0.1
    expected = biases(ratings, ~hidden)
    left, singular, right = svds(residuals(ratings, expected, ~hidden), k=20, random_state=0)
    low_rank = (left * singular) @ right
    alone = rmse(ratings, expected, hidden)
    assert 0.86 < alone < 0.92
    assert rmse(ratings, expected + low_rank[ratings.user, ratings.item], hidden) < 0.965 * alone


def test_neighbouring_films_share_genres(ratings: Ratings) -> None:
    everything = np.ones(len(ratings), dtype=bool)
    right = svds(residuals(ratings, biases(ratings, everything), everything), k=10, random_state=0)[2].T
    direction = right / np.linalg.norm(right, axis=1, keepdims=True)
    nearest = np.argsort(-(direction @ direction.T), axis=1)[:, 1:6]
    genres = [set(film.genres) for film in sample_films()]
    shared = np.array([[len(a & b) / len(a | b) for b in genres] for a in genres])
    near = np.mean([shared[film, nearest[film]].mean() for film in range(len(genres))])
    assert near > 1.8 * shared.mean()


def test_who_likes_a_genre_likes_more_of_it(ratings: Ratings) -> None:
    expected = biases(ratings, np.ones(len(ratings), dtype=bool))
    left_over = ratings.value - expected
    of_genre = np.array(["Sci-Fi" in film.genres for film in sample_films()])[ratings.item]
    liking = [
        np.bincount(ratings.user[rows], left_over[rows], 671)
        / np.maximum(1, np.bincount(ratings.user[rows], minlength=671))
        for rows in (of_genre & (ratings.item % 2 == half) for half in (0, 1))
    ]
    assert np.corrcoef(liking)[0, 1] > 0.3
