"""The columns of a ratings source once parsed, before they are validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from matinee.data.places import Places
    from matinee.data.problems import Problem


@dataclass(frozen=True)
class Table:
    """Parsed rows: ``user`` and ``item`` (integers or String), ``rating`` (Float32), perhaps ``timestamp``.

    ``frame`` holds no nulls. ``timestamp`` is Int64, in whatever unit the source has. Rows that could
    not be parsed are not in it: ``problems`` names them. ``rows`` counts them all.
    """

    frame: pl.DataFrame
    places: Places
    rows: int
    problems: tuple[Problem, ...] = ()
