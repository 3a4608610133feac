"""Problems of ratings files and tables: named by kind, located, merged, raised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.data.wordings import WORDINGS
from matinee.errors import FIRST_LINES, DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matinee.data.line_numbers import LineNumbers


def problem(
    kind: str, where: str, *, found: str = "", lines: NDArray[np.integer] | None = None, **words: object
) -> Problem:
    """One problem of ``kind`` in the file ``where``; ``words`` fill the gaps of its wording."""
    wording = WORDINGS[kind]
    numbers = np.empty(0, dtype=np.int64) if lines is None else np.sort(lines)
    return Problem(
        kind=kind,
        what=wording.what.format(**words),
        where=where,
        remedy=wording.remedy.format(**words),
        lines=tuple(int(line) for line in numbers[:FIRST_LINES]),
        count=len(numbers),
        found=found,
        allowed=wording.allowed.format(**words),
        fatal=wording.fatal,
        harmless=wording.harmless,
    )


def wrong_columns(where: str, found: str, what: str, allowed: str, remedy: str) -> DataError:
    """The error where the columns of ``where`` cannot be what they should be."""
    return refused("columns", where, found=found, what=what, allowed=allowed, remedy=remedy)


def refusal(problem: Problem) -> DataError:
    """The error for one problem."""
    return DataError(str(problem), (problem,))


def refused(kind: str, where: str, *, found: str = "", **words: Any) -> DataError:
    """The error for a fatal problem of ``kind`` in the file ``where``."""
    return refusal(problem(kind, where, found=found, **words))


def row_problems(
    kind: str, numbers: LineNumbers, rows: NDArray[np.integer], *, found: str = "", **words: object
) -> list[Problem]:
    """Problems of ``kind`` at ``rows`` of a table: one for each file the rows are from."""
    lines_by_file = numbers.locate(rows.astype(np.int64, copy=False))
    return [problem(kind, where, found=found, lines=lines, **words) for where, lines in lines_by_file]


def merge(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of the same kind, words and file as one, their lines together; the gravest first."""
    merged: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        key = (problem.kind, problem.what, problem.where)
        merged[key] = _join(merged[key], problem) if key in merged else problem
    return tuple(sorted(merged.values(), key=_gravest_first))


def _gravest_first(problem: Problem) -> tuple[bool, bool, str, tuple[int, ...]]:
    return not problem.fatal, problem.harmless, problem.where, problem.lines


def _join(first: Problem, second: Problem) -> Problem:
    lines = tuple(sorted((*first.lines, *second.lines)))[:FIRST_LINES]
    return replace(first, lines=lines, count=first.count + second.count)


def quote(text: object) -> str:
    """``text`` as a short quotation, control characters escaped."""
    shown = str(text)
    if not shown:
        return "nothing"
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown) + "'"
