"""The films of the sample are plausible facts, in the vocabulary of genres, spread over time."""

from __future__ import annotations

from collections import Counter

import pytest

from matinee.data.synthetic.films import sample_films

GENRES = (
    "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir",
    "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def test_there_are_several_hundred_and_each_only_once() -> None:
    assert 600 <= len(sample_films()) <= 900
    assert len({(film.title, film.year) for film in sample_films()}) == len(sample_films())


def test_years_are_plausible_and_ascend() -> None:
    years = [film.year for film in sample_films()]
    assert years == sorted(years)
    assert years[0] >= 1920
    assert years[-1] == 2016


def test_every_decade_is_there() -> None:
    decades = Counter(film.year // 10 * 10 for film in sample_films())
    assert sorted(decades) == list(range(1920, 2020, 10))
    assert all(count >= 20 for decade, count in decades.items() if decade > 1920)


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_has_a_good_number(genre: str) -> None:
    assert sum(genre in film.genres for film in sample_films()) >= 30


def test_every_film_has_a_clean_title_distinct_genres_and_marks() -> None:
    for film in sample_films():
        assert film.title == film.title.strip() != ""
        assert len(set(film.genres)) == len(film.genres) > 0
        assert set(film.genres) <= set(GENRES)
        assert 1 <= film.fame <= 9
        assert 1 <= film.quality <= 9


@pytest.mark.parametrize(
    ("title", "year", "genre"),
    [
        ("Toy Story", 1995, "Animation"),
        ("Heat", 1995, "Crime"),
        ("Pulp Fiction", 1994, "Crime"),
        ("Spirited Away", 2001, "Animation"),
        ("Casablanca", 1942, "Romance"),
        ("Metropolis", 1927, "Sci-Fi"),
        ("Hoop Dreams", 1994, "Documentary"),
    ],
)
def test_well_known_films_are_described_right(title: str, year: int, genre: str) -> None:
    found = [film for film in sample_films() if film.title == title]
    assert [film.year for film in found] == [year]
    assert genre in found[0].genres
