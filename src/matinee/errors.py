"""Every error Matinee raises on purpose, as one tree.

::

    MatineeError
    ├── InputError            what the user gave cannot be used (exit status 2 on the command line)
    │   ├── DataError         a ratings file or table; carries every problem found
    │   ├── ConfigError       a hyper-parameter or option out of range
    │   ├── UnknownIdError    a user or item that does not occur in the training ratings
    │   ├── StoreError        a saved model that is missing, damaged or of another version
    │   └── DownloadError     a data set that could not be fetched whole
    └── NumericalError        a computation that did not reach what it promises (exit status 1)

Each message says what is wrong, where, what was found, what is allowed and what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_LINES: Final = 10
"""Line numbers of one problem that are named before only a count follows."""


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
        example = f"; found {self.found}" if self.found else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{self.where}{self._numbers()}: {self.what}{example}{allowed}. {self.remedy}"

    def to_dict(self) -> dict[str, object]:
        """The same as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def _numbers(self) -> str:
        if not self.lines:
            return ""
        shown = self.lines[:FIRST_LINES]
        more = self.count - len(shown)
        numbers = ", ".join(map(str, shown)) + (f" and {more:,} more" if more > 0 else "")
        return f", {self.unit}{'s' if self.count > 1 else ''} {numbers}"


class MatineeError(Exception):
    """Root of the tree: catch this to catch everything Matinee raises on purpose."""


class InputError(MatineeError, ValueError):
    """Input that cannot be used; the message names the remedy."""


class DataError(InputError):
    """A ratings file or table with problems.

    ``problems`` holds each one found, with its line numbers and remedy.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)


class ConfigError(InputError):
    """A hyper-parameter or run option that is unknown or out of range."""


class UnknownIdError(InputError):
    """A user or item that does not occur in the training ratings."""


class StoreError(InputError):
    """A saved model that is missing, damaged, or written by an unknown version."""


class DownloadError(InputError):
    """A data set that could not be fetched, verified or extracted."""


class NumericalError(MatineeError):
    """A computation that did not reach the accuracy it promises."""
