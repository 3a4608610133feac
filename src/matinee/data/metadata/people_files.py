"""Files of users' attributes, as MovieLens ships them or as a table with a header: read into records."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.data.metadata.records import (
    decode,
    delimiter_of,
    fields,
    lines,
    numbered_lines,
    numbered_records,
    read_head,
)
from matinee.data.reading.columns import SYNONYMS, position_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    NumberedRows = list[tuple[int, list[str]]]

USER: Final = "user"
_U_USER: Final = (USER, "age", "gender", "occupation", "zip")
_USERS_DAT: Final = (USER, "gender", "age", "occupation", "zip")
_CODES: Final = frozenset({"gender", "sex", "occupation", "zip", "zipcode", "zip-code", "postcode", "country"})
"""Attributes whose numbers, if they are written as numbers, stand for kinds."""
_IDS: Final = (*SYNONYMS["user"], "id")


@dataclass(frozen=True)
class UserRecords:
    """Names of the columns, one of them ``user``, and numbered rows of text."""

    names: tuple[str, ...]
    rows: NumberedRows

    def is_code(self, name: str) -> bool:
        """True if numbers in this column are no quantities."""
        return name.lower() in _CODES


def read_records(path: Path) -> UserRecords | None:
    """The users in the file ``path``, or ``None`` where it is no file of users in a known form."""
    first = next(lines(read_head(path)), "")
    if re.match(r"[^|]+\|\d+\|[MF]\|[^|]*\|[^|]*$", first):
        return UserRecords(_U_USER, _split(path, "|"))
    if re.match(r"[^:]+::[MF]::\d+::\d+::[^:]*$", first):
        return UserRecords(_USERS_DAT, _split(path, "::"))
    delimiter = delimiter_of(first)
    names = with_user(fields(first, delimiter))
    if names is None:
        return None
    return UserRecords(names, list(numbered_records(decode(path.read_bytes()), delimiter))[1:])


def with_user(names: Sequence[str]) -> tuple[str, ...] | None:
    """Names of columns with that of the users' ids turned to ``user``; ``None`` where none is.

    A table that also names films and ratings is one of ratings: ``None``.
    """
    position = position_of(_IDS, names)
    rated = all(position_of(SYNONYMS[role], names) is not None for role in ("item", "rating"))
    if position is None or rated:
        return None
    stripped = [name.strip() for name in names]
    return (*stripped[:position], USER, *stripped[position + 1 :])


def _split(path: Path, separator: str) -> NumberedRows:
    return [(number, line.split(separator)) for number, line in numbered_lines(decode(path.read_bytes()))]
