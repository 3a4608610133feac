"""Ratings from dataframes of every kind, with the same checks as from files."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.reading.dataframes import ratings_from_table
from matinee.data.reading.read import read_ratings
from matinee.data.scale import Scale
from matinee.errors import ConfigError, DataError, InputError

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {
    "userId": [7, 7, 9, 12],
    "movieId": [1, 2, 1, 40],
    "rating": [0.5, 4.0, 5.0, 3.5],
    "timestamp": [978300760, 978302109, 978301968, 978300275],
}
ROWS = list(zip(*COLUMNS.values(), strict=True))

MAKERS = {
    "pandas": pd.DataFrame,
    "pandas nullable": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "pandas arrow": lambda columns: pd.DataFrame(columns).convert_dtypes(dtype_backend="pyarrow"),
    "pandas object": lambda columns: pd.DataFrame(columns, dtype=object),
    "pandas category": lambda columns: pd.DataFrame(columns).astype("category"),
    "pandas odd index": lambda columns: pd.DataFrame(columns, index=list("dabc")[: len(next(iter(columns.values())))]),
    "polars": pl.DataFrame,
    "polars lazy": pl.LazyFrame,
    "polars object": lambda columns: pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Object)),
    "pyarrow": pa.table,
}
ANY = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def refused(frame: object, **options: object) -> list[tuple[str, tuple[int, ...]]]:
    """The kind and rows of every problem for which ``frame`` is refused; said of rows, not of lines."""
    with pytest.raises(DataError) as raised:
        ratings_from_table(frame, **options)
    assert "\n" not in str(raised.value)
    assert "table" in str(raised.value)
    assert not any(f", line{s} " in str(raised.value) for s in ("", "s"))
    return [(found.kind, found.lines) for found in raised.value.problems]


@ANY
def test_every_kind_of_dataframe_gives_the_same_ratings(make) -> None:
    ratings = ratings_from_table(make(COLUMNS))
    assert ratings.to_frame().rows() == ROWS
    assert (ratings.users.kind, ratings.items.kind, ratings.scale) == ("integer", "integer", Scale(0.5, 5, 0.5))
    assert (ratings.source, ratings.notes) == ("table", ())


@ANY
def test_words_stay_words(make) -> None:
    words = {"user": ["ann", "bob", "ann"], "film": ["007", "7", "m"], "stars": [1, 2, 5]}
    ratings = ratings_from_table(make(words))
    assert ratings.to_frame().rows() == [("ann", "007", 1.0), ("bob", "7", 2.0), ("ann", "m", 5.0)]
    assert ratings.items.kind == "string"


@ANY
def test_times_become_seconds(make) -> None:
    times = [dt.datetime(2005, 9, 6, 21, 15), dt.datetime(1970, 1, 1, 0, 0, 1), dt.datetime(2001, 1, 1)]
    ratings = ratings_from_table(make({"user": [1, 2, 3], "item": [1, 1, 1], "rating": [1, 2, 3], "date": times}))
    assert ratings.timestamp.tolist() == [1126041300, 1, 978307200]


@pytest.mark.parametrize(
    "times",
    [
        pd.Series(["2005-09-06 22:15", "2001-01-01 00:00"]).astype("datetime64[ns]").dt.tz_localize("Europe/London"),
        pd.Series([dt.date(2005, 9, 6), dt.date(2001, 1, 1)]).astype(pd.ArrowDtype(pa.date32())),
        pd.Series([dt.date(2005, 9, 6), dt.date(2001, 1, 1)]),
        pd.Series(["2005-09-06", "2001-01-01"]),
        pd.Series([1126041300.0, 978307200.0]),
    ],
)
def test_every_way_to_write_a_time(times: pd.Series) -> None:
    frame = pd.DataFrame({"user": [1, 2], "item": [1, 1], "rating": [1, 2], "timestamp": times})
    first, second = ratings_from_table(frame).timestamp.tolist()
    assert (first // 86400, second) == (13032, 978307200)
    if not pd.api.types.is_object_dtype(times) and getattr(times.dtype, "tz", None):
        assert first == 1126041300


def test_numbered_columns_go_by_position_and_names_can_be_given() -> None:
    assert ratings_from_table(pd.DataFrame(ROWS)).to_frame().rows() == ROWS
    assert ratings_from_table(pd.DataFrame(np.array([[7, 1, 4], [8, 1, 5]]))).timestamp is None
    frame = pl.DataFrame({"a": [5.0, 1.0], "b": [1, 2], "c": [3, 4]})
    ratings = ratings_from_table(frame, columns={"user": "b", "item": "c", "rating": "a"})
    assert ratings.to_frame().rows() == [(1, 3, 5.0), (2, 4, 1.0)]


def test_other_columns_are_never_looked_at() -> None:
    lazy = pl.LazyFrame(COLUMNS).with_columns(
        bomb=pl.col("userId").map_elements(lambda _: 1 / 0, return_dtype=pl.Int64)
    )
    assert len(ratings_from_table(lazy)) == 4


def test_the_frame_is_left_as_it_was() -> None:
    frame = pd.DataFrame(COLUMNS)
    ratings = ratings_from_table(frame)
    frame.loc[0, "rating"] = 3.0
    assert ratings.value[0] == 0.5
    assert list(frame.columns) == list(COLUMNS)


def with_bad(**bad: object) -> dict[str, list[object]]:
    """The good columns, with another value in row 1 or (for a list) in the rows from 1 on."""
    columns = {name: list(values) for name, values in COLUMNS.items()}
    for name, value in bad.items():
        values = value if isinstance(value, list) else [value]
        columns[name][1 : 1 + len(values)] = values
    return columns


@ANY
def test_gaps_are_named_by_row(make) -> None:
    assert refused(make(with_bad(rating=[None, None]))) == [("missing-value", (1, 2))]
    ratings = ratings_from_table(make(with_bad(rating=None, timestamp=[1, None])), on_bad_rows="skip")
    assert ratings.to_frame().rows() == [ROWS[0], ROWS[3]]
    assert [(note.kind, note.lines, note.unit) for note in ratings.notes] == [
        ("missing-value", (1,), "row"),
        ("missing-value", (2,), "row"),
    ]


OBJECTS = [name for name in MAKERS if "object" in name or "category" in name]


@pytest.mark.parametrize("name", ["pandas object", "polars object", "pandas category"])
def test_ids_of_mixed_kind_are_never_confused(name: str) -> None:
    make = MAKERS[name]
    assert refused(make(with_bad(userId="7"))) == [("ids-mixed", (1,))]
    words = {"user": ["a", 1, "1", "b"], "item": [1, 2, 3, 4], "rating": [1, 2, 3, 4]}
    assert refused(make(words)) == [("ids-mixed", (1,))]
    kept = ratings_from_table(make(words), on_bad_rows="skip")
    assert kept.to_frame()["user"].to_list() == ["a", "1", "b"]


@pytest.mark.parametrize("name", ["pandas object", "polars object"])
@pytest.mark.parametrize(
    ("value", "kind"), [(2.0, "ids-not-whole"), (Decimal("1.5"), "ids-not-whole"), (1 << 63, "ids-too-large")]
)
def test_objects_that_are_no_ids(name: str, value: object, kind: str) -> None:
    assert refused(MAKERS[name](with_bad(movieId=value))) == [(kind, (1,))]


@pytest.mark.parametrize("value", [(1, 2), True, dt.date(2000, 1, 1), b"x"])
def test_objects_of_a_type_that_no_id_has(value: object) -> None:
    frame = MAKERS["polars object"](with_bad(movieId=value))
    assert refused(frame, on_bad_rows="skip") == [("columns", ())]


def test_rows_after_those_left_out_keep_their_numbers() -> None:
    """A mixed id in row 1 goes first; the bad rating in row 2 must still be called row 2."""
    frame = pd.DataFrame(with_bad(userId="x", rating=[4.0, "good"]), dtype=object)
    assert sorted(refused(frame)) == [("ids-mixed", (1,)), ("rating-not-a-number", (2,))]
    kept = ratings_from_table(frame, on_bad_rows="skip")
    assert kept.to_frame().rows() == [ROWS[0], ROWS[3]]


BAD = {
    "not a number": (with_bad(rating="good"), "rating-not-a-number"),
    "not finite": (with_bad(rating=float("inf")), "rating-not-finite"),
    "off the scale": ({**COLUMNS, "rating": [1.0, 99.0, 5.0, 3.0]}, "rating-out-of-scale"),
    "before 1970": (with_bad(timestamp=-5), "timestamp-impossible"),
    "milliseconds": (with_bad(timestamp=978302109000), "timestamp-milliseconds"),
    "twice": (with_bad(userId=7, movieId=1), "duplicates"),
}


@pytest.mark.parametrize(("columns", "kind"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["pandas object", "polars object", "pandas category"])
def test_the_same_problems_as_in_files(name: str, columns, kind: str) -> None:
    options = {"scale": Scale(0.5, 5, 0.5)} if kind == "rating-out-of-scale" else {}
    found = refused(MAKERS[name](columns), **options)
    row = 0 if kind == "duplicates" else 1  # of two the later one in time is kept, as in files
    assert found in ([(kind, (1,))], [(kind, (row,))])


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        (pd.DataFrame({"user": [1.0], "item": [1], "rating": [1]}), "ids-not-whole"),
        (pd.DataFrame({"user": [True], "item": [1], "rating": [1]}), "columns"),
        (pd.DataFrame({"user": pd.to_timedelta([1]), "item": [1], "rating": [1]}), "columns"),
        (pl.DataFrame({"user": [[1]], "item": [1], "rating": [1]}), "columns"),
        (pl.DataFrame({"user": [1], "item": [1], "rating": [True]}), "columns"),
        (pl.DataFrame({"user": [1], "item": [1], "rating": [1], "timestamp": [True]}), "columns"),
        (pl.DataFrame({"user": [1], "item": [1]}), "columns"),
        (pl.DataFrame({"a": [1], "b": [1], "c": [1]}), "columns"),
        (pl.DataFrame(), "columns"),
        (pd.DataFrame(), "columns"),
        (pd.DataFrame([[1, 2]]), "columns"),
        (pd.DataFrame([[1, 2, 3]], columns=["user", "item", "item"]), "columns"),
        (pl.DataFrame({"user": [1], "movie": [1], "movieId": [1], "movie_id": [1], "rating": [1]}), "columns"),
        (pl.DataFrame({"user": [], "item": [], "rating": []}), "no-ratings"),
        (pd.DataFrame({"user": [], "item": [], "rating": []}), "no-ratings"),
        (pl.DataFrame({"user": [None], "item": [1], "rating": [1]}), "nothing-left"),
        ({"user": [1], "item": [1], "rating": [1]}, "not-a-dataframe"),
        ([[1, 1, 5]], "not-a-dataframe"),
        (np.ones((3, 3)), "not-a-dataframe"),
        (pd.Series([1]), "not-a-dataframe"),
        ("ratings.csv", "not-a-dataframe"),
        (None, "not-a-dataframe"),
    ],
)
def test_tables_that_cannot_be_ratings(frame: object, kind: str) -> None:
    assert kind in [found for found, _ in refused(frame)]
    assert all(fatal for fatal in refused(frame, on_bad_rows="skip"))


def test_options_that_are_none() -> None:
    with pytest.raises(ConfigError, match="on_bad_rows: found 'ignore'; allowed are 'refuse' and 'skip'"):
        ratings_from_table(pd.DataFrame(COLUMNS), on_bad_rows="ignore")
    with pytest.raises(ConfigError, match="columns"):
        ratings_from_table(pd.DataFrame(COLUMNS), columns="a")


def test_titles_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title\n1,Toy Story (1995)\n")
    ratings = ratings_from_table(pd.DataFrame(COLUMNS), movies=tmp_path / "movies.csv")
    assert ratings.catalogue.title(1) == "Toy Story"
    with pytest.raises(InputError, match="there is no such file of titles"):
        ratings_from_table(pd.DataFrame(COLUMNS), movies=tmp_path / "none.csv")


@ANY
def test_the_real_file_is_the_same_from_a_dataframe(make, real_data: Path) -> None:
    path = real_data / "the-movies-dataset" / "ratings_small.csv"
    columns = pl.read_csv(path, n_rows=20_000).to_dict(as_series=False)
    if make is MAKERS["pandas odd index"]:
        columns = {name: values[:4] for name, values in columns.items()}
    table = ratings_from_table(make(columns))
    file = read_ratings(path)
    same = file.take(np.arange(len(table)))
    assert table.to_frame().equals(same.to_frame())


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
import pandas as pd
from matinee.data.reading.dataframes import ratings_from_table
frame = pd.DataFrame({"user": ["a", "b"], "item": pd.array([1, 2], dtype="Int64"), "rating": [1, 2],
                      "date": pd.to_datetime(["2001-01-01", "2002-01-01"])})
print(ratings_from_table(frame).to_frame().rows())
"""


def test_pandas_needs_no_pyarrow() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_PYARROW], capture_output=True, text=True, check=False)
    assert run.stdout == "[('a', 1, 1.0, 978307200), ('b', 2, 2.0, 1009843200)]\n", run.stderr


value = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(1 << 65), 1 << 65),
    st.floats(),
    st.text(max_size=4),
    st.dates(),
    st.binary(max_size=2),
)
good = st.tuples(st.integers(1, 4), st.integers(1, 9), st.sampled_from([1, 2, 3.5]), st.integers(0, 1 << 31))
rows = st.lists(st.one_of(good, st.tuples(value, value, value, value)), max_size=8)


@given(rows, st.sampled_from(["refuse", "skip"]))
@settings(max_examples=150)
def test_whatever_is_in_the_table_ratings_come_out_right_or_a_problem_is_named(rows, rule: str) -> None:
    frame = pd.DataFrame(rows, columns=["user", "item", "rating", "timestamp"], dtype=object)
    problems, ratings = (), None
    try:
        ratings = ratings_from_table(frame, on_bad_rows=rule)
    except DataError as error:
        problems = error.problems
    assert bool(problems) != bool(ratings)
    if ratings:
        assert len(ratings) <= len(rows)
        assert set(ratings.to_frame()["user"]) <= set(frame["user"])
        assert np.isfinite(ratings.value).all()
