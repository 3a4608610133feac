"""Tables in Parquet and Netflix Prize files that are not what they should be."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from matinee.data.check import check
from tests.support.hostile import HEADER, Hostile, assert_everywhere, each

if TYPE_CHECKING:
    from pathlib import Path


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns, strict=False).write_parquet(buffer)
    return buffer.getvalue()


def table(
    name: str, kind: str, *says: str, lines: tuple[int, ...] = (), left: int | None = None, **columns: object
) -> Hostile:
    whole = {"user": [1, 2, 3], "item": [4, 5, 6], "rating": [1.0, 2.5, 5.0], **columns}
    present = {name: column for name, column in whole.items() if column is not None}
    return Hostile(name, parquet(**present), kind, says, lines, left, "ratings.parquet")


NONE = pl.Series([], dtype=pl.Int64)

PARQUET = [
    Hostile(
        "cut off",
        parquet(user=[1], item=[2], rating=[3.0])[:-9],
        "parquet-damaged",
        ("the Parquet file is damaged or cut off",),
        file="r.parquet",
    ),
    Hostile("only the magic", b"PAR1", "parquet-damaged", ("damaged or cut off",), file="r.parquet"),
    Hostile("text named so", HEADER, "parquet-damaged", ("damaged or cut off",), file="r.parquet"),
    table("no rating", "columns", "no column is the rating; found 'user, item'", rating=None),
    table("no rows", "no-ratings", "there are no ratings", user=NONE, item=NONE, rating=NONE),
    table("a gap", "missing-value", "line 2: the user is missing", user=[1, None, 3], lines=(2,), left=2),
    table("an empty word", "missing-value", "the item is missing", item=["a", "", "c"], lines=(2,), left=2),
    table("decimal ids", "ids-not-whole", "lines 1, 2, 3: the user id", user=[1.0, 2.0, 3.0], lines=(1, 2, 3)),
    table(
        "large ids",
        "ids-too-large",
        "line 3: the item id",
        item=pl.Series([4, 5, 2**63], dtype=pl.UInt64),
        lines=(3,),
        left=2,
    ),
    table("NaN", "rating-not-finite", "line 1: the rating is NaN", rating=[float("nan"), 1.0, 2.0], lines=(1,), left=2),
    table("words", "rating-not-a-number", "line 2:", rating=["1", "good", "3"], lines=(2,), left=2),
    table("a rating missing", "missing-value", "the rating is missing", rating=[1.0, None, 2.0], lines=(2,), left=2),
    table("a list", "columns", "the rating column has the wrong type; found List(Int64)", rating=[[1], [2], [3]]),
    table("dates as ids", "columns", "the user column has the wrong type; found Date", user=[date(2000, 1, 1)] * 3),
    table("duplicates", "duplicates", "again on line 3", user=[1, 2, 1], item=[4, 4, 4], lines=(1,), left=2),
    table("milliseconds", "timestamp-milliseconds", "lines 1, 2, 3", time=[1260759144000] * 3, lines=(1, 2, 3), left=3),
    table(
        "before 1970",
        "timestamp-impossible",
        "line 2: the date is impossible",
        date=[date(2000, 1, 1), date(1912, 1, 1), date(2000, 1, 1)],
        lines=(2,),
        left=2,
    ),
    table("booleans as times", "columns", "the timestamp column has the wrong type", time=[True, False, True]),
]


@each(PARQUET)
def test_a_parquet_file_with_problems(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


NETFLIX = b"1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n2:\n885013,4,2005-10-19\n30878,4,2005-12-26\n"

PRIZE = [
    Hostile("a word", NETFLIX + b"5,x,2005-01-01\n", "rating-not-a-number", ("line 7:", "found 'x'"), (7,), 4),
    Hostile("a date", NETFLIX + b"5,3,2005-19-01\n", "timestamp-impossible", ("line 7:", "'2005-19-01'"), (7,), 4),
    Hostile("too few", NETFLIX + b"5,3\n", "too-few-fields", ("line 7:", "3 fields separated by ','"), (7,), 4),
    Hostile("too many", NETFLIX + b"5,3,2005-01-01,1\n", "too-many-fields", ("line 7:",), (7,), 4),
    Hostile("cut off", NETFLIX + b"5,3,2005-0", "cut-off-line", ("line 7: the last line is cut off",), (7,), 4),
    Hostile("a word as user", NETFLIX + b"bob,3,2005-01-01\n", "ids-mixed", ("line 7:", "found 'bob'"), (7,), 4),
    Hostile("twice", NETFLIX + b"885013,2,2005-01-01\n", "duplicates", ("line 7:", "again on line 5"), (7,), 4),
    Hostile("six", NETFLIX * 1 + b"5,66,2005-01-01\n", "rating-out-of-scale", ("line 7:", "found 66"), (7,), 4),
    Hostile("twice, right below its film", NETFLIX + b"2:\n885013,2,2005-01-01\n", "duplicates", ("line 8:",), (8,), 4),
    Hostile("the first line twice", NETFLIX + b"1:\n1488844,3,2006-01-01\n", "duplicates", ("line 2:",), (2,), 4),
    Hostile("a broken film", NETFLIX + b"3:x\n5,3,2005-01-01\n", "too-few-fields", ("line 7:", "found '3:x'"), (7,), 5),
]


@each(PRIZE)
def test_a_netflix_prize_file_with_problems(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


def test_the_second_of_several_netflix_prize_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "combined_data_1.txt").write_bytes(NETFLIX)
    (tmp_path / "combined_data_2.txt").write_bytes(b"7,3,2005-01-01\n3:\n8,4,2005-01-01\n8,5,2005-01-02\n")
    report = check(tmp_path)
    found = {problem.kind: problem for problem in report.problems}
    assert found["no-film-line"].lines == (1,)
    assert found["duplicates"].lines == (3,)
    assert {problem.where for problem in report.problems} == {str(tmp_path / "combined_data_2.txt")}
    assert report.contents is not None
    assert report.contents.ratings == 5
