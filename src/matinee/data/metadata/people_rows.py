"""Records of people as a table of typed columns, with a problem for every line that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.metadata.people_formats import USER
from matinee.data.problems import FIRST_LINES, Problem
from matinee.data.wording import SKIP, quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.data.metadata.people_formats import Listed, Records

_MISSING: Final = frozenset({"", "na", "n/a", "nan", "none", "null", "?", "\\n"})
_MOSTLY: Final = 0.9
"""Share of the values of a column that are numbers where it holds quantities."""


def checked(listed: Listed, where: str, unit: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The table: ``user`` (Int64 or String, distinct) and a Float64 or String column an attribute; what is wrong."""
    book = _Book(where, unit)
    records = book.whole(listed.records, len(listed.names))
    place = listed.names.index(USER)
    records, ids = book.ids(records, place)
    columns = [pl.Series(USER, ids)]
    for at, name in enumerate(listed.names):
        if at != place:
            columns.append(book.attribute(name, records, at, listed.is_code(name)))
    return pl.DataFrame(columns), tuple(book.problems)


class _Book:
    """Notes what is wrong and where."""

    def __init__(self, where: str, unit: str) -> None:
        self._where, self._unit = where, unit
        self.problems: list[Problem] = []

    def note(self, kind: str, what: str, bad: Sequence[tuple[int, str]], allowed: str, remedy: str) -> None:
        """``bad``: lines, and what was found on each."""
        if bad:
            lines = tuple(line for line, _ in bad[:FIRST_LINES])
            found = quote(bad[0][1])
            told = Problem(kind, what, self._where, remedy, lines, len(bad), found, allowed, unit=self._unit)
            self.problems.append(told)

    def whole(self, records: Records, width: int) -> Records:
        """Those with as many fields as there are columns."""
        bad = [(line, f"{len(record)} fields") for line, record in records if len(record) != width]
        remedy = f"Complete the line or quote fields that hold a separator, {SKIP}."
        self.note("people-fields", "the line has another number of fields than the header", bad, f"{width}", remedy)
        return [(line, record) for line, record in records if len(record) == width]

    def ids(self, records: Records, place: int) -> tuple[Records, list[int] | list[str]]:
        """The records with an id of the kind that most have, each the first with its id, and the ids."""
        texts = [record[place].strip() for _, record in records]
        whole = sum(_is_whole(text) for text in texts) * 2 > len(texts)
        good = [bool(text) and (_is_whole(text) or not whole) for text in texts]
        bad = [(line, text) for (line, _), text, fits in zip(records, texts, good, strict=True) if not fits]
        kind = "whole numbers, as most ids are" if whole else "an id in every line"
        self.note("people-id", "the user id is missing or of another kind", bad, kind, f"Correct the id, {SKIP}.")
        kept = [(row, text) for row, text, fits in zip(records, texts, good, strict=True) if fits]
        first = self._first_of_each([(row, int(text) if whole else text) for row, text in kept])
        numbers = [key for _, key in first if isinstance(key, int)]
        return [row for row, _ in first], numbers if whole else [str(key) for _, key in first]

    def _first_of_each(
        self, keyed: list[tuple[tuple[int, list[str]], int | str]]
    ) -> list[tuple[tuple[int, list[str]], int | str]]:
        first: dict[int | str, tuple[int, list[str]]] = {}
        again = []
        for row, key in keyed:
            if key in first:
                again.append((row[0], str(key)))
            else:
                first[key] = row
        remedy = 'Keep one of them, or let the first count with on_bad_rows="skip" (--on-bad-rows skip).'
        self.note("people-twice", "the same user is described more than once", again, "one line a user", remedy)
        return [(row, key) for key, row in first.items()]

    def attribute(self, name: str, records: Records, place: int, code: bool) -> pl.Series:
        """A column of quantities where nearly all are numbers, else of kinds; null where a value is missing."""
        texts = [record[place].strip() for _, record in records]
        texts = ["" if text.lower() in _MISSING else text for text in texts]
        numbers = [_number(text) for text in texts]
        said = sum(bool(text) for text in texts)
        if code or sum(number is not None for number in numbers) < _MOSTLY * max(1, said):
            return pl.Series(name, [text or None for text in texts], dtype=pl.String)
        bad = [
            (line, text)
            for (line, _), text, number in zip(records, texts, numbers, strict=True)
            if text and number is None
        ]
        remedy = 'Correct it, or have it taken as missing with on_bad_rows="skip" (--on-bad-rows skip).'
        self.note("people-number", f"the {name} is not a number, as others are", bad, "a finite number", remedy)
        return pl.Series(name, numbers, dtype=pl.Float64)


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) < 1 << 63


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
