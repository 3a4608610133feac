"""Real films for the built-in sample: titles, years and genres, 1920 to 2016.

Titles, years and genres are facts. ``fame`` and ``quality`` are this project's own rough marks, 1 to 9, from
which the sample plants how often a film is rated and how well.

Notation: ``year: title|genres|marks; title|genres|marks``. A genre is one letter (`GENRES`); the first mark is
fame, the second quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from matinee.data.synthetic.films import to_1969, to_1999, to_2016

if TYPE_CHECKING:
    from collections.abc import Iterator

GENRES: Final = {
    "A": "Action",
    "V": "Adventure",
    "N": "Animation",
    "K": "Children",
    "C": "Comedy",
    "R": "Crime",
    "U": "Documentary",
    "D": "Drama",
    "F": "Fantasy",
    "O": "Film-Noir",
    "H": "Horror",
    "M": "Musical",
    "Y": "Mystery",
    "L": "Romance",
    "S": "Sci-Fi",
    "T": "Thriller",
    "W": "War",
    "X": "Western",
}


@dataclass(frozen=True, slots=True)
class KnownFilm:
    """A film of the sample: ``fame`` and ``quality`` go from 1 to 9."""

    title: str
    year: int
    genres: tuple[str, ...]
    fame: int
    quality: int


@cache
def films() -> tuple[KnownFilm, ...]:
    """Every film of the sample, by year."""
    return tuple(film for part in (to_1969, to_1999, to_2016) for film in _parse(part.FILMS))


def _parse(text: str) -> Iterator[KnownFilm]:
    for line in text.strip().splitlines():
        year, entries = line.split(": ", 1)
        for entry in entries.split("; "):
            title, codes, marks = entry.split("|")
            yield KnownFilm(title, int(year), tuple(GENRES[code] for code in codes), int(marks[0]), int(marks[1]))
