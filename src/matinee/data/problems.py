"""What can be wrong with ratings, and how it is said: what, where, what was found, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIRST_LINES: Final = 10
"""How many line numbers of one problem are named before only a count follows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem in one file.

    Attributes
    ----------
    kind : short stable name, such as ``"rating-not-a-number"``; scripts rely on it.
    what : what is wrong, in words.
    where : the file (and member of an archive) it was found in; ``"table"`` for a dataframe.
    lines : the first line numbers (1-based, header counted; for dataframes 0-based rows), at most `FIRST_LINES`.
    count : how many lines have it.
    found : an example of what was found, as written.
    allowed : what is allowed there.
    remedy : what to do.
    fatal : whether nothing can be read at all (missing, empty, hostile archive, wrong columns).
    unit : what ``lines`` counts: ``"line"``, or ``"row"`` of a dataframe.
    harmless : worth knowing, but reading goes on without loss (a byte-order mark, CRLF).

    """

    kind: str
    what: str
    where: str
    remedy: str
    lines: tuple[int, ...] = ()
    count: int = 0
    found: str = ""
    allowed: str = ""
    fatal: bool = False
    harmless: bool = False
    unit: str = "line"

    def __str__(self) -> str:
        place = self.where + _lines(self.lines, self.count, self.unit)
        found = f"; found {self.found}" if self.found else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{place}: {self.what}{found}{allowed}. {self.remedy}"

    def to_dict(self) -> dict[str, object]:
        """The same as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def _lines(lines: tuple[int, ...], count: int, unit: str) -> str:
    if not lines:
        return ""
    shown = ", ".join(f"{line}" for line in lines[:FIRST_LINES])
    rest = count - min(len(lines), FIRST_LINES)
    return f", {unit}{'s' if count > 1 else ''} {shown}" + (f" and {rest:,} more" if rest > 0 else "")
