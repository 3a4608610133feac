"""Real films of the built-in sample, 1920 to 2016, read from ``films.csv``.

Titles, years and genres are facts. ``fame`` and ``quality`` are this project's own rough marks, 1 to 9, from
which the sample plants how often a film is rated and how well.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class KnownFilm:
    """A film of the sample: ``fame`` and ``quality`` go from 1 to 9."""

    title: str
    year: int
    genres: tuple[str, ...]
    fame: int
    quality: int


@cache
def sample_films() -> tuple[KnownFilm, ...]:
    """Every film of the sample, by year."""
    with Path(__file__).with_name("films.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_film(row) for row in csv.DictReader(file))


def _film(row: dict[str, str]) -> KnownFilm:
    genres = tuple(row["genres"].split("|"))
    return KnownFilm(row["title"], int(row["year"]), genres, int(row["fame"]), int(row["quality"]))
