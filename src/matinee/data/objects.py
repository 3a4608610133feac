"""Ids in a column of Python objects: integers or words, and which of them do not belong."""

from __future__ import annotations

import numbers
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from matinee.data.wording import problem, quote, wrong_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.data.problems import Problem

_WORDS: Final = {"integer": ("most are integers", "a word"), "string": ("most are words", "a number")}
_LIMIT: Final = 1 << 63


@dataclass(frozen=True)
class OddIds:
    """Rows of one column that hold no id of its kind, and what is said of them."""

    rows: NDArray[np.int64]
    problem: Problem


def object_ids(name: str, values: NDArray[Any], where: str) -> tuple[pl.Series, list[OddIds]]:
    """The ids in ``values`` (Python objects; ``None`` is a gap) as Int64 or String, whichever most are.

    Others become gaps, each named with its row (from 0). Raises `DataError` for what is neither a number
    nor a word.
    """
    word = _mask(values, lambda value: isinstance(value, str))
    number = _mask(values, _is_number)
    neither = ~word & ~number & _mask(values, lambda value: value is not None)
    if neither.any():
        found = type(values[neither][0]).__name__
        raise wrong_columns(
            where, found, f"the {name} column has values of the wrong type", "integers or words", "Convert it."
        )
    if number.sum() * 2 < word.sum() + number.sum():
        return _words(name, values, number, where)
    return _integers(name, values, word, number, where)


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Number) and not isinstance(value, bool | np.bool_)


def _mask(values: NDArray[Any], test: Callable[[object], bool]) -> NDArray[np.bool_]:
    return np.fromiter((test(value) for value in values), dtype=bool, count=len(values))


def _words(name: str, values: NDArray[Any], number: NDArray[np.bool_], where: str) -> tuple[pl.Series, list[OddIds]]:
    kept = [None if odd else value for value, odd in zip(values, number, strict=True)]
    return pl.Series(name, kept, dtype=pl.String), _odd("ids-mixed", name, "string", values, number, where)


def _integers(
    name: str, values: NDArray[Any], word: NDArray[np.bool_], number: NDArray[np.bool_], where: str
) -> tuple[pl.Series, list[OddIds]]:
    whole = _mask(values, lambda value: isinstance(value, numbers.Integral))
    large = _mask(values, lambda value: isinstance(value, numbers.Integral) and not -_LIMIT <= int(value) < _LIMIT)
    kept = [int(value) if good else None for value, good in zip(values, whole & ~large, strict=True)]
    odd = [
        *_odd("ids-mixed", name, "integer", values, word, where),
        *_odd("ids-not-whole", name, "integer", values, number & ~whole, where),
        *_odd("ids-too-large", name, "integer", values, large, where),
    ]
    return pl.Series(name, kept, dtype=pl.Int64), odd


def _odd(kind: str, name: str, majority: str, values: NDArray[Any], bad: NDArray[np.bool_], where: str) -> list[OddIds]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    most, minority = _WORDS[majority]
    said = problem(kind, where, found=quote(values[rows[0]]), lines=rows, column=name, majority=most, minority=minority)
    return [OddIds(rows, replace(said, unit="row"))]
