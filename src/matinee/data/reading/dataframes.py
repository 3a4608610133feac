"""Ratings and users from any dataframe that narwhals understands: pandas, Polars, PyArrow and others, eager or lazy."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import narwhals as nw
import numpy as np
import polars as pl

from matinee.data.metadata.beside import unusable
from matinee.data.metadata.catalogue import find_catalogue
from matinee.data.metadata.people import FORMATS, find_people, people_of
from matinee.data.metadata.people_files import UserRecords, with_user
from matinee.data.problems import refused, wrong_columns
from matinee.data.reading.columns import by_name, by_position, parse_columns
from matinee.data.reading.object_columns import object_ids
from matinee.data.reading.read import Examined, accept, check_rule, with_people
from matinee.data.reading.typed_columns import typed_ratings
from matinee.data.validate import validate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.metadata.people import People
    from matinee.data.ratings import Ratings
    from matinee.data.reading.columns import ColumnsByRole, ColumnsOption, Roles
    from matinee.data.reading.object_columns import OddIds
    from matinee.data.reading.read import OnBadRows
    from matinee.data.scale import Scale
    from matinee.errors import Problem

WHERE: Final = "table"
_PEOPLE: Final = "table of people"


def ratings_from_table(
    frame: Any,
    *,
    columns: ColumnsOption = None,
    scale: Scale | None = None,
    on_bad_rows: OnBadRows = "refuse",
    movies: str | os.PathLike[str] | None = None,
    people: Any = None,
) -> Ratings:
    """Ratings out of a dataframe.

    Parameters
    ----------
    frame
        A pandas, Polars or PyArrow table, or any other that narwhals knows; of a lazy one only the columns
        needed are collected. Ids are integers or words, ratings numbers, timestamps seconds or times.
        Columns are recognised by the names that files have; numbered columns by position.
    columns, scale, on_bad_rows
        As of `matinee.data.reading.read.read_ratings`.
    movies
        The file of titles, if there is one.
    people
        Attributes of users, if known: a dataframe with a column of user ids and attributes, or the path of a file.

    Raises
    ------
    DataError
        With the same problems as for files; rows are counted from 0.
    ConfigError
        For an option that is not one of those allowed.

    """
    check_rule(on_bad_rows)
    examined = _examine(_role_columns(frame, parse_columns(columns)), scale)
    if examined.ratings is not None and people is not None:
        users = find_people(".", people) if isinstance(people, str | os.PathLike) else people_from_table(people)
        examined = with_people(examined, examined.ratings, users, named=True)
    ratings = accept(examined, on_bad_rows)
    return ratings if movies is None else replace(ratings, catalogue=find_catalogue(".", movies))


def people_from_table(frame: Any) -> People:
    """The people in a dataframe with a column of user ids, by one of its usual names, and others that describe them.

    ``frame``: any that narwhals knows, eager or lazy. Numbers are quantities, words kinds. Raises `DataError` where it
    is no dataframe, no column holds ids, or there is nothing else; lines that do not fit are in `People.problems`.
    """
    try:
        table = nw.from_native(frame)
    except (TypeError, ValueError) as error:
        raise unusable(
            "people-columns", _PEOPLE, f"this is not a dataframe ({type(frame).__name__})", FORMATS
        ) from error
    collected = table.collect() if isinstance(table, nw.LazyFrame) else table
    names = with_user(list(map(str, collected.columns)))
    if names is None:
        raise unusable("people-columns", _PEOPLE, "no column holds the ids of users", FORMATS)
    columns = [collected[name].to_list() for name in collected.columns]
    rows = [["" if value is None else str(value) for value in row] for row in zip(*columns, strict=True)]
    return people_of(UserRecords(names, list(enumerate(rows))), _PEOPLE, "row")


def _role_columns(frame: Any, columns: ColumnsByRole) -> nw.DataFrame[Any]:
    """The columns that have a role, named ``user``, ``item``, ``rating`` and perhaps ``timestamp``."""
    try:
        table = nw.from_native(frame)
    except nw.exceptions.DuplicateError as error:
        what = "two columns have the same name"
        raise wrong_columns(WHERE, " ".join(str(error).split()), what, "", "Rename one of them.") from error
    except (TypeError, ValueError) as error:
        raise refused("not-a-dataframe", WHERE, found=type(frame).__name__) from error
    names = table.collect_schema().names()
    positions = _roles(names, columns).positions
    selected = table.select(nw.col(names[position]).alias(role) for role, position in positions.items())
    return selected.collect() if isinstance(selected, nw.LazyFrame) else selected


def _roles(names: list[Any], columns: ColumnsByRole) -> Roles:
    if all(isinstance(name, int) for name in names):
        return by_position(len(names), columns, WHERE, timed=True)
    return by_name([str(name) for name in names], columns, WHERE)


def _examine(table: nw.DataFrame[Any], scale: Scale | None) -> Examined:
    columns = []
    odd = []
    for name in table.columns:
        column, odd_ids = _column(table[name])
        columns.append(column)
        odd += odd_ids
    rows = _without(len(table), odd)
    ratings, problems = validate(typed_ratings(pl.DataFrame(columns)[rows], WHERE), WHERE, scale)
    renumbered = (_renumbered(problem, rows) for problem in problems)
    return Examined(ratings, (*(ids.problem for ids in odd), *renumbered), len(table), "dataframe", WHERE)


def _without(count: int, odd: list[OddIds]) -> NDArray[np.int64]:
    """The rows without odd ids."""
    good = np.ones(count, dtype=bool)
    for ids in odd:
        good[ids.rows] = False
    return np.flatnonzero(good)


def _renumbered(problem: Problem, rows: NDArray[np.int64]) -> Problem:
    """A problem whose lines count ``rows`` from 1, as one that counts all rows from 0."""
    return replace(problem, lines=tuple(int(rows[line - 1]) for line in problem.lines), unit="row")


def _column(series: nw.Series[Any]) -> tuple[pl.Series, list[OddIds]]:
    """The column in Polars, and the ids in it that are of another kind than most."""
    native = series.to_native()
    if isinstance(native, pl.Series) and native.dtype != pl.Object:
        return native, []
    if series.implementation.is_pyarrow():
        return series.to_polars(), []
    return _by_values(series)


def _by_values(series: nw.Series[Any]) -> tuple[pl.Series, list[OddIds]]:
    """The column value by value, without the packages that a conversion by the dataframe itself would need."""
    gaps = series.is_null().to_numpy().astype(bool)
    present = series.filter(~series.is_null())
    if series.dtype.is_numeric() or series.dtype == nw.Boolean:
        return _spread(series.name, present.to_numpy(), gaps), []
    if series.dtype in (nw.Datetime, nw.Date):
        return _spread(series.name, present.dt.timestamp("ms").to_numpy() // 1000, gaps), []
    values = np.empty(len(gaps), dtype=object)
    values[~gaps] = np.array([*present.to_list(), None], dtype=object)[:-1]
    if series.name in ("user", "item"):
        return object_ids(series.name, values, WHERE)
    return pl.Series(series.name, [None if value is None else str(value) for value in values], dtype=pl.String), []


def _spread(name: str, values: NDArray[Any], gaps: NDArray[np.bool_]) -> pl.Series:
    """``values`` where there is no gap, null where there is one."""
    full = np.zeros(len(gaps), dtype=values.dtype)
    full[~gaps] = values
    column = pl.Series(name, full)
    return column.set(pl.Series(gaps), None) if gaps.any() else column
