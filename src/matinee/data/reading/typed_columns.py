"""Columns that already have types (Parquet, dataframes), with a problem for every odd value."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.line_numbers import Consecutive, Selected
from matinee.data.problems import refused, wrong_columns
from matinee.data.reading.columns import ColumnsByRole, by_name
from matinee.data.reading.row_checks import RowChecks
from matinee.data.reading.times import to_seconds
from matinee.data.validate import ParsedRatings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matinee.errors import DataError

_MAGIC: Final = b"PAR1"


def is_parquet(path: Path) -> bool:
    """True if the file at ``path`` is, or claims to be, Parquet."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC or path.suffix.lower() in (".parquet", ".pq")


def read_parquet(path: Path, where: str, columns: ColumnsByRole) -> ParsedRatings:
    """The ratings in the Parquet file at ``path``; lines are its rows, from 1."""
    with whole_parquet(where):
        names = list(pl.read_parquet_schema(path))
        roles = by_name(names, columns, where)
        used = {names[position]: role for role, position in roles.positions.items()}
        frame = pl.read_parquet(path, columns=list(used), glob=False).rename(used)
    return typed_ratings(frame, where)


@contextmanager
def whole_parquet(where: str) -> Iterator[None]:
    """Turns failures of reading Parquet into `DataError`."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise refused("parquet-damaged", where) from error


def typed_ratings(frame: pl.DataFrame, where: str) -> ParsedRatings:
    """The ratings in ``frame``: columns ``user``, ``item``, ``rating`` and perhaps ``timestamp``.

    Ids are integers or words and stay what they are; ratings any numbers; timestamps numbers (seconds),
    dates or times. Rows count from 1; those with gaps or values that cannot be converted are left out,
    each with a problem. Raises `DataError` for a column of a type that cannot be any of these.
    """
    checks = _TypedChecks(where, len(frame))
    converters = {"user": checks.ids, "item": checks.ids, "rating": checks.rating, "timestamp": checks.timestamp}
    converted = pl.DataFrame([converters[name](frame[name]) for name in frame.columns])
    numbers = Consecutive(where, 1)
    if not checks.bad.any():
        return ParsedRatings(converted, numbers, len(frame), tuple(checks.problems))
    selected = Selected(numbers, (~checks.bad).arg_true().to_numpy())
    return ParsedRatings(converted.filter(~checks.bad), selected, len(frame), tuple(checks.problems))


class _TypedChecks(RowChecks):
    """Converts one column after another."""

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
        if column.dtype.is_float():
            column = column.fill_nan(None)
        self.mark("missing-value", column, column.is_null())
        seconds = to_seconds(column)
        if seconds is None:
            raise self._wrong_type(column, "seconds since 1970, dates or times")
        if column.dtype == pl.String:
            self.mark("timestamp-not-a-time", column, seconds.is_null() & column.is_not_null())
        return seconds

    def _wrong_type(self, column: pl.Series, allowed: str) -> DataError:
        what = f"the {column.name} column has the wrong type"
        remedy = "Convert it, or say which column it is (--columns)."
        return wrong_columns(self.where, str(column.dtype), what, allowed, remedy)
