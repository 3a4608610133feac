"""The dialect of a text file, from its first and last pages."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.problems import quote, refused
from matinee.data.reading.columns import ColumnsByRole, Roles, by_name, by_position, is_header

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BOM: Final = b"\xef\xbb\xbf"
SEPARATORS: Final = ("::", "\t", ";", "|", ",")
_PAGE: Final = 1 << 16
_WIDE: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_SAMPLE_LINES: Final = 200
_FILM_LINE: Final = re.compile(r"-?\d+:\s*")
_NETFLIX_LINES: Final = (("1488844", "3", "2005-09-06"),) * 3
"""Examples of whole lines of a Netflix Prize file."""

_MARKUP: Final = {"<": "a web page or XML", "{": "JSON", "[": "JSON"}


@dataclass(frozen=True)
class TextSample:
    """Lines of the first and last pages of a text file, blank ones left out, without newlines.

    ``head`` holds the first bytes; ``before`` counts the blank lines before the first of ``lines``.
    """

    head: bytes
    newline: str
    lines: tuple[str, ...]
    before: int

    @property
    def bom(self) -> bool:
        """True if the file begins with a byte-order mark."""
        return self.head.startswith(BOM)


def sample_text(path: Path) -> TextSample:
    """The sample of the text file at ``path``: its first and last whole lines."""
    head, tail = _pages(path)
    text = head.removeprefix(BOM).decode("utf-8", errors="replace")
    newline = "\n" if "\n" in text or "\r" not in text else "\r"
    first = text.split(newline)
    last = tail.decode("utf-8", errors="replace").split(newline)[1:]
    if len(head) == _PAGE and len(first) > 1:
        first.pop()
    before = next((number for number, line in enumerate(first) if line.strip()), len(first))
    lines = [line.rstrip("\r") for line in (*first, *last) if line.strip()] if before < len(first) else []
    return TextSample(head, newline, (*lines[:_SAMPLE_LINES], *lines[_SAMPLE_LINES:][-_SAMPLE_LINES:]), before)


def _pages(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(_PAGE)
        size = file.seek(0, 2)
        file.seek(max(len(head), size - _PAGE))
        return head, file.read(_PAGE)


@dataclass(frozen=True)
class Dialect:
    """Format of one text file of ratings.

    ``width`` counts the fields of a line, ``header_lines`` the physical lines before the first rating,
    ``names`` are the header's, ``header`` its text. ``sample`` holds the fields of some ratings, stripped;
    the last is the last line of the file.
    """

    separator: str
    width: int
    roles: Roles
    header_lines: int
    names: tuple[str, ...]
    newline: str
    quoted: bool
    bom: bool
    sample: tuple[tuple[str, ...], ...]
    header: str = ""
    netflix: bool = False

    @property
    def needed(self) -> int:
        """Fewest fields of a line in which every role is there."""
        return min(self.width, max(self.roles.positions.values()) + 1)

    def values(self, role: str) -> list[str]:
        """The sampled fields of ``role``; lines too short are passed over."""
        position = self.roles.positions[role]
        return [fields[position] for fields in self.sample if len(fields) > position]

    def cut_off(self, fields: Sequence[str]) -> bool:
        """True if ``fields``, of a last line without newline, look like the beginning of a longer line."""
        if len(fields) < self.needed:
            return True
        last = self.width - 1
        if len(fields) != self.width or last not in (self.roles.rating, self.roles.timestamp):
            return False
        lengths = [len(other[last]) for other in self.sample[:-1] if len(other) == self.width]
        return len(lengths) > 1 and len(fields[last]) < min(lengths)

    def fields(self) -> str:
        """Number of fields of a line and their separator, in words."""
        shown = self.separator.replace("\t", "tab")
        return f"{self.width} fields separated by '{shown}'"

    def __str__(self) -> str:
        name = {",": "CSV", "\t": "TSV"}.get(self.separator, f"'{self.separator}'-separated")
        if self.netflix:
            return "Netflix Prize"
        return f"{name}, {'with' if self.names else 'without'} a header"


def sniff(path: Path, where: str, columns: ColumnsByRole) -> Dialect:
    """The dialect of the text file at ``path``; `DataError` where it is no table of ratings."""
    sample = sample_text(path)
    if not sample.head:
        raise refused("empty-file", where)
    _check_text(sample.head, where)
    if not sample.lines:
        raise refused("no-ratings", where)
    if _FILM_LINE.fullmatch(sample.lines[0].strip()):
        roles = Roles(user=0, item=3, rating=1, timestamp=2)
        return Dialect(",", 3, roles, 0, (), sample.newline, False, sample.bom, _NETFLIX_LINES, netflix=True)
    return _describe(sample, where, columns)


def _check_text(head: bytes, where: str) -> None:
    encoding = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None)
    if encoding is None and any(head[0:20:2]) != any(head[1:20:2]):
        encoding = "UTF-16"
    if encoding:
        raise refused("encoding-utf16", where, encoding=encoding)
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13))
    if control > len(head) // 20:
        raise refused("binary-file", where, found=quote(head[:8].decode("latin-1")))
    start = head.removeprefix(BOM).lstrip()[:1].decode("latin-1")
    if start in _MARKUP:
        beginning = quote(head[:30].decode("utf-8", errors="replace").splitlines()[0])
        raise refused("not-a-table", where, found=beginning, what=_MARKUP[start])


def _describe(sample: TextSample, where: str, columns: ColumnsByRole) -> Dialect:
    separator = choose_separator(sample.lines, fewest=3)
    rows = [tuple(split_line(line, separator)) for line in sample.lines]
    header = is_header(rows[0], columns)
    names, ratings = (rows[0], tuple(rows[1:])) if header else ((), tuple(rows))
    width = len(names) or Counter(map(len, ratings)).most_common(1)[0][0]
    timed = _timed(ratings)
    roles = by_name(names, columns, where) if header else by_position(width, columns, where, timed=timed)
    if not ratings:
        raise refused("no-ratings", where, found=quote(sample.lines[0].strip()))
    quoted = any('"' in line for line in sample.lines)
    text = sample.lines[0].strip() if header else ""
    before = sample.before + header
    return Dialect(separator, width, roles, before, names, sample.newline, quoted, sample.bom, ratings, text)


def choose_separator(lines: Sequence[str], fewest: int) -> str:
    """The separator that gives most lines the same number of fields, ``fewest`` or more; of equals, most fields."""

    def agreement(separator: str) -> tuple[int, int]:
        counts = Counter(len(split_line(line, separator)) for line in lines)
        return max(((times, fields) for fields, times in counts.items() if fields >= fewest), default=(0, 0))

    agreements = {separator: agreement(separator) for separator in SEPARATORS}
    if any(times for times, _ in agreements.values()):
        return max(SEPARATORS, key=agreements.__getitem__)
    return next((separator for separator in SEPARATORS if separator in lines[0]), ",")


def split_line(line: str, separator: str) -> list[str]:
    """The fields of one line, unquoted and stripped."""
    if '"' not in line or len(separator) > 1:
        return [field.strip() for field in line.split(separator)]
    try:
        (fields,) = csv.reader([line.strip("\r\n")], delimiter=separator, skipinitialspace=True)
    except (csv.Error, ValueError):
        fields = line.split(separator)
    return [field.strip() for field in fields]


def _timed(ratings: Sequence[Sequence[str]]) -> bool:
    """True if the fourth fields look like times: seconds since 1970, or beginning with an ISO date."""
    fourth = [fields[3] for fields in ratings if len(fields) > 3]
    times = [text for text in fourth if re.match(r"-?\d+(\.\d*)?$|\d{4}-\d{1,2}-\d{1,2}", text)]
    return len(times) * 2 > len(fourth)
