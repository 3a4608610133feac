"""The ids of pairs, checked: missing ones, and ids of another kind than the model's, are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.problems import quote
from matinee.data.reading.id_kinds import MISSING

if TYPE_CHECKING:
    from matinee.data.pairs.table import PairTable
    from matinee.data.vocabulary import Vocabulary

_INTEGER: Final = r"^[+-]?\d+$"
_FILL: Final = "Fill it in, or remove the row."


def checked_ids(pairs: PairTable, column: str, vocabulary: Vocabulary) -> pl.Series:
    """The ids in ``column``: numbers, perhaps written as text, or words, as the vocabulary's are.

    Raises `DataError`, with the lines, where an id is missing or not of the vocabulary's kind.
    """
    ids = _named(pairs, column)
    missing = ids.is_null() | (ids.is_in(MISSING) if ids.dtype == pl.String else False)
    if missing.any():
        what = f"the {vocabulary.name} is missing"
        raise pairs.refuse(missing, "missing-value", what, "nothing", "an id in every row", _FILL)
    odd = _odd(ids, pairs.text, vocabulary)
    if odd.any():
        raise _wrong_kind(pairs, ids, odd, vocabulary)
    return ids


def _named(pairs: PairTable, column: str) -> pl.Series:
    """The ids as they can be compared: words stripped and never of a special type, NaN a gap."""
    ids = pairs.frame[column]
    if ids.dtype in (pl.Categorical, pl.Enum):
        ids = ids.cast(pl.String)
    if ids.dtype.is_float():
        return ids.fill_nan(None)
    return ids.str.strip_chars() if ids.dtype == pl.String else ids


def _odd(ids: pl.Series, text: bool, vocabulary: Vocabulary) -> pl.Series:
    """Mask of the ids that are not of the vocabulary's kind."""
    if ids.dtype != pl.String or not text:
        right = ids.dtype == pl.String if vocabulary.kind == "string" else ids.dtype.is_integer()
        return pl.repeat(not right, len(ids), dtype=pl.Boolean, eager=True)
    numbers = ids.str.contains(_INTEGER)
    if vocabulary.kind == "integer":
        return ~numbers
    return numbers & (not vocabulary.ids.str.contains(_INTEGER).any())


def _wrong_kind(pairs: PairTable, ids: pl.Series, odd: pl.Series, vocabulary: Vocabulary) -> Exception:
    name = vocabulary.name
    kind = vocabulary.kind
    what = f"the {name} ids are not {kind}s, as the model's are"
    remedy = f"Check that the column is the right one (--columns), and that the {name}s are the model's."
    if ids.dtype.is_float() or (ids.dtype == pl.String and ids.filter(odd).str.contains(r"^\d+\.\d*$").any()):
        remedy = "Write 1, not 1.0 (in pandas: astype('int64'))."
    allowed = f"{kind}s like {vocabulary.ids[0]!r}"
    return pairs.refuse(odd, "ids-of-another-kind", what, quote(ids.filter(odd)[0]), allowed, remedy)
