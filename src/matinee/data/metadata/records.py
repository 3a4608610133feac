"""Lines and records of the small files of films and users beside ratings, read forgivingly."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD_BYTES: Final = 1 << 14


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
