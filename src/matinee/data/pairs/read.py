"""Tables of pairs from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.line_numbers import Consecutive
from matinee.data.pairs.table import PairTable
from matinee.data.pairs.text import read_text
from matinee.data.paths import is_archive, plain_file, readable, scratch_folder, shown
from matinee.data.problems import refusal
from matinee.data.reading.columns import PAIR_ROLES, pair_roles, parse_columns
from matinee.data.reading.typed_columns import is_parquet, whole_parquet
from matinee.errors import Problem

if TYPE_CHECKING:
    import os

    from matinee.data.reading.columns import ColumnsByRole

_MISSING: Final = "Check the path; it is the table of users and films to predict."
_TABLE: Final = "a CSV, TSV or Parquet file"


def read_pairs(path: str | os.PathLike[str], columns: str | None = None) -> PairTable:
    """The table of users and items at ``path``, every column and row kept.

    CSV, TSV, ``;``, ``|`` or ``::``-separated text, perhaps compressed, or Parquet. Columns go by the names
    that ratings files have, or as ``columns`` says (``"uid,film"``, ``"user=uid,item=film"``, or numbers
    from 1). Without a header the first two columns are the user and the film.

    Raises `DataError` where it cannot be read, has no such columns or a line that is not whole;
    `ConfigError` for ``columns`` that say nothing.
    """
    path = Path(path)
    columns_by_role = parse_columns(columns, PAIR_ROLES)
    with scratch_folder() as scratch, readable(path, _MISSING):
        _check_file(path)
        file = plain_file(path, scratch)
        if is_parquet(file) or path.suffix.lower() in (".parquet", ".pq"):
            return _read_parquet(file, shown(path), columns_by_role)
        return read_text(file, shown(path), columns_by_role, scratch)


def _check_file(path: Path) -> None:
    """`DataError` for what is no table, or holds none."""
    if not path.stat() or not path.is_file():
        raise _no_table(path, "this is not a file", _TABLE, "Give the table itself.")
    if not path.stat().st_size:
        raise _no_table(path, "the file is empty", "a header and one pair a line", "Export the table again.")
    if is_archive(path):
        raise _no_table(path, "this is an archive", _TABLE, "Unpack it, and give the table itself.")


def _no_table(path: Path, what: str, allowed: str, remedy: str) -> Exception:
    return refusal(Problem("not-a-table", what, shown(path), remedy, allowed=allowed))


def _read_parquet(path: Path, where: str, columns: ColumnsByRole) -> PairTable:
    with whole_parquet(where):
        frame = pl.read_parquet(path, glob=False)
    return PairTable(frame, pair_roles(frame.columns, columns, where), where, Consecutive(where, 1), text=False)
