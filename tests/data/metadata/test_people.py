"""Files of users as MovieLens ships them, tables with a header, and files that are damaged or none."""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pytest

from matinee.data.check import check
from matinee.data.metadata.people import People, find_people
from matinee.data.reading.dataframes import people_from_table, ratings_from_table
from matinee.data.reading.read import read_ratings
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

RATINGS = "userId,movieId,rating\n1,10,4\n1,20,3\n2,10,5\n3,20,2\n"
U_USER = "1|24|M|technician|85711\n2|53|F|other|94043\n3|23|M|writer|T8H1N\n"
USERS_DAT = "1::F::1::10::48067\n2::M::56::16::70072\n3::M::25::15::55117\n"
USERS_CSV = "userId,age,city\n1,24,Rome\n2,,Oslo\n3,23.5,\n"


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def rows(people: People) -> list[tuple[object, ...]]:
    return people.table.rows()


def refused(path: Path, kind: str, *says: str, **how: object) -> DataError:
    with pytest.raises(DataError) as raised:
        read_ratings(path, **how)
    assert kind in [problem.kind for problem in raised.value.problems]
    for words in says:
        assert words in str(raised.value)
    return raised.value


def test_u_user_is_found_beside_the_ratings(tmp_path: Path) -> None:
    put(tmp_path, "u.user", U_USER, "latin-1")
    people = read_ratings(put(tmp_path, "u1.base", RATINGS)).people
    assert people.attributes == ("age", "gender", "occupation", "zip")
    assert rows(people)[1] == (2, 53.0, "F", "other", "94043")
    assert people.source == str(tmp_path / "u.user")


def test_users_dat_has_codes_for_occupations(tmp_path: Path) -> None:
    put(tmp_path, "users.dat", USERS_DAT)
    people = find_people(tmp_path / "ratings.dat")
    assert people.table.schema == {
        "user": pl.Int64, "gender": pl.String, "age": pl.Float64, "occupation": pl.String, "zip": pl.String,
    }  # fmt: skip
    assert rows(people)[0] == (1, "F", 1.0, "10", "48067")


@pytest.mark.parametrize(
    "text",
    [
        USERS_CSV,
        "\ufeff" + USERS_CSV,
        USERS_CSV.replace(",", ";"),
        USERS_CSV.replace(",", "\t").replace("\n", "\r\n"),
        "age,city,Customer ID\n24,Rome,1\nNA,Oslo,2\n23.5,null,3\n",
    ],
)
def test_tables_with_a_header(tmp_path: Path, text: str) -> None:
    people = find_people(tmp_path, put(tmp_path, "who.txt", text))
    assert people.table.select("user", "age", "city").rows() == [(1, 24.0, "Rome"), (2, None, "Oslo"), (3, 23.5, None)]
    assert people.problems == ()


def test_archives_and_compressed_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ml.zip", "w") as archive:
        archive.writestr("ml/u.data", "1\t10\t4\t100\n2\t10\t5\t100\n1\t20\t3\t100\n")
        archive.writestr("ml/u.user", U_USER)
    people = read_ratings(tmp_path / "ml.zip").people
    assert (len(people), people.source) == (3, f"{tmp_path / 'ml.zip'}: u.user")
    (tmp_path / "who.gz").write_bytes(gzip.compress(USERS_CSV.encode()))
    assert len(find_people(tmp_path, tmp_path / "who.gz")) == 3


def test_where_there_is_none_nothing_is_known(tmp_path: Path) -> None:
    people = read_ratings(put(tmp_path, "ratings.csv", RATINGS)).people
    assert (len(people), people.attributes, repr(people)) == (0, (), "People(0 users: nothing known)")


def test_a_file_that_lies_there_never_stands_in_the_way(tmp_path: Path) -> None:
    """Whatever is in it: what cannot be used is worth knowing, no more."""
    ratings = put(tmp_path, "ratings.csv", RATINGS)
    for text in ("", "hello\n", RATINGS, "\x00\x01\x02", "a|b|c\n", "userId\n1\n", "userId,age,age\n1,2,3\n"):
        put(tmp_path, "users.csv", text)
        assert len(read_ratings(ratings).people) == 0, text
    put(tmp_path, "users.csv", USERS_CSV + "4,5\n1,30,Bonn\n")
    read = read_ratings(ratings)
    assert len(read.people) == 3
    assert {problem.kind: problem.harmless for problem in read.notes} == {"people-fields": True, "people-twice": True}
    assert check(ratings).sound


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("userId,age\n1,24\n2,5,6\n3\n", "people-fields", ["lines 3, 4", "found '3 fields'", "allowed: 2"]),
        ("userId,age\n1,24\n,5\nx,6\n2,7\n3,8\n", "people-id", ["lines 3, 4", "whole numbers"]),
        ("userId,age\n1,24\n2,5\n1,6\n", "people-twice", ["line 4", "found '1'", "one line a user"]),
        ("userId,age\n" + "".join(f"{n},{n}\n" for n in range(1, 20)) + "20,old\n", "people-number",
         ["line 21", "the age is not a number", "found 'old'", "finite number"]),
    ],
)  # fmt: skip
def test_lines_that_do_not_fit_are_refused_or_left_out(tmp_path: Path, text: str, kind: str, says: list[str]) -> None:
    ratings, users = put(tmp_path, "ratings.csv", RATINGS), put(tmp_path, "who.csv", text)
    refused(ratings, kind, str(users), "--on-bad-rows skip", *says, people=users)
    kept = read_ratings(ratings, people=users, on_bad_rows="skip")
    assert [note.kind for note in kept.notes] == [kind]
    assert kept.people.table["user"].is_unique().all()
    assert kept.people.table["user"][0] == 1


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("hello\nworld\n", "people-unreadable", "not a file of users"),
        (RATINGS, "people-unreadable", "not a file of users"),
        ("", "people-unreadable", "not a file of users"),
        ("userId,age\n", "people-unreadable", "no users can be read"),
        ("userId\n1\n", "people-columns", "nothing but ids"),
        ("userId,age,age\n1,2,3\n", "people-columns", "columns need names"),
        ("userId,age,user\n1,2,3\n", "people-columns", "columns need names"),
        ("userId,,age\n1,2,3\n", "people-columns", "columns need names"),
        ("userId,age\n100,2\n200,3\n", "people-strangers", "none of its 2 users"),
        ("userId,age\nann,2\nbob,3\n", "people-strangers", "ids look like 'ann'"),
    ],
)
def test_a_named_file_that_is_none_is_refused(tmp_path: Path, text: str, kind: str, says: str) -> None:
    users = put(tmp_path, "who.csv", text)
    error = refused(put(tmp_path, "ratings.csv", RATINGS), kind, says, str(users), people=users)
    assert error.problems[0].fatal
    assert error.problems[0].remedy


def test_a_named_file_that_is_missing(tmp_path: Path) -> None:
    refused(put(tmp_path, "ratings.csv", RATINGS), "people-missing", "no such file", people=tmp_path / "gone.csv")


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, lambda table: pl.DataFrame(table).lazy()])
def test_dataframes(make) -> None:
    frame = make({"uid": ["a", "b", "c"], "age": [24, 53, 23], "sex": ["f", None, "m"]})
    ratings = make({"user": ["a", "b"], "item": ["x", "y"], "rating": [4.0, 5.0]})
    people = ratings_from_table(ratings, people=frame).people
    assert people.table.rows() == [("a", 24.0, "f"), ("b", 53.0, None), ("c", 23.0, "m")]


def test_dataframes_that_are_none() -> None:
    for frame in ({"uid": [1]}, pl.DataFrame({"age": [1]}), pl.DataFrame({"user": [1]})):
        with pytest.raises(DataError) as raised:
            people_from_table(frame)
        assert raised.value.problems[0].kind == "people-columns"
    twice = pl.DataFrame({"user": [7, 7], "age": [1, 2]})
    (problem,) = people_from_table(twice).problems
    assert (problem.kind, problem.lines, problem.unit) == ("people-twice", (1,), "row")


def test_how_many_are_known(tmp_path: Path) -> None:
    put(tmp_path, "users.csv", "userId,age\n1,2\n3,4\n9,5\n")
    found = check(put(tmp_path, "ratings.csv", RATINGS))
    assert found.contents is not None
    assert found.contents.described == 2
