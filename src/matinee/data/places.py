"""From a row of a table back to the file and the physical line it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Located = list[tuple[str, Rows]]


class Places(Protocol):
    """Where the rows of a table came from."""

    def locate(self, rows: Rows) -> Located:
        """The line numbers (1-based, ascending as ``rows`` are) of ``rows``, grouped by file."""
        ...


@dataclass(frozen=True)
class Offset:
    """Every row stands ``first`` lines further down than its index: a file without gaps."""

    where: str
    first: int

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`."""
        return [(self.where, rows + self.first)]


@dataclass(frozen=True)
class Listed:
    """Row r stands on line ``lines[r]``."""

    where: str
    lines: NDArray[np.integer]

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`."""
        return [(self.where, self.lines[rows].astype(np.int64))]


@dataclass(frozen=True)
class Interleaved:
    """Rows between heading lines: heading h stands right before row ``before[h]`` (ascending)."""

    where: str
    first: int
    before: Rows

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`."""
        headings = np.searchsorted(self.before, rows, side="right")
        return [(self.where, rows + headings + self.first)]


@dataclass(frozen=True)
class Stacked:
    """Several tables laid one under another; ``starts[p]`` is the first row of part p."""

    parts: tuple[Places, ...]
    starts: Rows

    @classmethod
    def of(cls, parts: Sequence[tuple[Places, int]]) -> Places:
        """From ``(places, number of rows)`` of each part, in order."""
        counts = np.array([0, *(count for _, count in parts)], dtype=np.int64)
        return cls(tuple(places for places, _ in parts), np.cumsum(counts))

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`."""
        owner = np.searchsorted(self.starts, rows, side="right") - 1
        found: dict[str, list[Rows]] = {}
        for part in np.unique(owner):
            for where, lines in self.parts[part].locate(rows[owner == part] - self.starts[part]):
                found.setdefault(where, []).append(lines)
        return [(where, np.concatenate(lines)) for where, lines in found.items()]


@dataclass(frozen=True)
class Kept:
    """The rows of ``base`` that a selection kept: row r here is row ``rows[r]`` there."""

    base: Places
    rows: Rows

    def locate(self, rows: Rows) -> Located:
        """See `Places.locate`."""
        return self.base.locate(self.rows[rows])
