"""A table of pairs, as it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.data.problems import FIRST_LINES, Problem
from matinee.errors import DataError

if TYPE_CHECKING:
    import polars as pl

    from matinee.data.places import Places


@dataclass(frozen=True)
class Pairs:
    """Rows that name a user and an item each.

    Attributes
    ----------
    frame : every column of the source, its rows and their order kept. Columns of text files are String, as
        written (empty fields null); those of Parquet have their own types.
    user, item : the names of the columns of ids.
    time : the name of the column of times, or ``None``.
    where : the source, for messages.
    places : the line (text) or row (Parquet) that each row stands on.
    text : whether the ids were written as text, so that 1 may stand for an integer or a word.

    """

    frame: pl.DataFrame
    user: str
    item: str
    where: str
    places: Places
    text: bool
    time: str | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def refuse(self, bad: pl.Series, kind: str, what: str, found: str, allowed: str, remedy: str) -> DataError:
        """The error for the rows where ``bad`` holds, naming the first lines."""
        rows = bad.arg_true().to_numpy().astype("int64")
        ((_, lines),) = self.places.locate(rows[:FIRST_LINES])
        numbers = tuple(int(line) for line in lines)
        return refused(Problem(kind, what, self.where, remedy, numbers, len(rows), found, allowed))


def refused(found: Problem) -> DataError:
    """The error for one problem."""
    return DataError(str(found), (found,))
