"""The dialect of a text file, from its first and last pages."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.reading.columns import Chosen, Roles, by_name, by_position, recognised
from matinee.data.wording import problem, quote, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PAGE: Final = 1 << 16
BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_SEPARATORS: Final = ("::", "\t", ";", "|", ",")
_SAMPLE_LINES: Final = 200
_FILM_LINE: Final = re.compile(r"-?\d+:\s*")
_NETFLIX_LINES: Final = (("1488844", "3", "2005-09-06"),) * 3
"""What whole lines of a Netflix Prize file look like."""

_MARKUP: Final = {"<": "a web page or XML", "{": "JSON", "[": "JSON"}


@dataclass(frozen=True)
class Dialect:
    """How one text file is written.

    ``columns`` counts the fields of a line, ``header_lines`` the physical lines before the first rating,
    ``names`` are the header's, ``header`` its text. ``sample`` holds the fields of some ratings, stripped;
    the last is the last line of the file.
    """

    separator: str
    columns: int
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
        """How many fields a line must have for every role to be there."""
        return min(self.columns, max(self.roles.positions.values()) + 1)

    def values(self, role: str) -> list[str]:
        """The sampled fields of ``role``; lines too short are passed over."""
        position = self.roles.positions[role]
        return [fields[position] for fields in self.sample if len(fields) > position]

    def cut_off(self, fields: Sequence[str]) -> bool:
        """Whether ``fields``, of a last line without newline, look like the beginning of a longer line."""
        if len(fields) < self.needed:
            return True
        last = self.columns - 1
        if len(fields) != self.columns or last not in (self.roles.rating, self.roles.timestamp):
            return False
        lengths = [len(other[last]) for other in self.sample[:-1] if len(other) == self.columns]
        return len(lengths) > 1 and len(fields[last]) < min(lengths)

    def fields(self) -> str:
        """What a line holds, in words."""
        shown = self.separator.replace("\t", "tab")
        return f"{self.columns} fields separated by '{shown}'"

    def __str__(self) -> str:
        name = {",": "CSV", "\t": "TSV"}.get(self.separator, f"'{self.separator}'-separated")
        if self.netflix:
            return "Netflix Prize"
        return f"{name}, {'with' if self.names else 'without'} a header"


def sniff(path: Path, where: str, chosen: Chosen) -> Dialect:
    """The dialect of the text file at ``path``; `DataError` where it is no table of ratings."""
    head, tail = _pages(path)
    if not head:
        raise refusal(problem("empty-file", where))
    _check_text(head, where)
    text = head.removeprefix(BOM).decode("utf-8", errors="replace")
    newline = _newline(text)
    lines = text.split(newline)
    if len(head) == PAGE and len(lines) > 1:
        lines.pop()
    return _describe(lines, _tail_lines(tail, newline), newline, head.startswith(BOM), where, chosen)


def _pages(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as file:
        head = file.read(PAGE)
        size = file.seek(0, 2)
        file.seek(max(len(head), size - PAGE))
        return head, file.read(PAGE)


def _check_text(head: bytes, where: str) -> None:
    encoding = next((name for mark, name in _WIDE.items() if head.startswith(mark)), None)
    if encoding is None and any(head[0:20:2]) != any(head[1:20:2]):
        encoding = "UTF-16"
    if encoding:
        raise refusal(problem("encoding-utf16", where, encoding=encoding))
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 11, 12, 13))
    if control > len(head) // 20:
        raise refusal(problem("binary-file", where, found=quote(head[:8].decode("latin-1"))))
    start = head.removeprefix(BOM).lstrip()[:1].decode("latin-1")
    if start in _MARKUP:
        shown = quote(head[:30].decode("utf-8", errors="replace").splitlines()[0])
        raise refusal(problem("not-a-table", where, found=shown, what=_MARKUP[start]))


def _newline(text: str) -> str:
    return "\n" if "\n" in text or "\r" not in text else "\r"


def _tail_lines(tail: bytes, newline: str) -> list[str]:
    """Whole lines of the last page; what stands before its first newline is passed over."""
    return tail.decode("utf-8", errors="replace").split(newline)[1:]


def _describe(head: list[str], tail: list[str], newline: str, bom: bool, where: str, chosen: Chosen) -> Dialect:
    first = next((number for number, line in enumerate(head) if line.strip()), None)
    if first is None:
        raise refusal(problem("no-ratings", where))
    if _FILM_LINE.fullmatch(head[first].strip()):
        return _netflix(newline, bom)
    body = [line.rstrip("\r") for line in (*head[first:], *tail) if line.strip()]
    body = body[:_SAMPLE_LINES] + body[_SAMPLE_LINES:][-_SAMPLE_LINES:]
    separator = _separator(body)
    rows = [split_line(line, separator) for line in body]
    has_header = _is_header(rows[0], chosen)
    names, sample = rows[0] if has_header else None, tuple(tuple(row) for row in rows[has_header:])
    columns = len(rows[0]) if has_header else Counter(map(len, sample)).most_common(1)[0][0]
    roles = _roles(names, columns, sample, where, chosen)
    if not sample:
        raise refusal(problem("no-ratings", where, found=quote(body[0].strip())))
    quoted = any('"' in line for line in body)
    header = body[0].strip() if has_header else ""
    return Dialect(
        separator,
        columns,
        roles,
        first + has_header,
        tuple(names or ()),
        newline,
        quoted,
        bom,
        sample,
        header,
    )


def _netflix(newline: str, bom: bool) -> Dialect:
    return Dialect(",", 3, Roles(0, 3, 1, 2), 0, (), newline, False, bom, _NETFLIX_LINES, netflix=True)


def _separator(lines: list[str]) -> str:
    """The separator that gives most lines the same number of fields, three or more."""

    def agreement(separator: str) -> int:
        counts = Counter(len(split_line(line, separator)) for line in lines)
        return max((times for fields, times in counts.items() if fields >= 3), default=0)

    return max(_SEPARATORS, key=agreement) if any(map(agreement, _SEPARATORS)) else _any_separator(lines[0])


def _any_separator(line: str) -> str:
    return next((separator for separator in _SEPARATORS if separator in line), ",")


def split_line(line: str, separator: str) -> list[str]:
    """The fields of one line, unquoted and stripped."""
    if '"' not in line or len(separator) > 1:
        return [field.strip() for field in line.split(separator)]
    try:
        (fields,) = csv.reader([line.strip("\r\n")], delimiter=separator, skipinitialspace=True)
    except (csv.Error, ValueError):
        fields = line.split(separator)
    return [field.strip() for field in fields]


def _is_header(fields: list[str], chosen: Chosen) -> bool:
    """Whether the first line holds names: none of its fields is a number, or most are names of columns."""
    return not any(_is_number(field) for field in fields) or recognised(fields, chosen)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _roles(
    names: list[str] | None, columns: int, sample: tuple[tuple[str, ...], ...], where: str, chosen: Chosen
) -> Roles:
    if names is not None:
        return by_name(names, chosen, where)
    fourth = [fields[3] for fields in sample if len(fields) > 3]
    timed = sum(map(looks_like_time, fourth)) * 2 > len(fourth)
    return by_position(columns, chosen, where, timed=timed)


def looks_like_time(text: str) -> bool:
    """Whether ``text`` could be seconds since 1970 or begins with an ISO date."""
    return bool(re.match(r"-?\d+(\.\d*)?$|\d{4}-\d{1,2}-\d{1,2}", text))
