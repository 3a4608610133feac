"""Ratings in a Parquet file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.reading.columns import Chosen, by_name
from matinee.data.reading.frames import typed_table
from matinee.data.wording import problem, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.table import Table

MAGIC: Final = b"PAR1"


def is_parquet(path: Path) -> bool:
    """Whether the file at ``path`` is, or claims to be, Parquet."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC or path.suffix.lower() in (".parquet", ".pq")


def read_parquet(path: Path, where: str, chosen: Chosen) -> Table:
    """The table in the Parquet file at ``path``; lines are its rows, from 1."""
    try:
        names = list(pl.read_parquet_schema(path))
        roles = by_name(names, chosen, where)
        used = {names[position]: role for role, position in roles.positions.items()}
        frame = pl.read_parquet(path, columns=list(used), glob=False).rename(used)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise refusal(problem("parquet-damaged", where)) from error
    return typed_table(frame, where)
