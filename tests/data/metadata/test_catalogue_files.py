"""Files of titles as MovieLens, Netflix and Kaggle ship them, and files that are damaged or none."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.metadata.catalogue import TITLES, Catalogue, find_catalogue
from matinee.data.metadata.titles import plain
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

MOVIES_CSV = """movieId,title,genres
1,Toy Story (1995),Adventure|Animation
11,"American President, The (1995)",Comedy|Drama
29,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Adventure
33,"Avventura, L' (a.k.a. Adventure, The) (1960)",Drama
40,"He said ""no"" (2001)",Drama
50,Hyena Road,(no genres listed)
60,Rocky VI (1986) ,Comedy
70,"Big Bang Theory, The (2007-)",Comedy
80,Fawlty Towers (1975–1979),Comedy
"""


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def films(catalogue: Catalogue) -> dict[object, tuple[str, int | None, list[str]]]:
    return {item: (title, year, genres) for item, title, year, genres in catalogue.films.iter_rows()}


def test_movies_csv(tmp_path: Path) -> None:
    put(tmp_path, "movies.csv", MOVIES_CSV)
    catalogue = find_catalogue(tmp_path)
    assert films(catalogue) == {
        1: ("Toy Story", 1995, ["Adventure", "Animation"]),
        11: ("The American President", 1995, ["Comedy", "Drama"]),
        29: ("The City of Lost Children (La Cité des enfants perdus)", 1995, ["Adventure"]),
        33: ("L'Avventura (a.k.a. The Adventure)", 1960, ["Drama"]),
        40: ('He said "no"', 2001, ["Drama"]),
        50: ("Hyena Road", None, []),
        60: ("Rocky VI", 1986, ["Comedy"]),
        70: ("The Big Bang Theory", 2007, ["Comedy"]),
        80: ("Fawlty Towers", 1975, ["Comedy"]),
    }
    assert (catalogue.skipped, catalogue.source) == (0, str(tmp_path / "movies.csv"))
    assert catalogue.films.schema == Catalogue.empty().films.schema


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffmovieId,title,genres\n1,Toy Story (1995),A|B\n",
        "movieId,title,genres\r\n1,Toy Story (1995),A|B\r\n",
        "\n\nmovieId,title,genres\n\n1,Toy Story (1995),A|B",
        "movie_id\ttitle\tgenres\n1\tToy Story (1995)\tA|B\n",
        "genres;Title;ID\nA|B;Toy Story (1995);1\n",
        "itemId,name,year,genre\n1,Toy Story,1995,A|B\n",
        "1,Toy Story (1995),A|B\n",
        "1::Toy Story (1995)::A|B\n",
        "movieId,title,genres\n1,\"Toy Story (1995)\",\"[{'id': 1, 'name': 'A'}, {'id': 2, 'name': 'B'}]\"\n",
    ],
)
def test_other_ways_to_write_the_same(tmp_path: Path, text: str) -> None:
    catalogue = find_catalogue(tmp_path, put(tmp_path, "some.file", text))
    assert films(catalogue) == {1: ("Toy Story", 1995, ["A", "B"])}


def test_malformed_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    put(
        tmp_path,
        "movies.csv",
        "movieId,title,genres\n1,Toy Story (1995),A\nx,Not a number (1990),A\n2\n,No id (1990),A\n3,,A\n"
        "1,Again (1999),A\n4,No genres (2000)\n5,Too many (2001),A,B,C\n",
    )
    catalogue = find_catalogue(tmp_path)
    assert list(films(catalogue)) == [1, 4, 5]
    assert catalogue.title(1) == "Toy Story"
    assert catalogue.skipped == 5


def test_ids_that_are_words(tmp_path: Path) -> None:
    put(tmp_path, "movies.csv", "movieId,title\ntt0114709,Toy Story (1995)\ntt0113497,Jumanji (1995)\n7,Seven (1995)\n")
    catalogue = find_catalogue(tmp_path)
    assert catalogue.title("tt0113497") == "Jumanji"
    assert catalogue.title("7") == "Seven"
    assert catalogue.title(7) is None


def test_movies_dat_in_latin_1(tmp_path: Path) -> None:
    text = "1::Misérables, Les (1995)::Drama|Musical\n2::Face::Off (1997)::Action\nbroken line\n3::Ça (1990)::Horror\n"
    put(tmp_path, "movies.dat", text, "latin-1")
    catalogue = find_catalogue(tmp_path)
    assert films(catalogue) == {
        1: ("Les Misérables", 1995, ["Drama", "Musical"]),
        2: ("Face::Off", 1997, ["Action"]),
        3: ("Ça", 1990, ["Horror"]),
    }
    assert catalogue.skipped == 1


def u_item(item: int, title: str, released: str, *flags: int) -> str:
    marks = "|".join("1" if place in flags else "0" for place in range(19))
    return f"{item}|{title}|{released}||http://us.imdb.com/M/{item}|{marks}\n"


def test_u_item_with_and_without_its_genres(tmp_path: Path) -> None:
    text = u_item(1, "Señor, El (1995)", "01-Jan-1995", 1, 18) + u_item(2, "Untitled", "04-Feb-1971", 0, 5)
    put(tmp_path, "u.item", text + "3|cut\n", "latin-1")
    assert films(find_catalogue(tmp_path)) == {
        1: ("El Señor", 1995, ["Action", "Western"]),
        2: ("Untitled", 1971, ["Comedy"]),
        3: ("cut", None, []),
    }
    put(tmp_path, "u.genre", "unknown|0\nOne|1\nTwo|2\n" + "".join(f"G{n}|{n}\n" for n in range(3, 19)) + "\n")
    assert films(find_catalogue(tmp_path))[1][2] == ["One", "G18"]


def test_movie_titles_of_netflix(tmp_path: Path) -> None:
    text = "1,2003,Dinosaur Planet\n2,NULL,Isle of Man TT 2004 Review\n3,1997,Ça commence, et ça finit\n4\n"
    put(tmp_path, "movie_titles.csv", text, "latin-1")
    catalogue = find_catalogue(tmp_path)
    assert films(catalogue) == {
        1: ("Dinosaur Planet", 2003, []),
        2: ("Isle of Man TT 2004 Review", None, []),
        3: ("Ça commence, et ça finit", 1997, []),
    }
    assert catalogue.skipped == 1


def test_the_titles_of_netflix_lie_beside_its_training_set(tmp_path: Path) -> None:
    put(tmp_path, "movie_titles.txt", "1,2003,Dinosaur Planet\n")
    ratings = put(tmp_path, "training_set/mv_0000001.txt", "1:\n7,5,2004-01-31\n")
    assert find_catalogue(ratings.parent).title(1) == "Dinosaur Planet"
    assert find_catalogue(ratings).title(1) == "Dinosaur Planet"


HEADER = "adult,budget,genres,id,imdb_id,original_title,overview,popularity,release_date,title,video"
GENRES = "\"[{'id': 16, 'name': 'Animation'}, {'id': 35, 'name': 'Comedy'}]\""
METADATA = f"""{HEADER}
False,1,{GENRES},862,tt1,Toy Story,"Woody, ""Buzz"" and
a second line.",2.5,1995-10-30,Toy Story,False
False,1,[],8844,tt2,Jumanji,Short.,1.0,,,False
False,1,{GENRES},82663,tt3,Midnight Man,Somebody wrote
 - Written by him,0.06,2012-05-11,Midnight Man,False
 - Written by Ørnås,0.065736,/ff9.jpg,1997-08-20
False,1,[],99,tt6,Over Two Lines,,0.1,2011-01-01,Over
Two Lines,False
False,1,"__import__('os').system('touch hacked')",5,tt5,Evil,,1.0,1999-01-01,Evil,False
False,1,{GENRES},862,tt1,Toy Story again,,2.5,1996-10-30,Toy Story again,False
False,1,{GENRES},1997-08-20,tt9,Broken id,,2.5,1996-10-30,Broken id,False
False,1,{GENRES},777,tt7,In no link,,2.5,1996-10-30,In no link,False
"""


def test_movies_metadata_of_kaggle_is_joined_through_links(tmp_path: Path) -> None:
    put(tmp_path, "movies_metadata.csv", METADATA)
    put(
        tmp_path,
        "links_small.csv",
        "movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,8844\n3,1,82663\n4,1,\n5,1,5.0\n6,1,99\n",
    )
    catalogue = find_catalogue(tmp_path)
    assert films(catalogue) == {
        1: ("Toy Story", 1995, ["Animation", "Comedy"]),
        2: ("Jumanji", None, []),
        3: ("Midnight Man", 2012, ["Animation", "Comedy"]),
        5: ("Evil", 1999, []),
        6: ("Over Two Lines", 2011, []),
    }
    assert catalogue.title(862) is None
    assert catalogue.skipped == 2  # the bad id, and the rest of a row that nothing goes before
    assert not (tmp_path / "hacked").exists()


def test_links_of_both_sizes_are_used_and_may_share_a_film(tmp_path: Path) -> None:
    put(tmp_path, "movies_metadata.csv", METADATA)
    put(tmp_path, "links_small.csv", "movieId,imdbId,tmdbId\n1,0,862\n2,0,5\n")
    put(tmp_path, "links.csv", "movieId,imdbId,tmdbId\n2,0,8844\n900,0,862\nx,y,z\n7\n")
    catalogue = find_catalogue(tmp_path)
    assert {item: film[0] for item, film in films(catalogue).items()} == {
        1: "Toy Story",
        900: "Toy Story",
        2: "Jumanji",
    }


def test_metadata_without_links_says_what_is_missing(tmp_path: Path) -> None:
    path = put(tmp_path, "movies_metadata.csv", METADATA)
    assert len(find_catalogue(tmp_path)) == 0
    with pytest.raises(DataError, match=r"ids are TMDB's, and no links\.csv or links_small\.csv beside it"):
        find_catalogue(tmp_path, path)


def test_the_metadata_as_kaggle_has_it(real_data: Path) -> None:
    folder = real_data / "the-movies-dataset"
    kaggle = find_catalogue(".", folder / "movies_metadata.first_2996_rows.csv")
    movielens = find_catalogue(folder)
    assert kaggle.film(1) == type(kaggle.film(1))(1, "Toy Story", 1995, ("Animation", "Comedy", "Family"))
    assert len(kaggle) == 2500
    assert kaggle.skipped == 0
    both = kaggle.films.join(movielens.films, on="item")
    same = [plain(a)[:8] == plain(b)[:8] for a, b in both.select("title", "title_right").iter_rows()]
    assert len(both) > 2400
    assert sum(same) / len(both) > 0.85  # a join by the wrong ids agrees on next to none
    assert (both["year"] - both["year_right"]).abs().le(1).mean() > 0.97


@pytest.mark.parametrize(
    ("folder", "count", "item", "label"),
    [
        ("the-movies-dataset", 9125, 29, "The City of Lost Children (La Cité des enfants perdus) (1995)"),
        ("ml-1m", 3883, 2571, "The Matrix (1999)"),
        ("ml-100k", 1682, 1633, "Á köldum klaka (Cold Fever) (1994)"),
    ],
)
def test_the_titles_as_movielens_has_them(real_data: Path, folder: str, count: int, item: int, label: str) -> None:
    catalogue = find_catalogue(real_data / folder)
    film = catalogue.film(item)
    assert (len(catalogue), catalogue.skipped) == (count, 0)
    assert film is not None
    assert film.label == label


def test_titles_are_found_beside_a_file_inside_an_archive_and_in_folders_below(tmp_path: Path) -> None:
    ratings = put(tmp_path, "a/b/ratings.csv", "1,1,5\n")
    put(tmp_path, "a/b/movies.csv", MOVIES_CSV)
    archive = tmp_path / "ml.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(ratings.parent / "movies.csv", "ml-tiny/movies.csv")
        packed.writestr("ml-tiny/ratings.csv", "1,1,5\n")
    for place in (ratings, ratings.parent, tmp_path, archive):
        assert find_catalogue(place).title(1) == "Toy Story", place
    assert find_catalogue(archive).source == f"{archive}: movies.csv"
    assert find_catalogue(".", archive).title(1) == "Toy Story"
    assert find_catalogue(".", ratings.parent).title(1) == "Toy Story"


def test_a_folder_below_a_file_is_not_searched(tmp_path: Path) -> None:
    put(tmp_path, "below/movies.csv", MOVIES_CSV)
    assert len(find_catalogue(put(tmp_path, "ratings.csv", "1,1,5\n"))) == 0


def test_a_named_file_may_be_compressed(tmp_path: Path) -> None:
    packed = tmp_path / "titles.gz"
    packed.write_bytes(gzip.compress(MOVIES_CSV.encode()))
    assert find_catalogue(".", packed).title(11) == "The American President"


def test_no_titles_are_no_error(tmp_path: Path) -> None:
    put(tmp_path, "ratings.csv", "userId,movieId,rating\n1,1,5\n")
    put(tmp_path, "movies.csv", "userId,movieId,rating\n1,1,5\n")
    (tmp_path / "movies.dat").mkdir()
    assert len(find_catalogue(tmp_path)) == 0
    assert find_catalogue(tmp_path).source == ""


def test_a_named_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv: there is no such file of titles\. Check the path") as raised:
        find_catalogue(tmp_path, tmp_path / "none.csv")
    assert [(p.kind, p.fatal) for p in raised.value.problems] == [("catalogue-missing", True)]


NO_TITLES = {
    "empty": "",
    "ratings": "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n",
    "ratings without a header": "1,1193,5,978300760\n1,661,3,978302109\n",
    "ratings of 1M": "1::1193::5::978300760\n",
    "ratings of 100K": "196\t242\t3\t881250949\n",
    "prose": "This is a readme.\nIt has (1995) in it.\n",
    "html": "<html><body>1,2003,Sign in</body></html>",
    "only a header": "movieId,title,genres\n",
    "only bad rows": "movieId,title,genres\n,,\n1,,\n",
    "binary": "PAR1\x00\x01\x02\x03",
}


@pytest.mark.parametrize("text", NO_TITLES.values(), ids=NO_TITLES)
def test_a_named_file_that_is_none(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, "movies.csv", text, "latin-1")
    with pytest.raises(DataError, match=r"(not a file of titles|no titles can be read).*Give movies\.csv") as raised:
        find_catalogue(tmp_path, path)
    assert raised.value.problems[0].kind == "catalogue-unreadable"
    assert len(find_catalogue(tmp_path)) == 0


def test_a_folder_without_titles_is_refused_when_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no titles can be read from it"):
        find_catalogue(".", tmp_path)


def test_names_of_files_that_matter() -> None:
    yes = ["movies.csv", "ml-1m/movies.dat", "u.item", "u.genre", "links_small.csv", "a/b/movie_titles.txt"]
    assert all(map(TITLES.matches, [*yes, "movies_metadata.csv", "Movies.CSV"]))
    assert not any(map(TITLES.matches, ["ratings.csv", "mymovies.csv", "movies.csv.bak", "tags.csv", ""]))


@given(st.binary(max_size=400), st.sampled_from([b"", b"movieId,title,genres\n", b"1::a (1990)::b\n", b"1,1990,x\n"]))
@settings(max_examples=150)
def test_whatever_is_in_the_file_there_is_no_traceback(tmp_path_factory, body: bytes, start: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "movies.csv").write_bytes(start + body)
    catalogue = find_catalogue(folder)
    assert catalogue.films["item"].n_unique() == len(catalogue)
    assert catalogue.films.schema["genres"] == pl.List(pl.String)
