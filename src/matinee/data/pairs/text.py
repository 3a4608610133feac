"""Tables of pairs written as text: read quickly, or gone over line by line where something is wrong."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.pairs.columns import is_header, moments, sides
from matinee.data.pairs.table import Pairs, refused
from matinee.data.problems import FIRST_LINES, Problem
from matinee.data.reading.dialect import BOM, PAGE, split_line
from matinee.data.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matinee.data.places import Located, Rows
    from matinee.data.reading.columns import Chosen
    from matinee.errors import DataError

_SEPARATORS: Final = ("::", "\t", ";", "|", ",")
_SAMPLE: Final = 200
_REMEDY: Final = "Complete or correct the line."


@dataclass(frozen=True)
class Form:
    """How one file is written; ``before`` counts the lines before the first pair."""

    path: Path
    where: str
    separator: str
    names: tuple[str, ...]
    before: int

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Each row's first line (from 1) and its fields; blank lines are passed over."""
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

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`; reads the file again, which only an error asks for."""
        wanted = set(rows.tolist())
        lines = [line for row, (line, _) in enumerate(self.records()) if row in wanted]
        return [(self.where, np.array(lines, dtype=np.int64))]


def read_text(path: Path, where: str, chosen: Chosen) -> Pairs:
    """The pairs in the text file at ``path``; `DataError` where it is no table or a line is not whole."""
    form = _form(path, where, chosen)
    user, item = sides(form.names, chosen, where)
    try:
        frame = _whole(_parse(form), form)
    except pl.exceptions.PolarsError:
        _check(form)
        frame = _row_by_row(form)
    return Pairs(frame, user, item, where, form, text=True, time=moments(form.names, chosen, where))


def _form(path: Path, where: str, chosen: Chosen) -> Form:
    with path.open("rb") as file:
        head = file.read(PAGE)
    if b"\0" in head:
        raise refused(_problem(where, "not-text", "this is not text", quote(head[:8].decode("latin-1"))))
    lines = head.removeprefix(BOM).decode("utf-8", errors="replace").split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise refused(_problem(where, "empty-file", "there are only blank lines"))
    separator = _separator([line for line in lines[first : first + _SAMPLE] if line.strip()])
    fields = split_line(lines[first].rstrip("\r"), separator)
    if is_header(fields, chosen):
        return Form(path, where, separator, tuple(fields), first + 1)
    names = ("user", "movie", *(f"column_{number + 1}" for number in range(2, len(fields))))
    return Form(path, where, separator, names[: len(fields)], first)


def _separator(lines: list[str]) -> str:
    """The separator that gives most lines the same number of fields; of equals, the one that gives more."""

    def agreement(separator: str) -> tuple[int, int]:
        counts = Counter(len(split_line(line, separator)) for line in lines)
        return max(((times, fields) for fields, times in counts.items() if fields > 1), default=(0, 0))

    return max((",", *_SEPARATORS), key=agreement)


def _parse(form: Form) -> pl.DataFrame:
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


def _split(form: Form) -> pl.DataFrame:
    """Lines split at a separator of several characters, for which Polars has no reader."""
    text = form.path.read_bytes().removeprefix(BOM).decode("utf-8", errors="surrogateescape")
    _check(form)
    lines = (line.rstrip("\r") for line in text.split("\n")[form.before :])
    rows = pl.Series([line for line in lines if line.strip()], dtype=pl.String)
    parts = rows.str.split_exact(form.separator, len(form.names) - 1).struct.unnest()
    parts.columns = list(form.names)
    return parts.with_columns(pl.all().replace("", None))


def _row_by_row(form: Form) -> pl.DataFrame:
    """Rows whose quotes only the patient reader understands, such as an inch sign inside a field."""
    rows = [[field or None for field in fields] for _, fields in form.records()]
    return pl.DataFrame(rows, schema=dict.fromkeys(form.names, pl.String), orient="row")


def _whole(frame: pl.DataFrame, form: Form) -> pl.DataFrame:
    """``frame`` without blank lines, once it is sure that no row is short."""
    if not any(column.null_count() for column in frame):
        return frame
    _check(form)
    blank = pl.all_horizontal(pl.all().is_null())
    return frame.filter(~blank)


def _check(form: Form) -> None:
    """Raise the `DataError` for lines that are not UTF-8, or have too few or too many fields."""
    bad: dict[str, list[tuple[int, list[str]]]] = {}
    for line, fields in form.records():
        if what := _flaw(fields, len(form.names)):
            bad.setdefault(what, []).append((line, fields))
    for what, rows in bad.items():
        lines = tuple(line for line, _ in rows[:FIRST_LINES])
        found = quote(form.separator.join(rows[0][1]).encode("utf-8", "replace").decode())
        allowed = f"UTF-8 text, {len(form.names)} fields a line separated by {quote(form.separator)}"
        raise refused(Problem("malformed-line", what, form.where, _REMEDY, lines, len(rows), found, allowed))


def _flaw(fields: list[str], columns: int) -> str:
    if len(fields) != columns:
        return f"there are too {'few' if len(fields) < columns else 'many'} fields"
    if any("\udc80" <= character <= "\udcff" for field in fields for character in field if not field.isascii()):
        return "the text is not valid UTF-8 (perhaps Latin-1)"
    return ""


def _unclosed(form: Form, line: int, found: str) -> DataError:
    what, allowed = "a field begins here that does not end as it should", "quotes in pairs around whole fields"
    return refused(Problem("unclosed-quote", what, form.where, _REMEDY, (line,), 1, quote(found), allowed))


def _problem(where: str, kind: str, what: str, found: str = "") -> Problem:
    allowed = "CSV, TSV, '::'-separated text or Parquet, with a column of users and one of films"
    return Problem(kind, what, where, "Export the table as CSV or Parquet again.", found=found, allowed=allowed)
