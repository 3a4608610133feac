"""Who the users are, where a file says so: found beside the ratings, or named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.metadata.beside import candidates, holds_files, named, opened_folder, plain_file, refuse
from matinee.data.metadata.people_formats import USER, read_listed
from matinee.data.metadata.people_rows import checked
from matinee.errors import DataError

if TYPE_CHECKING:
    import os

    from matinee.data.metadata.people_formats import Listed
    from matinee.data.problems import Problem
    from matinee.data.ratings import Ratings
    from matinee.data.vocabulary import Vocabulary

_PATTERNS: Final = (r"u\.user", r"users\.dat", r"users\.(csv|tsv)")
USUAL: Final = (
    "Give u.user, users.dat, or a CSV file whose header names a column of user ids (userId) and at least one more."
)


@dataclass(frozen=True, eq=False)
class People:
    """What is known of the users.

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
        """Nothing known of anybody."""
        return cls(pl.DataFrame(schema={USER: pl.Int64}))

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        known, source = ", ".join(self.attributes), f", from {self.source}" if self.source else ""
        return f"People({len(self):,} users: {known or 'nothing known'}{source})"

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of what is known."""
        return tuple(self.table.columns[1:])

    def known(self, users: Vocabulary) -> int:
        """Of how many of these users something is known; 0 where the ids are of another kind."""
        if not len(self) or not users.like(self.table[USER]):
            return 0
        return int(users.encode(self.table[USER])[1].sum())


def find_people(folder_or_file: str | os.PathLike[str], people: str | os.PathLike[str] | None = None) -> People:
    """What is known of the users of the ratings in ``folder_or_file`` (a folder, a file in it, or an archive).

    ``people`` names the file (or a folder or archive that holds it); `DataError` where it does not exist or is none.
    Without it, files of the usual names are looked for; where there is none, or none that can be read, nothing is
    known. Lines that cannot be used are in `People.problems`, as harmless ones where nobody named the file.
    """
    if people is None:
        place = Path(folder_or_file)
        beside = place if place.is_dir() or holds_files(place) else place.parent
        return _harmless(_inside(beside, deep=not place.is_file()))
    path = Path(people)
    if not path.exists():
        raise refuse("people-missing", path, "there is no such file of users", "Check the path.")
    found = _inside(path, deep=True) if path.is_dir() or holds_files(path) else _read_named(path)
    if not len(found):
        raise refuse("people-unreadable", path, "no users can be read from it", USUAL)
    return found


def introduced(ratings: Ratings, people: People, *, asked_for: bool) -> Ratings:
    """``ratings`` with what is known of their users; `DataError` where nothing is, though it was ``asked_for``."""
    if asked_for and not people.known(ratings.users):
        what = f"none of its {len(people):,} users has a rating in {ratings.source}"
        example = f"ids look like {people.table[USER][0]!r}, those of the ratings like {ratings.users.ids[0]!r}"
        raise refuse("people-strangers", Path(people.source), what, f"Write the ids alike: {example}.")
    return replace(ratings, people=people)


def is_people_file(name: str) -> bool:
    """Whether a file of this name (folders before it do not matter) says who users are."""
    return named(name, _PATTERNS)


def _inside(place: Path, *, deep: bool) -> People:
    with opened_folder(place, is_people_file) as folder:
        tables = (_read_found(file) for file in candidates(folder, _PATTERNS, deep=deep or folder != place))
        found = next((table for table in tables if table is not None and len(table)), People.empty())
    if folder == place or not found.source:
        return found
    where = f"{place}: {Path(found.source).name}"
    return replace(found, source=where, problems=tuple(replace(one, where=where) for one in found.problems))


def _read_found(file: Path) -> People | None:
    """The people in a file that only happens to be there: ``None`` where it is something else."""
    try:
        return _read(file)
    except DataError:
        return None


def _read_named(path: Path) -> People:
    with plain_file(path) as file:
        found = _read(file)
    if found is None:
        raise refuse("people-unreadable", path, "this is not a file of users", USUAL)
    return replace(found, source=str(path), problems=tuple(replace(one, where=str(path)) for one in found.problems))


def _read(file: Path) -> People | None:
    listed = read_listed(file)
    return None if listed is None else people_of(listed, str(file))


def people_of(listed: Listed, where: str, unit: str = "line") -> People:
    """The people listed; `DataError` where there is nothing but ids, or columns have no names of their own."""
    names = [name for name in listed.names if name != USER]
    if not names or len({USER, "", *names}) < len(listed.names) + 1:
        what = "columns need names, each another" if names else "there is nothing but ids"
        raise refuse("people-columns", Path(where), what, USUAL)
    table, problems = checked(listed, where, unit)
    return People(table, where, problems)


def _harmless(found: People) -> People:
    return replace(found, problems=tuple(replace(one, harmless=True) for one in found.problems))
