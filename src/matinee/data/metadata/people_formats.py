"""Files that say who users are, as MovieLens ships them or as a table with a header: read into records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.metadata.records import HEAD_BYTES, decode, fields, lines, numbered_lines, numbered_records
from matinee.data.reading.columns import SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Records = list[tuple[int, list[str]]]

USER: Final = "user"
_U_USER: Final = (USER, "age", "gender", "occupation", "zip")
_USERS_DAT: Final = (USER, "gender", "age", "occupation", "zip")
_CODES: Final = frozenset({"gender", "sex", "occupation", "zip", "zipcode", "zip-code", "postcode", "country"})
"""Attributes whose numbers, if they are written as numbers, stand for kinds."""
_IDS: Final = (*SYNONYMS["user"], "id")


@dataclass(frozen=True)
class Listed:
    """People as they are listed: names of the columns, one of them ``user``, and numbered records of text."""

    names: tuple[str, ...]
    records: Records

    def is_code(self, name: str) -> bool:
        """Whether numbers in this column are no quantities."""
        return name.lower() in _CODES


def read_listed(path: Path) -> Listed | None:
    """The people in the file ``path``, or ``None`` where it is no file of people in a known form."""
    with path.open("rb") as file:
        first = next(lines(decode(file.read(HEAD_BYTES))), "")
    if re.match(r"[^|]+\|\d+\|[MF]\|[^|]*\|[^|]*$", first):
        return Listed(_U_USER, _split(path, "|"))
    if re.match(r"[^:]+::[MF]::\d+::\d+::[^:]*$", first):
        return Listed(_USERS_DAT, _split(path, "::"))
    delimiter = max(",\t;|", key=first.count)
    names = with_user(fields(first, delimiter))
    return None if names is None else Listed(names, list(numbered_records(decode(path.read_bytes()), delimiter))[1:])


def with_user(names: Iterable[str]) -> tuple[str, ...] | None:
    """Names of columns with that of the users' ids turned to ``user``; ``None`` where none is.

    A table that also names films and ratings is one of ratings: ``None``.
    """
    given = [name.strip() for name in names]
    plain = [re.sub(r"[\W_]+", "", name).lower() for name in given]
    found = next((name for name in _IDS if name in plain), None)
    rated = any(name in SYNONYMS["item"] for name in plain) and any(name in SYNONYMS["rating"] for name in plain)
    if found is None or rated:
        return None
    place = plain.index(found)
    return (*given[:place], USER, *given[place + 1 :])


def _split(path: Path, separator: str) -> Records:
    return [(number, line.split(separator)) for number, line in numbered_lines(decode(path.read_bytes()))]
