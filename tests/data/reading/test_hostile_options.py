"""Columns, scales and other options that do not fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from matinee.data.check import check
from matinee.data.reading.read import read_ratings
from matinee.data.scale import Scale
from matinee.errors import ConfigError, DataError
from tests.support.hostile import HEADER, good, matinee

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    return path


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("a,b", "found 2 names in 'a,b'; allowed are three or four names"),
        ("a,b,c,d,e", "found 5 names"),
        ("a,,c", "found 3 names in 'a,,c'"),
        ("user=a,b", "found some with = and some without"),
        ("critic=a", "found the role 'critic'"),
        ("user=", "only the timestamp can be passed over"),
        ("item=a,movie=b", "twice"),
        ({"item": None}, "only the timestamp can be passed over"),
        ({"stars": "x"}, "found the role 'stars'"),
    ],
)
def test_columns_that_are_no_columns(ratings: Path, columns: Any, says: str) -> None:
    for ask in (read_ratings, check):
        with pytest.raises(ConfigError, match="columns: ") as raised:
            ask(ratings, columns=columns)
        assert says in str(raised.value)
    if isinstance(columns, str):
        code, _, err = matinee("check", str(ratings), "--columns", columns)
        assert (code, err.count("\n")) == (2, 1)
        assert says in err


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("uid,movieId,rating", "there is no column named 'uid'; found 'userId, movieId, rating, timestamp'"),
        ("1,2,9", "there is no column '9'; found 4 columns"),
        ("0,2,3", "there is no column '0'"),
        ("userId,userId,rating", "one column has two roles; found 'userId'"),
        ({"user": 2}, "one column has two roles; found 'movieId'"),
    ],
)
def test_columns_that_the_file_has_not(ratings: Path, columns: Any, says: str) -> None:
    with pytest.raises(DataError) as raised:
        read_ratings(ratings, columns=columns)
    assert says in str(raised.value)
    assert "Correct --columns" in str(raised.value)
    assert [found.kind for found in check(ratings, columns=columns).problems] == ["columns"]
    if isinstance(columns, str):
        code, out, err = matinee("check", str(ratings), "--columns", columns)
        assert (code, says in err) == (2, True), out


def test_a_name_for_a_column_of_a_file_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(good())
    with pytest.raises(DataError, match=r"there is no column 'uid'.*without a header, numbers from 1 to 4"):
        read_ratings(path, columns="uid,iid,r")


@pytest.mark.parametrize("scale", ["five", "1", "1:2:3:4", "5:1", "1:5:0", "nan:5", "1:inf", "1:5:-1", ":", "1:5:x"])
def test_a_scale_that_is_no_scale(ratings: Path, scale: str) -> None:
    with pytest.raises(ConfigError, match="rating scale: found"):
        Scale.parse(scale)
    code, out, err = matinee("check", str(ratings), "--scale", scale)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("matinee: rating scale: found")


def test_a_scale_that_does_not_fit(ratings: Path) -> None:
    with pytest.raises(
        DataError, match=re.escape("most ratings are off the scale given, 7 to 10; found ratings from 0.5 to 5")
    ):
        read_ratings(ratings, scale=Scale(7, 10), on_bad_rows="skip")
    code, _, err = matinee("check", str(ratings), "--scale", "7:10")
    assert code == 2
    assert "Give the scale of this file (--scale low:high:step)" in err


def test_a_scale_that_a_few_ratings_are_off(ratings: Path) -> None:
    scale = Scale(1, 5, 0.5)
    with pytest.raises(
        DataError, match=re.escape("lines 2, 12: the rating is off the scale; found 0.5; allowed: 1 to 5 by 0.5")
    ):
        read_ratings(ratings, scale=scale)
    assert len(read_ratings(ratings, scale=scale, on_bad_rows="skip")) == 10


def test_an_unknown_way_with_bad_rows(ratings: Path) -> None:
    with pytest.raises(ConfigError, match="on_bad_rows: found 'drop'; allowed are 'refuse' and 'skip'"):
        read_ratings(ratings, on_bad_rows="drop")  # type: ignore[arg-type]


def test_titles_that_are_not_there(ratings: Path) -> None:
    with pytest.raises(DataError, match=re.escape("no-movies.csv")):
        read_ratings(ratings, movies=ratings.parent / "no-movies.csv")
    code, _, err = matinee("check", str(ratings), "--movies", str(ratings.parent / "no-movies.csv"))
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["a", "--nonsense"], ["a", "--columns"], ["a", "--json"]])
def test_bad_usage_of_the_command_line(arguments: list[str]) -> None:
    code, out, err = matinee("check", *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
