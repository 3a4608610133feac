"""Text line by line, slowly and exactly, so that each problem has its physical line number.

Vectorised throughout: a chunk of the file is one string column, split and tested a column at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.problems import problem, quote
from matinee.data.reading.dialect import BOM, split_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matinee.data.reading.dialect import Dialect
    from matinee.errors import Problem

CHUNK: Final = 1 << 25
"""Bytes of text parsed at a time."""


@dataclass
class TextReading:
    """Problems of one file while it is read, and counts that are reported at its end."""

    where: str
    dialect: Dialect
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    crlf_lines: int = 0
    lf_lines: int = 0
    blank: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = field(default_factory=list)

    def add(self, kind: str, lines: pl.DataFrame, bad: pl.Expr, **words: object) -> pl.DataFrame:
        """Record a problem at the lines where ``bad`` holds; the other lines."""
        hit = lines.filter(bad)
        if hit.is_empty():
            return lines
        example = quote(hit["text"][0])
        self.problems.append(problem(kind, self.where, found=example, lines=hit["line"].to_numpy(), **words))
        return lines.filter(~bad)

    def finish(self) -> None:
        """Record newlines and blank lines, once the whole file has been read."""
        if self.crlf_lines:
            kind = "mixed-newlines" if self.lf_lines else "crlf"
            lines = self.crlf_lines + self.lf_lines
            self.problems.append(problem(kind, self.where, found=f"CRLF on {self.crlf_lines:,} of {lines:,}"))
        if sum(map(len, self.blank)):
            blank = np.concatenate(self.blank)
            self.problems.append(problem("blank-lines", self.where, lines=blank, found=f"{len(blank):,}"))


def numbered(block: bytes, first: int, newline: str) -> pl.DataFrame:
    """The lines of a block, the first being line ``first``: ``line`` (Int64), ``text``, ``unicode``."""
    try:
        texts = pl.Series("text", [block.decode("utf-8")]).str.split(newline).explode()
        valid = pl.repeat(True, len(texts), dtype=pl.Boolean, eager=True)
    except UnicodeDecodeError:
        texts, valid = _undecodable(block, newline)
    numbers = pl.int_range(first, first + len(texts), eager=True)
    return pl.DataFrame([numbers.alias("line"), texts, valid.alias("unicode")])


def blocks(path: Path, newline: str) -> Iterator[tuple[bytes, bool]]:
    """The file in blocks of whole lines, each without its last newline.

    With each, whether it is a last line that has no newline. A byte-order mark is left out.
    """
    end = newline.encode()
    begun = b""
    with path.open("rb") as file:
        if file.read(len(BOM)) != BOM:
            file.seek(0)
        while chunk := file.read(CHUNK):
            whole, ended, begun = (begun + chunk).rpartition(end)
            if ended:
                yield whole, False
    if begun:
        yield begun, True


def _undecodable(block: bytes, newline: str) -> tuple[pl.Series, pl.Series]:
    """Lines of a block that is not UTF-8 throughout: each decoded as Latin-1, and whether it is UTF-8."""
    texts = pl.Series("text", [block.decode("latin-1")]).str.split(newline).explode()
    foreign = texts.str.contains(r"[^\x00-\x7f]").to_numpy()
    valid = np.ones(len(texts), dtype=bool)
    valid[foreign] = [_is_unicode(text) for text in texts.filter(foreign)]
    return texts, pl.Series("unicode", valid)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def string_rows(path: Path, reading: TextReading) -> Iterator[pl.DataFrame]:
    """Rows with enough fields, in chunks: ``line`` and, as stripped text, each role of the dialect."""
    first = 1
    for block, is_open in blocks(path, reading.dialect.newline):
        lines = numbered(block, first, reading.dialect.newline)
        yield whole_fields(lines, reading, is_open)
        first += len(lines)
    reading.finish()


def whole_fields(lines: pl.DataFrame, reading: TextReading, is_open: bool) -> pl.DataFrame:
    """The rows of some lines, split; ``is_open`` where they are a last line without newline."""
    body = _sound(lines, reading, is_open)
    return _fields(_whole(body, reading) if is_open else body, reading)


def _sound(lines: pl.DataFrame, reading: TextReading, is_open: bool) -> pl.DataFrame:
    """The lines that are text, neither blank nor header, without their carriage return."""
    dialect = reading.dialect
    lines = _without_returns(lines, reading, is_open)
    header_line = dialect.header_lines if dialect.header else 0
    blank = pl.col("text").str.strip_chars() == ""
    reading.blank.append(lines.filter(blank)["line"].to_numpy())
    body = lines.filter(~blank & (pl.col("line") != header_line))
    reading.rows += len(body)
    body = reading.add("encoding-latin1", body, ~pl.col("unicode"))
    body = reading.add("nul-bytes", body, pl.col("text").str.contains("\0", literal=True))
    if dialect.header:
        body = reading.add("repeated-header", body, pl.col("text").str.strip_chars() == dialect.header)
    return body


def _without_returns(lines: pl.DataFrame, reading: TextReading, is_open: bool) -> pl.DataFrame:
    """The lines without a carriage return at their end; counts them."""
    carriage = int(lines["text"].str.ends_with("\r").sum())
    reading.crlf_lines += carriage
    reading.lf_lines += 0 if is_open else len(lines) - carriage
    return lines.with_columns(pl.col("text").str.strip_suffix("\r")) if carriage else lines


def _whole(last: pl.DataFrame, reading: TextReading) -> pl.DataFrame:
    """A last line without newline; none, and a problem, where it is cut off."""
    dialect = reading.dialect
    if last.is_empty() or not dialect.cut_off(split_line(last["text"][0], dialect.separator)):
        return last
    return reading.add("cut-off-line", last, pl.lit(True), fields=dialect.fields())


def _fields(lines: pl.DataFrame, reading: TextReading) -> pl.DataFrame:
    """Split the lines at the separator, and record those with too few or too many fields."""
    quotes = pl.col("text").str.count_matches('"', literal=True)
    if reading.dialect.separator == "::" or not lines["text"].str.contains('"', literal=True).any():
        return _split(lines, reading)
    lines = reading.add("unclosed-quote", lines, quotes % 2 == 1)
    plain = _split(lines.filter(quotes == 0), reading)
    return pl.concat([plain, _split_quoted(lines.filter(quotes > 0), reading)]).sort("line")


def _split(lines: pl.DataFrame, reading: TextReading) -> pl.DataFrame:
    dialect = reading.dialect
    count = pl.col("text").str.count_matches(dialect.separator, literal=True) + 1
    lines = _checked(lines, count, reading)
    parts = lines["text"].str.split_exact(dialect.separator, dialect.width - 1).struct.unnest()
    return _named(lines["line"], parts, dialect)


def _split_quoted(lines: pl.DataFrame, reading: TextReading) -> pl.DataFrame:
    """As `_split`, where a field may be quoted and hold separators and doubled quotes."""
    dialect = reading.dialect
    mark = dialect.separator.replace("|", r"\|")
    fields = lines["text"].str.extract_all(rf'(?:^|{mark})(?: *"(?:[^"]|"")*" *|[^{mark}]*)')
    with_fields = lines.with_columns(fields.alias("fields"))
    with_fields = _checked(with_fields, pl.col("fields").list.len(), reading)
    parts = with_fields["fields"].list.to_struct(fields=[f"field_{n}" for n in range(dialect.width)])
    bare = pl.all().str.strip_prefix(dialect.separator).str.strip_chars()
    unquoted = pl.all().str.replace(r'(?s)^"(.*)"$', "$1").str.replace_all('""', '"', literal=True)
    frame = parts.struct.unnest().with_columns(bare).with_columns(unquoted)
    return _named(with_fields["line"], frame, dialect)


def _checked(lines: pl.DataFrame, count: pl.Expr, reading: TextReading) -> pl.DataFrame:
    dialect = reading.dialect
    lines = reading.add("too-few-fields", lines, count < dialect.needed, fields=dialect.fields())
    return reading.add("too-many-fields", lines, count > dialect.width, fields=dialect.fields())


def _named(line: pl.Series, parts: pl.DataFrame, dialect: Dialect) -> pl.DataFrame:
    columns = dict(enumerate(parts.get_columns()))
    roles = dialect.roles.positions.items()
    texts = [columns[at].str.strip_chars().alias(role) for role, at in roles if at in columns]
    return pl.DataFrame([line, *texts])
