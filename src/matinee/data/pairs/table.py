"""A table of pairs to predict, as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matinee.data.problems import refusal
from matinee.errors import FIRST_LINES, DataError, Problem

if TYPE_CHECKING:
    import polars as pl

    from matinee.data.line_numbers import LineNumbers
    from matinee.data.reading.columns import Roles


@dataclass(frozen=True)
class PairTable:
    """Rows that name a user and an item each.

    Attributes
    ----------
    frame : every column of the source, its rows and their order kept. Columns of text files are String, as
        written (empty fields null); those of Parquet have their own types.
    roles : the positions of the columns of users, items and perhaps times.
    where : the source, for messages.
    numbers : the line (text) or row (Parquet) of each row.
    text : whether the ids were written as text, so that 1 may stand for an integer or a word.

    """

    frame: pl.DataFrame
    roles: Roles
    where: str
    numbers: LineNumbers
    text: bool

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def user(self) -> str:
        """The name of the column of users."""
        return self.frame.columns[self.roles.user]

    @property
    def item(self) -> str:
        """The name of the column of items."""
        return self.frame.columns[self.roles.item]

    @property
    def time(self) -> str | None:
        """The name of the column of times, or ``None``."""
        return None if self.roles.timestamp is None else self.frame.columns[self.roles.timestamp]

    def refuse(self, bad: pl.Series, kind: str, what: str, found: str, allowed: str, remedy: str) -> DataError:
        """The error for the rows where ``bad`` holds, naming the first lines."""
        rows = bad.arg_true().to_numpy().astype("int64")
        ((_, lines),) = self.numbers.locate(rows[:FIRST_LINES])
        first = tuple(int(line) for line in lines)
        return refusal(Problem(kind, what, self.where, remedy, first, len(rows), found, allowed))
