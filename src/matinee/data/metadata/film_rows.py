"""Films of a file of titles, column by column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_GENRE: Final = frozenset({"", "(no genres listed)", "unknown", "N/A"})


@dataclass
class FilmRows:
    """Films, column by column, and how many rows could not be used."""

    item: list[int | str] = field(default_factory=list)
    title: list[str] = field(default_factory=list)
    year: list[int | None] = field(default_factory=list)
    genres: list[list[str]] = field(default_factory=list)
    skipped: int = 0

    def add(self, item: str, title: str, year: int | None, genres: Iterable[str]) -> None:
        """Add one film; without an id or a title it is counted as skipped."""
        if not item.strip() or not title.strip():
            self.skipped += 1
            return
        self.item.append(item.strip())
        self.title.append(title.strip())
        self.year.append(year)
        self.genres.append([genre for genre in map(str.strip, genres) if genre not in _NO_GENRE])


def year_of(text: str) -> int | None:
    """``text`` as a year from 1870 to 2099, if it is one."""
    return int(text) if re.fullmatch(r"(18[7-9]|19\d|20\d)\d", text.strip()) else None
