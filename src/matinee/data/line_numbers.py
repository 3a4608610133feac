"""From a row of a table back to its file and its line there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    LinesByFile = list[tuple[str, Rows]]


class LineNumbers(Protocol):
    """Files and line numbers of the rows of a table."""

    def locate(self, rows: Rows) -> LinesByFile:
        """The line numbers (1-based, ascending as ``rows`` are) of ``rows``, grouped by file."""
        ...


@dataclass(frozen=True)
class Consecutive:
    """Lines without gaps: row r is on line ``r + first``."""

    where: str
    first: int

    def locate(self, rows: Rows) -> LinesByFile:
        """See `LineNumbers.locate`."""
        return [(self.where, rows + self.first)]


@dataclass(frozen=True)
class BelowHeadings:
    """Rows between heading lines: heading h stands right before row ``before[h]`` (ascending)."""

    where: str
    first: int
    before: Rows

    def locate(self, rows: Rows) -> LinesByFile:
        """See `LineNumbers.locate`."""
        headings = np.searchsorted(self.before, rows, side="right")
        return [(self.where, rows + headings + self.first)]


@dataclass(frozen=True)
class Stacked:
    """Several tables, one below another; ``starts[p]`` is the first row of table p."""

    parts: tuple[LineNumbers, ...]
    starts: Rows

    @classmethod
    def of(cls, parts: Sequence[tuple[LineNumbers, int]]) -> LineNumbers:
        """From the line numbers and the number of rows of each table, in order."""
        counts = np.array([0, *(count for _, count in parts)], dtype=np.int64)
        return cls(tuple(numbers for numbers, _ in parts), np.cumsum(counts))

    def locate(self, rows: Rows) -> LinesByFile:
        """See `LineNumbers.locate`."""
        part_of_row = np.searchsorted(self.starts, rows, side="right") - 1
        by_file: dict[str, list[Rows]] = {}
        for part in np.unique(part_of_row):
            for where, lines in self.parts[part].locate(rows[part_of_row == part] - self.starts[part]):
                by_file.setdefault(where, []).append(lines)
        return [(where, np.concatenate(lines)) for where, lines in by_file.items()]


@dataclass(frozen=True)
class Selected:
    """A selection of the rows of ``base``: row r here is row ``rows[r]`` there."""

    base: LineNumbers
    rows: NDArray[np.integer]

    def locate(self, rows: Rows) -> LinesByFile:
        """See `LineNumbers.locate`."""
        return self.base.locate(self.rows[rows].astype(np.int64, copy=False))
