"""Records of users into typed columns, with a problem for every line that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.metadata.people_files import USER
from matinee.data.problems import problem, quote
from matinee.data.reading.id_kinds import MISSING, as_integers
from matinee.data.reading.row_checks import RowChecks

if TYPE_CHECKING:
    from matinee.data.metadata.people_files import UserRecords
    from matinee.errors import Problem

_MISSING: Final = ("?", *{text.lower() for text in MISSING})
_MOSTLY: Final = 0.9
"""Share of the values of a column that are numbers where it holds quantities."""


def typed_people(records: UserRecords, where: str) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The table, and its problems: ``user`` (Int64 or String, distinct) and a Float64 or String column an attribute."""
    width = len(records.names)
    whole = [(line, *fields) for line, fields in records.rows if len(fields) == width]
    schema = {"": pl.Int64, **dict.fromkeys(records.names, pl.String)}
    frame = pl.DataFrame(whole, schema=schema, orient="row").with_columns(pl.col(pl.String).str.strip_chars())
    frame, ids, id_problems = _with_ids(frame, where)
    checks = RowChecks(where, len(frame), frame[""])
    attributes = [_attribute(frame[name], checks, records.is_code(name)) for name in records.names if name != USER]
    return pl.DataFrame([ids, *attributes]), (*_wrong_widths(records, where), *id_problems, *checks.problems)


def _wrong_widths(records: UserRecords, where: str) -> list[Problem]:
    """The lines with another number of fields than there are columns."""
    width = len(records.names)
    odd = [(line, len(fields)) for line, fields in records.rows if len(fields) != width]
    if not odd:
        return []
    lines = np.array([line for line, _ in odd])
    return [problem("people-fields", where, found=quote(f"{odd[0][1]} fields"), lines=lines, width=width)]


def _with_ids(frame: pl.DataFrame, where: str) -> tuple[pl.DataFrame, pl.Series, list[Problem]]:
    """The rows with an id of the kind that most have, each the first with its id; the ids; the problems of others."""
    texts = frame[USER]
    numbers = as_integers(texts)
    unfit = texts == "" if numbers is None else numbers.is_null()
    checks = RowChecks(where, len(frame), frame[""])
    allowed = "an id in every line" if numbers is None else "whole numbers, as most ids are"
    checks.mark("people-id", texts, unfit, allowed=allowed)
    ids = texts if numbers is None else numbers
    repeated = ~(ids.is_first_distinct() | unfit)
    checks.mark("people-twice", texts, repeated)
    return frame.filter(~checks.bad), ids.filter(~checks.bad), checks.problems


def _attribute(texts: pl.Series, checks: RowChecks, code: bool) -> pl.Series:
    """A column of quantities where nearly all are numbers, else of kinds; null where a value is missing."""
    present = ~texts.str.to_lowercase().is_in(_MISSING)
    numbers = texts.cast(pl.Float64, strict=False)
    numbers = numbers.set(~(present & numbers.is_finite().fill_null(False)), None)
    if code or numbers.count() < _MOSTLY * max(1, int(present.sum())):
        return texts.set(~present, None)
    checks.mark("people-number", texts, present & numbers.is_null())
    return numbers
