"""Whether a column of ids written as text is of integers or of words, and which ids do not belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from matinee.data.vocabulary import IdKind

MISSING: Final = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "\\N")
"""What files write where a value is missing."""

_INTEGER: Final = r"^[+-]?\d+$"
_DECIMAL: Final = r"^[+-]?\d+\.\d*$"
_CODE_LENGTH: Final = 6
"""Ids of mixed kind that all have one length, this or more, are codes (as in ASIN): words, all of them."""


@dataclass(frozen=True)
class Judgement:
    """The kind of the column and, each of shape ``(n,)``, which ids are not of it.

    ``mixed``: words among integers or numbers among words; ``decimal``: integers written like 1.0.
    """

    kind: IdKind
    mixed: pl.Series
    decimal: pl.Series

    @property
    def clean(self) -> bool:
        """Whether every id is of the kind."""
        return not (self.mixed.any() or self.decimal.any())


def judge(ids: pl.Series, only_integers: bool = False) -> Judgement:
    """Judge ``ids`` (String, no nulls, stripped): the kind most of them have."""
    integer, decimal = ids.str.contains(_INTEGER), ids.str.contains(_DECIMAL)
    number = integer | decimal
    nothing = pl.repeat(False, len(ids), dtype=pl.Boolean, eager=True)
    if number.all():
        return Judgement("integer", nothing, decimal)
    if only_integers:
        return Judgement("integer", ~number, decimal)
    if not number.any() or _are_codes(ids):
        return Judgement("string", nothing, nothing)
    if int(number.sum()) * 2 >= len(ids):
        return Judgement("integer", ~number, decimal)
    return Judgement("string", number, nothing)


def _are_codes(ids: pl.Series) -> bool:
    lengths = ids.str.len_chars()
    shortest = lengths.min()
    return shortest == lengths.max() and shortest is not None and int(str(shortest)) >= _CODE_LENGTH
