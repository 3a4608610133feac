"""Tables of pairs written as text: read quickly, or gone over line by line where something is wrong."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.pairs.table import PairTable
from matinee.data.problems import quote, refusal, refused
from matinee.data.reading.columns import PAIR_ROLES, is_header, pair_roles
from matinee.data.reading.dialect import BOM, choose_separator, sample_text, split_line
from matinee.errors import FIRST_LINES, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matinee.data.line_numbers import LinesByFile, Rows
    from matinee.data.reading.columns import ColumnsByRole
    from matinee.data.reading.dialect import TextSample

_REMEDY: Final = "Complete or correct the line."
_ALLOWED: Final = "CSV, TSV, '::'-separated text or Parquet, with a column of users and one of films"


@dataclass(frozen=True)
class PairForm:
    """Format of one text file of pairs; ``before`` counts the lines before the first pair."""

    path: Path
    where: str
    separator: str
    names: tuple[str, ...]
    before: int

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """The first line (from 1) and the fields of each row; blank lines are passed over."""
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            for _ in range(self.before):
                file.readline()
            first = self.before + 1
            if len(self.separator) > 1:
                for line, text in enumerate(file, start=first):
                    if text.strip():
                        yield line, text.rstrip("\r\n").split(self.separator)
                return
            rows = csv.reader(file, delimiter=self.separator, strict=True)
            try:
                for fields in rows:
                    if fields:
                        yield first, fields
                    first = self.before + rows.line_num + 1
            except csv.Error as error:
                raise _unclosed(self, first, str(error)) from error

    def locate(self, rows: Rows) -> LinesByFile:
        """See `LineNumbers.locate`; reads the file again, which only an error asks for."""
        needed = set(rows.tolist())
        lines = [line for row, (line, _) in enumerate(self.records()) if row in needed]
        return [(self.where, np.array(lines, dtype=np.int64))]


def read_text(path: Path, where: str, columns: ColumnsByRole, scratch: Path) -> PairTable:
    """The pairs in the text file at ``path``; `DataError` where it is no table or a line is not whole."""
    sample = sample_text(path)
    if sample.newline == "\r":
        path = _with_unix_newlines(path, scratch)
    form = _form(sample, path, where, columns)
    roles = pair_roles(form.names, columns, where)
    try:
        frame = _whole(_parse(form), form)
    except pl.exceptions.PolarsError:
        _check(form)
        frame = _row_by_row(form)
    return PairTable(frame, roles, where, form, text=True)


def _with_unix_newlines(path: Path, scratch: Path) -> Path:
    copy = scratch / "pairs.txt"
    copy.write_bytes(path.read_bytes().replace(b"\r", b"\n"))
    return copy


def _form(sample: TextSample, path: Path, where: str, columns: ColumnsByRole) -> PairForm:
    if b"\0" in sample.head:
        raise refused("binary-file", where, found=quote(sample.head[:8].decode("latin-1")))
    if not sample.lines:
        remedy = "Export the table as CSV or Parquet again."
        raise refusal(Problem("empty-file", "there are only blank lines", where, remedy, allowed=_ALLOWED))
    separator = choose_separator(sample.lines, fewest=2)
    fields = split_line(sample.lines[0], separator)
    if is_header(fields, columns, PAIR_ROLES):
        return PairForm(path, where, separator, tuple(fields), sample.before + 1)
    names = ("user", "movie", *(f"column_{number + 1}" for number in range(2, len(fields))))
    return PairForm(path, where, separator, names[: len(fields)], sample.before)


def _parse(form: PairForm) -> pl.DataFrame:
    schema = dict.fromkeys(form.names, pl.String)
    if len(form.separator) > 1:
        return _split(form)
    return pl.read_csv(
        form.path,
        has_header=False,
        skip_rows=form.before,
        separator=form.separator,
        schema=schema,
        glob=False,
        raise_if_empty=False,
    )


def _split(form: PairForm) -> pl.DataFrame:
    """Lines split at a separator of several characters, for which Polars has no reader."""
    text = form.path.read_bytes().removeprefix(BOM).decode("utf-8", errors="surrogateescape")
    _check(form)
    lines = (line.rstrip("\r") for line in text.split("\n")[form.before :])
    rows = pl.Series([line for line in lines if line.strip()], dtype=pl.String)
    parts = rows.str.split_exact(form.separator, len(form.names) - 1).struct.unnest()
    parts.columns = list(form.names)
    return parts.with_columns(pl.all().replace("", None))


def _row_by_row(form: PairForm) -> pl.DataFrame:
    """Rows whose quotes only the patient reader understands, such as an inch sign inside a field."""
    rows = [[field or None for field in fields] for _, fields in form.records()]
    return pl.DataFrame(rows, schema=dict.fromkeys(form.names, pl.String), orient="row")


def _whole(frame: pl.DataFrame, form: PairForm) -> pl.DataFrame:
    """``frame`` without blank lines, once it is sure that no row is short."""
    if not any(column.null_count() for column in frame):
        return frame
    _check(form)
    blank = pl.all_horizontal(pl.all().is_null())
    return frame.filter(~blank)


def _check(form: PairForm) -> None:
    """Raise the `DataError` for lines that are not UTF-8, or have too few or too many fields."""
    flawed = [(line, fields, what) for line, fields in form.records() if (what := _flaw(fields, len(form.names)))]
    if flawed:
        _, fields, what = flawed[0]
        lines = [line for line, _, flaw in flawed if flaw == what]
        example = quote(form.separator.join(fields).encode("utf-8", "replace").decode())
        allowed = f"UTF-8 text, {len(form.names)} fields a line separated by {quote(form.separator)}"
        first = tuple(lines[:FIRST_LINES])
        raise refusal(Problem("malformed-line", what, form.where, _REMEDY, first, len(lines), example, allowed))


def _flaw(fields: list[str], columns: int) -> str:
    if len(fields) != columns:
        return f"there are too {'few' if len(fields) < columns else 'many'} fields"
    if any("\udc80" <= character <= "\udcff" for field in fields for character in field if not field.isascii()):
        return "the text is not valid UTF-8 (perhaps Latin-1)"
    return ""


def _unclosed(form: PairForm, line: int, reason: str) -> DataError:
    what = "a field begins here that does not end as it should"
    allowed = "quotes in pairs around whole fields"
    return refusal(Problem("unclosed-quote", what, form.where, _REMEDY, (line,), 1, quote(reason), allowed))
