"""Ids in a column of Python objects: integers or words, and those of another kind than most."""

from __future__ import annotations

import numbers
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from matinee.data.problems import problem, quote, wrong_columns
from matinee.data.reading.id_kinds import ID_WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.vocabulary import IdKind
    from matinee.errors import Problem

_LIMIT: Final = 1 << 63
_GAP, _WORD, _WHOLE, _NUMBER, _NEITHER = range(5)


@dataclass(frozen=True)
class OddIds:
    """Rows of one column that hold no id of its kind, and the problem they have."""

    rows: NDArray[np.int64]
    problem: Problem


def object_ids(name: str, values: NDArray[Any], where: str) -> tuple[pl.Series, list[OddIds]]:
    """The ids in ``values`` (Python objects; ``None`` is a gap) as Int64 or String, whichever most are.

    Others become gaps, each named with its row (from 0). Raises `DataError` for what is neither a number
    nor a word.
    """
    sorts = _sorts(values)
    if (sorts == _NEITHER).any():
        kind = type(values[sorts == _NEITHER][0]).__name__
        what = f"the {name} column has values of the wrong type"
        raise wrong_columns(where, kind, what, "integers or words", "Convert it.")
    word = sorts == _WORD
    number = (sorts == _WHOLE) | (sorts == _NUMBER)
    if number.sum() * 2 < word.sum() + number.sum():
        return _words(name, values, number, where)
    return _integers(name, values, sorts, where)


def _sorts(values: NDArray[Any]) -> NDArray[np.int8]:
    """The sort of each value; decided once for each type, as there are few."""
    types = list(map(type, values))
    sort_of = {kind: _sort(kind) for kind in set(types)}
    return np.fromiter(map(sort_of.__getitem__, types), dtype=np.int8, count=len(types))


def _sort(kind: type) -> int:
    if kind is type(None):
        return _GAP
    if issubclass(kind, str):
        return _WORD
    if issubclass(kind, bool | np.bool_) or not issubclass(kind, numbers.Number):
        return _NEITHER
    return _WHOLE if issubclass(kind, numbers.Integral) else _NUMBER


def _words(name: str, values: NDArray[Any], number: NDArray[np.bool_], where: str) -> tuple[pl.Series, list[OddIds]]:
    words = [None if odd else value for value, odd in zip(values, number, strict=True)]
    return pl.Series(name, words, dtype=pl.String), _odd("ids-mixed", name, "string", values, number, where)


def _integers(name: str, values: NDArray[Any], sorts: NDArray[np.int8], where: str) -> tuple[pl.Series, list[OddIds]]:
    whole = sorts == _WHOLE
    large = whole.copy()
    large[whole] = [not -_LIMIT <= value < _LIMIT for value in values[whole]]
    integers = [int(value) if good else None for value, good in zip(values, whole & ~large, strict=True)]
    odd = [
        *_odd("ids-mixed", name, "integer", values, sorts == _WORD, where),
        *_odd("ids-not-whole", name, "integer", values, sorts == _NUMBER, where),
        *_odd("ids-too-large", name, "integer", values, large, where),
    ]
    return pl.Series(name, integers, dtype=pl.Int64), odd


def _odd(
    kind: str, name: str, majority: IdKind, values: NDArray[Any], bad: NDArray[np.bool_], where: str
) -> list[OddIds]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    mixed = problem(kind, where, found=quote(values[rows[0]]), lines=rows, column=name, **ID_WORDS[majority])
    return [OddIds(rows, replace(mixed, unit="row"))]
