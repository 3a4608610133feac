"""Kinds of ids written as text: integers or words, and the ids of another kind than most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from matinee.data.vocabulary import IdKind

MISSING: Final = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "\\N")
"""Texts that files hold where a value is missing."""

ID_WORDS: Final[dict[IdKind, dict[str, str]]] = {
    "integer": {"majority": "most are integers", "minority": "a word"},
    "string": {"majority": "most are words", "minority": "a number"},
}
"""Texts of the problem of ids of mixed kind, by the kind that most have."""

_INTEGER: Final = r"^[+-]?\d+$"
_DECIMAL: Final = r"^[+-]?\d+\.\d*$"
_CODE_LENGTH: Final = 6
"""Ids of mixed kind that all have one length, this or more, are codes (as in ASIN): words, all of them."""


@dataclass(frozen=True)
class IdKinds:
    """The kind of the column, and masks of the ids that are not of it, each of shape ``(n,)``.

    ``mixed``: words among integers or numbers among words; ``decimal``: integers written like 1.0.
    """

    kind: IdKind
    mixed: pl.Series
    decimal: pl.Series

    @property
    def clean(self) -> bool:
        """True if every id is of the kind."""
        return not (self.mixed.any() or self.decimal.any())


def as_integers(ids: pl.Series) -> pl.Series | None:
    """``ids`` (String) as Int64, null where one is a word; ``None`` where no more than half are integers."""
    numbers = ids.cast(pl.Int64, strict=False)
    return numbers if numbers.null_count() * 2 < len(ids) else None


def judge(ids: pl.Series, only_integers: bool = False) -> IdKinds:
    """Judge ``ids`` (String, no nulls, stripped): the kind most of them have."""
    integer = ids.str.contains(_INTEGER)
    decimal = ids.str.contains(_DECIMAL)
    number = integer | decimal
    none = pl.repeat(False, len(ids), dtype=pl.Boolean, eager=True)
    if number.all():
        return IdKinds("integer", none, decimal)
    if only_integers:
        return IdKinds("integer", ~number, decimal)
    if not number.any() or _are_codes(ids):
        return IdKinds("string", none, none)
    if int(number.sum()) * 2 >= len(ids):
        return IdKinds("integer", ~number, decimal)
    return IdKinds("string", number, none)


def _are_codes(ids: pl.Series) -> bool:
    lengths = ids.str.len_chars()
    shortest = lengths.min()
    return shortest == lengths.max() and shortest is not None and int(str(shortest)) >= _CODE_LENGTH
