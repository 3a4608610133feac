"""Lines, records and films of the small files beside ratings, read forgivingly."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_HEAD_BYTES: Final = 1 << 14

_NO_GENRE: Final = frozenset({"", "(no genres listed)", "unknown", "N/A"})


@dataclass
class FilmRows:
    """Films, column by column, and how many rows could not be used."""

    item: list[int | str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    year: list[int | None] = field(default_factory=list)
    genres: list[list[str]] = field(default_factory=list)
    skipped: int = 0

    def add(self, item: str, title: str, year: int | None, genres: Iterable[str]) -> None:
        """Add one film; without an id or a title it is counted as skipped."""
        if not item.strip() or not title.strip():
            self.skipped += 1
            return
        self.item.append(item.strip())
        self.title.append(title.strip())
        self.year.append(year)
        self.genres.append([genre for genre in map(str.strip, genres) if genre not in _NO_GENRE])


def year_of(text: str) -> int | None:
    """``text`` as a year from 1870 to 2099, if it is one."""
    return int(text) if re.fullmatch(r"(18[7-9]|19\d|20\d)\d", text.strip()) else None


def read_head(path: Path) -> str:
    """The beginning of a file, by which its form is recognised."""
    with path.open("rb") as file:
        return decode(file.read(_HEAD_BYTES))


def decode(raw: bytes) -> str:
    """UTF-8 with or without a mark, else Latin-1, which MovieLens 100K and 1M and Netflix use."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_in_a_letter = error.start > len(raw) - 4 and len(raw) == _HEAD_BYTES
        return raw[: error.start].decode("utf-8") if cut_in_a_letter else raw.decode("latin-1")


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, each with its number from 1."""
    return ((number, line) for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1) if line.strip())


def lines(text: str) -> Iterator[str]:
    """The lines that are not blank."""
    return (line for _, line in numbered_lines(text))


def numbered_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """CSV records, each with the line on which it begins, blank ones left out.

    A record that cannot be read comes empty.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error:
            record = [""]
        if record is None:
            return
        if record:
            yield number, record


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """`numbered_records` without their numbers."""
    return (record for _, record in numbered_records(text, delimiter))


def fields(line: str, delimiter: str) -> list[str]:
    """The fields of one line."""
    return next(records(line, delimiter), [])


def delimiter_of(header: str) -> str:
    """The separator that occurs most often in ``header``."""
    return max(",\t;|", key=header.count)
