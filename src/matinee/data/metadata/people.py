"""Attributes of users, where a file says so: found beside the ratings, or named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.metadata.beside import BesideRatings, unusable
from matinee.data.metadata.people_columns import typed_people
from matinee.data.metadata.people_files import USER, read_records

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from matinee.data.metadata.people_files import UserRecords
    from matinee.data.vocabulary import Vocabulary
    from matinee.errors import Problem

FORMATS: Final = (
    "Give u.user, users.dat, or a CSV file whose header names a column of user ids (userId) and at least one more."
)


@dataclass(frozen=True, eq=False)
class People:
    """Attributes of users.

    Attributes
    ----------
    table : the column ``user`` (raw id, distinct, Int64 or String), then attributes: Float64 for quantities, String
        for kinds; null where not known.
    source : the file it was read from; empty where there is none.
    problems : the lines that could not be used, or only in part.

    """

    table: pl.DataFrame
    source: str = ""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def empty(cls) -> People:
        """No users."""
        return cls(pl.DataFrame(schema={USER: pl.Int64}))

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        source = f", from {self.source}" if self.source else ""
        return f"People({len(self):,} users: {', '.join(self.attributes) or 'nothing known'}{source})"

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the attributes."""
        return tuple(self.table.columns[1:])

    def known(self, users: Vocabulary) -> int:
        """Number of ``users`` with attributes; 0 where the ids are of another kind."""
        if not len(self) or not users.like(self.table[USER]):
            return 0
        return int(users.encode(self.table[USER])[1].sum())


def find_people(folder_or_file: str | os.PathLike[str], people: str | os.PathLike[str] | None = None) -> People:
    """Attributes of the users of the ratings in ``folder_or_file`` (a folder, a file in it, or an archive).

    ``people`` names the file (or a folder or archive that holds it); `DataError` where it does not exist or is none.
    Without it, files of the usual names are looked for; where there is none, or none that can be read, nothing is
    known. Lines that cannot be used are in `People.problems`, as harmless ones where nobody named the file.
    """
    if people is not None:
        return _USERS.read_named(people)
    users = _USERS.find(folder_or_file) or People.empty()
    return replace(users, problems=tuple(replace(problem, harmless=True) for problem in users.problems))


def people_of(records: UserRecords, where: str, unit: str = "line") -> People:
    """The people in ``records``; `DataError` where there is nothing but ids, or columns have no names of their own."""
    names = [name for name in records.names if name != USER]
    if not names or len({USER, "", *names}) < len(records.names) + 1:
        what = "columns need names, each another" if names else "there is nothing but ids"
        raise unusable("people-columns", where, what, FORMATS)
    table, problems = typed_people(records, where)
    return People(table, where, tuple(replace(problem, unit=unit) for problem in problems))


def _read(file: Path, where: str) -> People | None:
    records = read_records(file)
    return None if records is None else people_of(records, where)


_USERS: Final = BesideRatings("people", "users", FORMATS, (r"u\.user", r"users\.dat", r"users\.(csv|tsv)"), (), _read)
