"""Looking up films by id and by what somebody types."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matinee.data.metadata.catalogue import Catalogue, Film
from matinee.data.metadata.titles import plain, search_keys, split_title
from matinee.errors import InputError

FILMS = [
    (1, "Toy Story", 1995),
    (2, "Toy Story 2", 1999),
    (3, "The Matrix", 1999),
    (4, "The Matrix Reloaded", 2003),
    (5, "Léon: The Professional (a.k.a. The Professional) (Léon)", 1994),
    (6, "Hamlet", 1990),
    (7, "Hamlet", 1996),
    (8, "$", 1971),
    (9, "La Cité des enfants perdus", None),
    (10, "Wallace & Gromit: A Close Shave", 1995),
    (11, "Smørås Æblet", 2001),
    (12, "Star Wars: Episode IV - A New Hope", 1977),
    (13, "A", 1960),
    (14, "七人の侍", 1954),
    (15, "Schindler's List", 1993),
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    items, titles, years = zip(*FILMS, strict=True)
    frame = pl.DataFrame({"item": items, "title": titles, "year": years, "genres": [["Drama"]] * len(FILMS)})
    return Catalogue(frame.cast({"year": pl.Int32}), source="movies.csv")


def test_by_id(catalogue: Catalogue) -> None:
    assert catalogue.title(3) == "The Matrix"
    assert catalogue.film(3) == Film(3, "The Matrix", 1999, ("Drama",))
    assert catalogue.film(9).label == "La Cité des enfants perdus"
    assert catalogue.film(3).label == "The Matrix (1999)"
    assert catalogue.title(99) is None
    assert catalogue.film(99) is None
    assert catalogue.title("3") is None  # an integer and a word are never the same id


def test_many_ids_keep_their_order_and_gaps(catalogue: Catalogue) -> None:
    titles = catalogue.titles(pl.Series([3, 99, 1, 3], dtype=pl.UInt32))
    assert titles.to_list() == ["The Matrix", None, "Toy Story", "The Matrix"]
    assert catalogue.titles(pl.Series(["3", "1"])).to_list() == [None, None]
    assert catalogue.titles(pl.Series([], dtype=pl.Int64)).dtype == pl.String


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("toy story", [1, 2]),
        ("Toy Story (1995)", [1]),
        ("  TOY   story!! ", [1, 2]),
        ("matrix", [3, 4]),
        ("Matrix, The (1999)", [3]),
        ("the matrix", [3, 4]),
        ("reloaded", [4]),
        ("leon", [5]),
        ("professional", [5]),
        ("The Professional", [5]),
        ("hamlet", [6, 7]),
        ("Hamlet (1996)", [7]),
        ("$", [8]),
        ("cite des enfants", [9]),
        ("Cité des enfants perdus, La", [9]),
        ("wallace and gromit", [10]),
        ("close wallace", [10]),
        ("smoras aeblet", [11]),
        ("star wars", [12]),
        ("new hope", [12]),
        ("七人の侍", [14]),
        ("schindlers list", [15]),
        ("Schindler’s List", [15]),
    ],
)
def test_by_title(catalogue: Catalogue, text: str, items: list[int]) -> None:
    assert [film.item for film in catalogue.find(text)] == items


def test_at_most_as_many_as_asked_for(catalogue: Catalogue) -> None:
    assert [film.item for film in catalogue.find("toy story", limit=1)] == [1]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Toy Stroy", "did you mean 'Toy Story (1995)'"),
        ("the matricks", "'The Matrix (1999)'"),
        ("Toy Story (1990)", "did you mean 'Toy Story (1995)'"),
        ("star wasr", "'Star Wars: Episode IV - A New Hope (1977)'"),
        ("Lèonn", "'Léon: The Professional"),
        ("zzqqxx", "check the spelling, or use the film's id"),
        ("", "check the spelling"),
        ("(1995)", "check the spelling"),
    ],
)
def test_a_miss_names_the_nearest(catalogue: Catalogue, text: str, nearest: str) -> None:
    with pytest.raises(InputError) as raised:
        catalogue.find(text)
    assert str(raised.value).startswith(f"title '{text}': not among the 15 films of movies.csv; ")
    assert nearest in str(raised.value)


def test_an_empty_catalogue_says_how_to_get_one() -> None:
    empty = Catalogue.empty()
    assert (len(empty), empty.title(1), empty.film(1)) == (0, None, None)
    assert empty.titles(pl.Series([1, 2])).to_list() == [None, None]
    with pytest.raises(InputError, match=r"no titles are known; give a file of them .* with --movies FILE"):
        empty.find("toy story")


@given(st.sampled_from(FILMS), st.randoms(use_true_random=False))
def test_every_title_finds_its_film_however_it_is_written(catalogue: Catalogue, film, random) -> None:
    item, title, year = film
    written = "".join(random.choice((str.upper, str.lower, str))(letter) for letter in title)
    text = f"  {written} " + (f"({year})" if year else "")
    assert catalogue.find(text)[0].item == item


@example("ℇ")
@example("𝚨")
@given(st.text(max_size=40))
def test_any_text_is_split_and_compared_without_a_traceback(text: str) -> None:
    title, year = split_title(text)
    assert year is None or 1870 <= year <= 2100
    assert plain(plain(title)) == plain(title)
    assert all(key == key.strip() for key in search_keys(title))


@pytest.mark.parametrize("text", ["(1500)", "Film (1500)", "2012", "Film 1999", "Film (99)", "Film (1999) tail"])
def test_what_is_no_year_stays_in_the_title(text: str) -> None:
    assert split_title(text) == (text, None)


@pytest.mark.parametrize(
    "text", ["Girl, Interrupted", "Corrina, Corrina", "Paris, Texas", "I, Robot", "Crouching, Hidden (The)", "The"]
)
def test_what_is_no_article_stays_where_it_is(text: str) -> None:
    assert split_title(text) == (text, None)
