"""Well-formed text straight into typed columns, fast; ``None`` where anything is odd.

Whatever this reader turns away goes to `matinee.data.reading.exact_text`, which is slower and exact to the line.
"""

from __future__ import annotations

import mmap
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.line_numbers import Consecutive
from matinee.data.reading.id_kinds import MISSING, judge
from matinee.data.reading.times import parse_times
from matinee.data.validate import ParsedRatings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from matinee.data.reading.census import Census
    from matinee.data.reading.dialect import Dialect

    Schema = dict[str, type[pl.DataType]]

_INT32_DIGITS: Final = 9


def read_typed(path: Path, where: str, dialect: Dialect, census: Census) -> ParsedRatings | None:
    """The ratings in the file at ``path``, or ``None`` where a line might not be well-formed."""
    if not _regular(dialect, census) or (dialect.quoted and _lone_quote(path, dialect.separator)):
        return None
    frames = (_parse(path, dialect, schema) for schema in _schemas(dialect))
    frame = next((frame for frame in frames if frame is not None), None)
    if frame is None or len(frame) != census.lines - dialect.header_lines or _has_nulls(frame):
        return None
    finished = _finish(frame)
    numbers = Consecutive(where, dialect.header_lines + 1)
    return None if finished is None else ParsedRatings(finished, numbers, len(frame))


def _regular(dialect: Dialect, census: Census) -> bool:
    """True if the bytes leave no doubt about lines and fields."""
    if dialect.newline != "\n" or not census.unicode or census.returns not in (0, census.newlines):
        return False
    if dialect.header_lines > bool(dialect.header) or (census.ends_open and dialect.cut_off(dialect.sample[-1])):
        return False
    if dialect.quoted or census.quotes:
        return dialect.quoted and len(dialect.separator) == 1
    with_fields = census.lines - dialect.header_lines + bool(dialect.header)
    return census.separators == with_fields * (dialect.width - 1) * len(dialect.separator)


def _lone_quote(path: Path, separator: str) -> bool:
    """True if a field might be a single quotation mark: the CSV reader of Polars 2.1 panics on one."""
    edge = re.escape(separator.encode()) + rb"\r\n"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return re.search(rb'(?:\A|[%b])"(?=[%b]|\Z)' % (edge, edge), content) is not None


def _schemas(dialect: Dialect) -> Iterable[Schema]:
    """Column types to try, the narrowest first."""
    types = {role: _type_of(role, dialect.values(role)) for role in dialect.roles.positions}
    yield types
    if pl.Int32 in types.values():
        yield {role: pl.Int64 if kind is pl.Int32 else kind for role, kind in types.items()}


def _type_of(role: str, sample: list[str]) -> type[pl.DataType]:
    if role == "rating":
        return pl.Float32
    if not all(re.fullmatch(r"[+-]?\d+", text) for text in sample):
        return pl.String
    if role == "timestamp" or max(map(len, sample), default=0) > _INT32_DIGITS:
        return pl.Int64
    return pl.Int32


def _parse(path: Path, dialect: Dialect, types: Schema) -> pl.DataFrame | None:
    """The columns of ``types``, without the others; ``None`` where Polars cannot read them."""
    width = len(dialect.separator)
    named = {position * width: role for role, position in dialect.roles.positions.items()}
    total = (dialect.width - 1) * width + 1
    schema: Schema = {named.get(n, f"_{n}"): types.get(named.get(n, ""), pl.String) for n in range(total)}
    try:
        frame = pl.read_csv(
            path,
            has_header=False,
            skip_rows=dialect.header_lines,
            separator=dialect.separator[0],
            quote_char='"' if dialect.quoted else None,
            schema=schema,
            glob=False,
            columns=None if dialect.quoted else sorted(named),
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    return frame.select(list(types))


def _has_nulls(frame: pl.DataFrame) -> bool:
    return any(column.null_count() for column in frame)


def _finish(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Dates as seconds; ``None`` where a word is a date, an id or a gap only perhaps."""
    for name, kind in frame.schema.items():
        if kind == pl.String and name != "timestamp" and not _plain_words(frame[name]):
            return None
    if frame.schema.get("timestamp") == pl.String:
        seconds = parse_times(frame["timestamp"])
        return None if seconds.null_count() else frame.with_columns(seconds)
    return frame


def _plain_words(ids: pl.Series) -> bool:
    """True if every id is a word beyond doubt: no gaps, no spaces around it, no numbers among them."""
    distinct = ids.unique()
    odd = distinct.is_in(MISSING) | (distinct != distinct.str.strip_chars())
    kinds = judge(distinct)
    return not odd.any() and kinds.kind == "string" and kinds.clean
