"""Columns that already have types (Parquet, dataframes) as a `Table`, with a problem for every odd value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.data.places import Kept, Offset
from matinee.data.reading.times import parse_times
from matinee.data.table import Table
from matinee.data.wording import problem, quote, wrong_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.data.problems import Problem
    from matinee.errors import DataError


def typed_table(frame: pl.DataFrame, where: str) -> Table:
    """The table of ``frame``: columns ``user``, ``item``, ``rating`` and perhaps ``timestamp``.

    Ids are integers or words and stay what they are; ratings any numbers; timestamps numbers (seconds),
    dates or times. Rows count from 1; those with gaps or values that cannot be converted are left out,
    each with a problem. Raises `DataError` for a column of a type that cannot be any of these.
    """
    conversion = _Conversion(where, len(frame))
    converters: dict[str, Callable[[pl.Series], pl.Series]] = {
        "user": conversion.ids,
        "item": conversion.ids,
        "rating": conversion.rating,
        "timestamp": conversion.timestamp,
    }
    columns = [converters[name](frame[name]) for name in frame.columns]
    return conversion.table(pl.DataFrame(columns))


class _Conversion:
    """Converts one column after another; a row with any bad value is marked in ``bad``."""

    def __init__(self, where: str, rows: int) -> None:
        self.where = where
        self.rows = rows
        self.problems: list[Problem] = []
        self.bad = pl.repeat(False, rows, dtype=pl.Boolean, eager=True)

    def mark(self, kind: str, column: pl.Series, bad: pl.Series) -> None:
        """Record a problem at the rows where ``bad`` holds, quoting the first of ``column``."""
        if not bad.any():
            return
        found, rows = quote(column.filter(bad)[0]), bad.arg_true().to_numpy() + 1
        self.problems.append(problem(kind, self.where, found=found, lines=rows, column=column.name))
        self.bad |= bad

    def ids(self, column: pl.Series) -> pl.Series:
        """Integers as Int64, words as String; decimal numbers are refused."""
        kind = column.dtype
        if kind in (pl.Categorical, pl.Enum):
            column = column.cast(pl.String)
        elif kind == pl.Null:
            column = column.cast(pl.Int64)
        elif kind != pl.String and not kind.is_integer() and not kind.is_float():
            raise self._wrong_type(column, "integers or words")
        if kind.is_float():
            column = column.fill_nan(None)
            self.mark("ids-not-whole", column, column.is_not_null())
        gaps = column.is_null() | (column == "" if column.dtype == pl.String else False)
        self.mark("missing-value", column, gaps.fill_null(True))
        if column.dtype == pl.String:
            return column
        values = column.cast(pl.Int64, strict=False)
        self.mark("ids-too-large", column, values.is_null() & column.is_not_null())
        return values

    def rating(self, column: pl.Series) -> pl.Series:
        """Ratings as Float32."""
        kind = column.dtype
        self.mark("missing-value", column, column.is_null())
        if kind != pl.String and not kind.is_numeric() and kind != pl.Null:
            raise self._wrong_type(column, "numbers")
        values = column.cast(pl.Float32, strict=False)
        self.mark("rating-not-a-number", column, values.is_null() & column.is_not_null())
        return values

    def timestamp(self, column: pl.Series) -> pl.Series:
        """Times as Int64: seconds for dates and times, as they stand for numbers."""
        kind = column.dtype
        if kind.is_float():
            column = column.fill_nan(None)
        self.mark("missing-value", column, column.is_null())
        if kind == pl.String:
            values = parse_times(column)
            self.mark("timestamp-not-a-time", column, values.is_null() & column.is_not_null())
            return values
        if kind in (pl.Date, pl.Datetime):
            return column.dt.epoch("s").alias(column.name)
        if not kind.is_numeric() and kind != pl.Null:
            raise self._wrong_type(column, "seconds since 1970, dates or times")
        return column.cast(pl.Int64, strict=False)

    def table(self, frame: pl.DataFrame) -> Table:
        """The rows without a bad value."""
        places = Offset(self.where, 1)
        if not self.bad.any():
            return Table(frame, places, self.rows, tuple(self.problems))
        kept = Kept(places, (~self.bad).arg_true().to_numpy())
        return Table(frame.filter(~self.bad), kept, self.rows, tuple(self.problems))

    def _wrong_type(self, column: pl.Series, allowed: str) -> DataError:
        what = f"the {column.name} column has the wrong type"
        remedy = "Convert it, or say which column it is (--columns)."
        return wrong_columns(self.where, str(column.dtype), what, allowed, remedy)
