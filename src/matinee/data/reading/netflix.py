"""The Netflix Prize files: a line ``FILM:``, then ``USER,RATING,YYYY-MM-DD`` for each rating of that film.

A hundred million lines are read a block at a time, each block straight into typed columns; a block with
anything odd in it is read once more, exact to the line.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.line_numbers import BelowHeadings, Stacked
from matinee.data.reading.exact_text import TextReading, blocks, numbered, whole_fields
from matinee.data.reading.text_columns import convert_text
from matinee.data.validate import ParsedRatings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matinee.data.line_numbers import LineNumbers
    from matinee.data.reading.dialect import Dialect
    from matinee.data.reading.ratings_files import RatingsFile
    from matinee.errors import Problem

_SCHEMA: Final = {"user": pl.Int32, "rating": pl.Float32, "timestamp": pl.Date}
_COLUMNS: Final = ("user", "item", "rating", "timestamp")
_FILM_LINE: Final = r"^\s*(\d{1,9}):\s*$"


def read_netflix(files: Sequence[RatingsFile], dialect: Dialect) -> ParsedRatings:
    """The ratings in all ``files``, one after another."""
    parts = [_NetflixFile(file.where, TextReading(file.where, dialect)) for file in files]
    for file, part in zip(files, parts, strict=True):
        for block, is_open in blocks(file.path, dialect.newline):
            part.read(block, is_open)
        part.reading.finish()
    pieces = [piece for part in parts for piece in part.pieces]
    problems = [problem for part in parts for problem in (*part.reading.problems, *part.problems)]
    numbers = Stacked.of([piece for part in parts for piece in part.numbers])
    return ParsedRatings(_stack(pieces), numbers, sum(part.reading.rows for part in parts), tuple(problems))


def _stack(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """All pieces as one frame; each column of a piece is let go once it is copied."""
    columns = []
    for name in _COLUMNS:
        whole = np.concatenate([piece[name].to_numpy() for piece in pieces]) if pieces else np.empty(0)
        columns.append(pl.Series(name, whole))
        pieces[:] = [piece.drop(name) for piece in pieces]
    return pl.DataFrame(columns)


@dataclass
class _NetflixFile:
    """One file while it is read: the film of the lines to come, and the pieces read so far."""

    where: str
    reading: TextReading
    film: int | None = None
    line: int = 1
    pieces: list[pl.DataFrame] = field(default_factory=list)
    numbers: list[tuple[LineNumbers, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, block: bytes, is_open: bool) -> None:
        """Take in one block of whole lines."""
        if is_open or not self._quick(block):
            self._exact(block, is_open)

    def _take(self, frame: pl.DataFrame, numbers: LineNumbers) -> None:
        if len(frame):
            self.pieces.append(frame.select(_COLUMNS))
            self.numbers.append((numbers, len(frame)))

    def _quick(self, block: bytes) -> bool:
        """Read a block if there is nothing odd in it; ``False`` where there is."""
        frame = _parse(block)
        colons = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord(":"))
        if frame is None or len(frame) != block.count(b"\n") + 1 or b"\r" in block or b'"' in block:
            return False
        heading = frame["user"].is_null().to_numpy()
        nulls = sum(frame.null_count().row(0))
        if heading.sum() != len(colons) or nulls != 3 * len(colons) or not (heading[:1].all() or self.film):
            return False
        films = [_number(block, int(colon)) for colon in colons]
        if None in films:
            return False
        self._add(frame, heading, films)
        return True

    def _add(self, frame: pl.DataFrame, heading: NDArray[np.bool_], films: list[int | None]) -> None:
        at = np.flatnonzero(heading)
        lengths = np.diff([0, *at, len(frame)])
        item = np.repeat(np.array([self.film or 0, *films], dtype=np.int32), lengths)
        seconds = pl.col("timestamp").cast(pl.Int32).cast(pl.Int64) * 86_400
        rows = frame.with_columns(seconds, pl.Series("item", item)).filter(~heading)
        self._take(rows, BelowHeadings(self.where, self.line, at - np.arange(len(at))))
        self.line += len(frame)
        self.film = films[-1] if films else self.film
        self.reading.rows += len(rows)

    def _exact(self, block: bytes, is_open: bool) -> None:
        lines = numbered(block, self.line, self.reading.dialect.newline)
        self.line += len(lines)
        film = lines["text"].str.extract(_FILM_LINE).cast(pl.Int32)
        film_of_line = film.forward_fill().fill_null(self.film) if self.film is not None else film.forward_fill()
        self.film = film_of_line[-1]
        rows = self._with_film(lines.with_columns(film_of_line.alias("item")).filter(film.is_null()), is_open)
        ratings = convert_text(rows, self.where, integers=True)
        self.problems += ratings.problems
        typed = ratings.frame.with_columns(pl.col("user", "item").cast(pl.Int32, strict=False))
        self._take(typed, ratings.numbers)

    def _with_film(self, lines: pl.DataFrame, is_open: bool) -> pl.DataFrame:
        """The lines split into text columns, with their film as one more."""
        filmless = pl.col("item").is_null() & (pl.col("text").str.strip_chars() != "")
        lines = self.reading.add("no-film-line", lines, filmless)
        films = lines.select("line", pl.col("item").cast(pl.String))
        return whole_fields(lines.drop("item"), self.reading, is_open).join(films, on="line", how="left")


def _parse(block: bytes) -> pl.DataFrame | None:
    """Each line as a row, all null for one that is no rating; below a first rating, which Polars counts columns by."""
    text = io.BytesIO(b"0,0,2000-01-01\n" + block)
    try:
        return pl.read_csv(text, has_header=False, schema=_SCHEMA, ignore_errors=True, quote_char=None)[1:]
    except pl.exceptions.PolarsError:
        return None


def _number(block: bytes, colon: int) -> int | None:
    """The film before the colon at byte ``colon``, if nothing else stands on its line."""
    start = block.rfind(b"\n", 0, colon) + 1
    digits = block[start:colon]
    alone = block[colon + 1 : colon + 2] in (b"\n", b"")
    return int(digits) if alone and digits.isdigit() and len(digits) < 10 else None
