"""Rows of a table while its columns are converted: problems, and which rows have any."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.data.problems import problem, quote

if TYPE_CHECKING:
    from matinee.errors import Problem


class RowChecks:
    """Problems of rows; those with any are marked in ``bad``.

    ``lines`` numbers the rows; ``None`` numbers them from 1.
    """

    def __init__(self, where: str, rows: int, lines: pl.Series | None = None) -> None:
        self.where = where
        self.lines = lines
        self.problems: list[Problem] = []
        self.bad = pl.repeat(False, rows, dtype=pl.Boolean, eager=True)

    def mark(self, kind: str, values: pl.Series, bad: pl.Series, **words: object) -> None:
        """Record a problem at the rows where ``bad`` holds, quoting the first of their ``values``."""
        if not bad.any():
            return
        numbers = bad.arg_true() + 1 if self.lines is None else self.lines.filter(bad)
        example = quote(values.filter(bad)[0])
        words = {"column": values.name, **words}
        self.problems.append(problem(kind, self.where, found=example, lines=numbers.to_numpy(), **words))
        self.bad |= bad
