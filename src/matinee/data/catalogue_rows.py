"""What every file of titles is read into, and the reading of lines and records they share."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD_BYTES: Final = 1 << 14
_NO_GENRE: Final = frozenset({"", "(no genres listed)", "unknown", "N/A"})


@dataclass
class FilmRows:
    """What a file of titles holds, column by column, and how many of its rows could not be used."""

    item: list[int | str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    year: list[int | None] = field(default_factory=list)
    genres: list[list[str]] = field(default_factory=list)
    skipped: int = 0

    def add(self, item: str, title: str, year: int | None, genres: Iterable[str]) -> None:
        """One film; without an id or a title it is counted as skipped."""
        if not item.strip() or not title.strip():
            self.skipped += 1
            return
        self.item.append(item.strip())
        self.title.append(title.strip())
        self.year.append(year)
        self.genres.append([genre for genre in map(str.strip, genres) if genre not in _NO_GENRE])


def decode(raw: bytes) -> str:
    """UTF-8 with or without a mark, else Latin-1, which MovieLens 100K and 1M and Netflix use."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_in_a_letter = error.start > len(raw) - 4 and len(raw) == HEAD_BYTES
        return raw[: error.start].decode("utf-8") if cut_in_a_letter else raw.decode("latin-1")


def year_of(text: str) -> int | None:
    """``text`` as a year from 1870 to 2099, if it is one."""
    return int(text) if re.fullmatch(r"(18[7-9]|19\d|20\d)\d", text.strip()) else None


def lines(text: str) -> Iterator[str]:
    """The lines that are not blank."""
    return (line for line in re.split(r"\r\n|\n|\r", text) if line.strip())


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """CSV records, blank ones left out; what the reader cannot make sense of comes as an empty record."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            record = next(reader, None)
        except csv.Error:
            record = [""]
        if record is None:
            return
        if record:
            yield record


def fields(line: str, delimiter: str) -> list[str]:
    """The fields of one line."""
    return next(records(line, delimiter), [])
