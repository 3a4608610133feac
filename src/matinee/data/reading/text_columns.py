"""Columns of text into typed columns, with a problem for every value that cannot be converted."""

from __future__ import annotations

import polars as pl

from matinee.data.line_numbers import Consecutive, Selected
from matinee.data.problems import problem, quote
from matinee.data.reading.id_kinds import ID_WORDS, MISSING, judge
from matinee.data.reading.row_checks import RowChecks
from matinee.data.reading.times import DATE, parse_times
from matinee.data.validate import ParsedRatings

_ORDER = ("rating", "user", "item", "timestamp")
_NOT_FINITE = r"(?i)^[+-]?(?:nan|inf|infinity)$"


def convert_text(rows: pl.DataFrame, where: str, *, integers: bool = False) -> ParsedRatings:
    """The ratings in ``rows`` (``line``, and each role as stripped String); bad ones are left out.

    ``integers``: ids are integers whatever most of these rows hold.
    """
    checks = _TextChecks(where, len(rows), rows["line"])
    columns = [rows[name] for name in _ORDER if name in rows.columns]
    checks.missing(rows.get_columns()[1:])
    frame = pl.DataFrame([checks.convert(texts, integers) for texts in columns])
    numbers = Selected(Consecutive(where, 0), rows["line"].filter(~checks.bad).to_numpy())
    return ParsedRatings(frame.filter(~checks.bad), numbers, len(rows), tuple(checks.problems))


class _TextChecks(RowChecks):
    """Converts one column after another."""

    def convert(self, texts: pl.Series, integers: bool) -> pl.Series:
        """The column in its type, zero where a row is bad."""
        if texts.name == "rating":
            return self._rating(texts)
        return self._times(texts) if texts.name == "timestamp" else self._ids(texts, integers)

    def missing(self, columns: list[pl.Series]) -> None:
        """Mark empty fields, and texts that stand for them. A rating of NaN is something else."""
        for texts in columns:
            gap = texts.is_in(MISSING)
            if texts.name == "rating":
                gap &= ~texts.str.contains(_NOT_FINITE)
            self.mark("missing-value", texts, gap)

    def _rating(self, texts: pl.Series) -> pl.Series:
        """Ratings as Float32; with a decimal point or comma."""
        values = texts.cast(pl.Float32, strict=False)
        if values.null_count():
            values = self._decimal_comma(texts, values)
        self.mark("rating-not-a-number", texts, values.is_null() & ~texts.is_in(MISSING))
        return values.fill_null(0.0)

    def _decimal_comma(self, texts: pl.Series, values: pl.Series) -> pl.Series:
        with_comma = texts.filter(texts.str.contains(r"^\d+,\d+$"))
        if with_comma.is_empty():
            return values
        self.problems.append(problem("decimal-comma", self.where, found=quote(with_comma[0])))
        return values.fill_null(texts.str.replace(r"^(\d+),(\d+)$", "$1.$2").cast(pl.Float32, strict=False))

    def _ids(self, texts: pl.Series, only_integers: bool) -> pl.Series:
        """Ids as Int64 where most are integers, as words otherwise."""
        present = ~texts.is_in(MISSING)
        kinds = judge(texts.filter(present), only_integers)
        mixed, decimal = (_spread(part, present) for part in (kinds.mixed, kinds.decimal))
        self.mark("ids-mixed", texts, mixed, **ID_WORDS[kinds.kind])
        self.mark("ids-not-whole", texts, decimal)
        if kinds.kind == "string":
            return texts
        values = texts.cast(pl.Int64, strict=False)
        self.mark("ids-too-large", texts, values.is_null() & present & ~mixed & ~decimal)
        return values.fill_null(0)

    def _times(self, texts: pl.Series) -> pl.Series:
        """Times as Int64: seconds for dates, as they stand for numbers."""
        values = parse_times(texts)
        wrong = values.is_null() & ~texts.is_in(MISSING)
        date = texts.str.contains(DATE) | texts.str.contains(r"^-?\d+$")
        self.mark("timestamp-impossible", texts, wrong & date)
        self.mark("timestamp-not-a-time", texts, wrong & ~date)
        return values.fill_null(0)


def _spread(part: pl.Series, present: pl.Series) -> pl.Series:
    """A mask over the present rows as one over all rows."""
    return pl.repeat(False, len(present), dtype=pl.Boolean, eager=True).scatter(present.arg_true(), part)
