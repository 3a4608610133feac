"""Rows of text into typed columns, with a problem for every value that cannot be converted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.data.places import Listed
from matinee.data.reading.ids import MISSING, judge
from matinee.data.reading.times import DATE, parse_times
from matinee.data.table import Table
from matinee.data.wording import problem, quote

if TYPE_CHECKING:
    from matinee.data.problems import Problem

_NOT_FINITE = r"(?i)^[+-]?(?:nan|inf|infinity)$"


def convert(rows: pl.DataFrame, where: str, *, integers: bool = False) -> Table:
    """The table of ``rows`` (``line``, and each role as stripped String); bad ones are left out.

    ``integers``: ids are integers whatever most of these rows hold.
    """
    conversion = _Conversion(rows, where)
    conversion.missing()
    conversion.rating()
    for column in ("user", "item"):
        conversion.ids(column, integers)
    if "timestamp" in rows.columns:
        conversion.timestamp()
    frame = conversion.frame.filter(~conversion.bad)
    places = Listed(where, frame["line"].to_numpy())
    return Table(frame.drop("line"), places, len(rows), tuple(conversion.problems))


class _Conversion:
    """Converts one column after another; a row with any bad value is marked in ``bad``."""

    def __init__(self, rows: pl.DataFrame, where: str) -> None:
        self.frame = rows
        self.where = where
        self.problems: list[Problem] = []
        self.bad = pl.repeat(False, len(rows), dtype=pl.Boolean, eager=True)

    def mark(self, kind: str, texts: pl.Series, bad: pl.Series, **words: object) -> None:
        """Record a problem at the rows where ``bad`` holds, quoting the first of ``texts``."""
        if not bad.any():
            return
        lines = self.frame["line"].filter(bad).to_numpy()
        found = quote(texts.filter(bad)[0])
        self.problems.append(problem(kind, self.where, found=found, lines=lines, **words))
        self.bad |= bad

    def missing(self) -> None:
        """Empty fields, and what stands for one. A rating of NaN is something else."""
        for name in self.frame.columns[1:]:
            texts = self.frame[name]
            gap = texts.is_in(MISSING)
            if name == "rating":
                gap &= ~texts.str.contains(_NOT_FINITE)
            self.mark("missing-value", texts, gap, column=name)

    def rating(self) -> None:
        """Ratings as Float32; with a decimal point or comma."""
        texts = self.frame["rating"]
        values = texts.cast(pl.Float32, strict=False)
        if values.null_count():
            values = self._decimal_comma(texts, values)
        self.mark("rating-not-a-number", texts, values.is_null() & ~texts.is_in(MISSING))
        self.frame = self.frame.with_columns(values.fill_null(0.0))

    def _decimal_comma(self, texts: pl.Series, values: pl.Series) -> pl.Series:
        with_point = texts.filter(texts.str.contains(r"^\d+,\d+$"))
        if with_point.is_empty():
            return values
        self.problems.append(problem("decimal-comma", self.where, found=quote(with_point[0])))
        comma = texts.str.replace(r"^(\d+),(\d+)$", "$1.$2").cast(pl.Float32, strict=False)
        return values.fill_null(comma)

    def ids(self, column: str, only_integers: bool) -> None:
        """Ids as Int64 where most are integers, as words otherwise."""
        texts = self.frame[column]
        present = ~texts.is_in(MISSING)
        judgement = judge(texts.filter(present), only_integers)
        mixed, decimal = (_spread(part, present) for part in (judgement.mixed, judgement.decimal))
        integers = judgement.kind == "integer"
        words = ("most are integers", "a word") if integers else ("most are words", "a number")
        self.mark("ids-mixed", texts, mixed, column=column, majority=words[0], minority=words[1])
        self.mark("ids-not-whole", texts, decimal, column=column)
        if not integers:
            return
        values = texts.cast(pl.Int64, strict=False)
        self.mark("ids-too-large", texts, values.is_null() & present & ~mixed & ~decimal, column=column)
        self.frame = self.frame.with_columns(values.fill_null(0))

    def timestamp(self) -> None:
        """Times as Int64: seconds for dates, as they stand for numbers."""
        texts = self.frame["timestamp"]
        values = parse_times(texts)
        wrong = values.is_null() & ~texts.is_in(MISSING)
        date = texts.str.contains(DATE) | texts.str.contains(r"^-?\d+$")
        self.mark("timestamp-impossible", texts, wrong & date)
        self.mark("timestamp-not-a-time", texts, wrong & ~date)
        self.frame = self.frame.with_columns(values.fill_null(0))


def _spread(part: pl.Series, present: pl.Series) -> pl.Series:
    """A mask over the present rows as one over all rows."""
    return pl.repeat(False, len(present), dtype=pl.Boolean, eager=True).scatter(present.arg_true(), part)
