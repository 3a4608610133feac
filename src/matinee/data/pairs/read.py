"""Reading a table of pairs from a file."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.download.archive import archive_kind, decompress
from matinee.data.pairs.columns import moments, parse_pair_columns, sides
from matinee.data.pairs.table import Pairs, refused
from matinee.data.pairs.text import read_text
from matinee.data.places import Offset
from matinee.data.problems import Problem
from matinee.data.reading.parquet import is_parquet
from matinee.data.reading.source import said_plainly, shown
from matinee.data.wording import problem

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from matinee.data.reading.columns import Chosen

_MISSING: Final = "Check the path; it is the table of users and films to predict."


def read_pairs(path: str | os.PathLike[str], columns: str | None = None) -> Pairs:
    """The table of users and items at ``path``, every column and row kept.

    CSV, TSV, ``;``, ``|`` or ``::``-separated text, perhaps compressed, or Parquet. Columns go by the names
    that ratings files have, or as ``columns`` says (``"uid,film"``, ``"user=uid,item=film"``, or numbers
    from 1). Without a header the first two columns are the user and the film.

    Raises `DataError` where it cannot be read, has no such columns or a line that is not whole;
    `ConfigError` for ``columns`` that say nothing.
    """
    path, chosen = Path(path), parse_pair_columns(columns)
    with tempfile.TemporaryDirectory(prefix="matinee-") as scratch, said_plainly(path, _MISSING):
        file = _plain(path, Path(scratch))
        if is_parquet(file) or path.suffix.lower() in (".parquet", ".pq"):
            return _parquet(file, shown(path), chosen)
        with _unix_newlines(file, Path(scratch)) as text:
            return read_text(text, shown(path), chosen)


def _plain(path: Path, scratch: Path) -> Path:
    """The file as it can be read: unpacked if it is compressed."""
    if not path.stat() or not path.is_file():
        raise _refuse(path, "this is not a file", "a CSV, TSV or Parquet file", "Give the table itself.")
    if not path.stat().st_size:
        raise _refuse(path, "the file is empty", "a header and one pair a line", "Export the table again.")
    kind = archive_kind(path)
    if kind in ("zip", "tar"):
        raise _refuse(path, "this is an archive", "a CSV, TSV or Parquet file", "Unpack it, and give the table itself.")
    return _openable(path if kind is None else decompress(path, scratch), scratch)


def _openable(path: Path, scratch: Path) -> Path:
    """``path`` as Polars can open it: absolute, and a link where its name is not Unicode."""
    if shown(path.absolute()) == str(path.absolute()):
        return path.absolute()
    link = scratch / "link-to-pairs"
    link.symlink_to(path.resolve())
    return link


def _refuse(path: Path, what: str, allowed: str, remedy: str) -> Exception:
    return refused(Problem("not-a-table", what, shown(path), remedy, allowed=allowed))


@contextmanager
def _unix_newlines(path: Path, scratch: Path) -> Iterator[Path]:
    """The file, or a copy of it where lines end in CR alone, as on old Macs."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if b"\r" not in head[:-1] or b"\n" in head:
        yield path
        return
    copy = scratch / "pairs.txt"
    copy.write_bytes(path.read_bytes().replace(b"\r", b"\n"))
    yield copy


def _parquet(path: Path, where: str, chosen: Chosen) -> Pairs:
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise refused(problem("parquet-damaged", where)) from error
    user, item = sides(frame.columns, chosen, where)
    return Pairs(frame, user, item, where, Offset(where, 1), text=False, time=moments(frame.columns, chosen, where))
