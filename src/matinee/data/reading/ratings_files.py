"""Files of ratings behind a path: a file, a folder, an archive; unpacked for as long as needed."""

from __future__ import annotations

import re
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from matinee.data.archives.unpack import PACKED_SUFFIXES, archive_members, extract
from matinee.data.paths import is_archive, plain_file, readable, scratch_folder, shown
from matinee.data.problems import quote, refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_RATINGS_NAMES: Final = (
    "ratings.csv",
    "ratings.dat",
    "ratings.parquet",
    "ratings.tsv",
    "u.data",
    "combined_data_*.txt",
    "ratings_small.csv",
)
"""The ratings in a folder or archive, the best first: the whole of Kaggle's set before its small part."""

_TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv", ".dat", ".data", ".parquet", ".txt"})
_NOT_RATINGS: Final = re.compile(r"readme|licen[cs]e|^(movie|link|tag|genome|keyword|credit|title|user)", re.IGNORECASE)
"""Names of the other files of a data set."""
_DEPTH: Final = 3
"""Folders deep that ratings are looked for."""


@dataclass(frozen=True)
class RatingsFile:
    """One file of ratings on disk, unpacked, and the name it has in messages."""

    path: Path
    where: str


@dataclass(frozen=True)
class Opened:
    """The files of ratings behind a path.

    ``beside`` is the folder or archive in which titles may be, ``name`` that of the whole in messages; ``others``
    may be ratings too.
    """

    files: tuple[RatingsFile, ...]
    beside: Path
    name: str
    others: tuple[str, ...] = ()


@contextmanager
def open_ratings(path: Path) -> Iterator[Opened]:
    """The ratings behind ``path``; what had to be unpacked is removed afterwards.

    Raises `DataError` where there is nothing that could be read as ratings.
    """
    with scratch_folder() as scratch:
        with readable(path):
            opened = _open(path, scratch)
        yield opened


def _open(path: Path, scratch: Path) -> Opened:
    if "\0" in str(path):
        raise FileNotFoundError
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _several(path, list(_names(path, _DEPTH)), scratch)
    if not stat.S_ISREG(mode):
        raise refused("not-a-file", shown(path))
    if path.stat().st_size == 0:
        raise refused("empty-file", shown(path))
    if is_archive(path):
        return _several(path, archive_members(path), scratch)
    return Opened((RatingsFile(plain_file(path, scratch), shown(path)),), path.parent, shown(path))


def _several(path: Path, names: Sequence[str], scratch: Path) -> Opened:
    """The ratings among the files ``names`` of a folder or archive."""
    chosen = choose(names, shown(path))
    folder = path
    beside = (path / chosen[0]).parent
    if not path.is_dir():
        extract(path, scratch, members=set(chosen))
        folder = scratch
        beside = path
    files = tuple(RatingsFile(plain_file(folder / name, scratch), shown(path / name)) for name in chosen)
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return Opened(files, beside, f"{files[0].where}{more}", others(names, chosen))


def _names(folder: Path, depth: int) -> Iterator[str]:
    """The files below ``folder``, ``depth`` folders deep, hidden ones left out."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_file():
            yield entry.name
        elif depth > 1 and entry.is_dir():
            yield from (f"{entry.name}/{name}" for name in _names(entry, depth - 1))


def choose(names: Iterable[str], where: str) -> list[str]:
    """The ratings among the files ``names``: by well-known name, or the only table there is."""
    visible = _visible(names)
    for pattern in _RATINGS_NAMES:
        matches = [name for name in visible if fnmatch(_base(name), pattern)]
        if matches:
            folder = PurePosixPath(matches[0]).parent
            return [name for name in matches if PurePosixPath(name).parent == folder] if "*" in pattern else matches[:1]
    tables = [name for name in visible if _is_table(name)]
    if len(tables) == 1:
        return tables
    listing = ", ".join(visible[:6]) + (f" and {len(visible) - 6} more" if len(visible) > 6 else "")
    raise refused("no-ratings-inside", where, found=quote(listing) if listing else "no files")


def others(names: Iterable[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Files among ``names`` that are named like ratings too, beside the ``chosen``."""
    patterns = (*_RATINGS_NAMES, "*rating*")
    tables = (name for name in _visible(names) if _is_table(name) and name not in chosen)
    return tuple(name for name in tables if any(fnmatch(_base(name), pattern) for pattern in patterns))


def _visible(names: Iterable[str]) -> list[str]:
    """``names`` without files of the operating system, the least deep first."""
    visible = [name for name in names if not name.startswith("__MACOSX/") and not _base(name).startswith(".")]
    return sorted(visible, key=lambda name: (name.count("/"), _natural(name)))


def _is_table(name: str) -> bool:
    return PurePosixPath(_base(name)).suffix in _TABLE_SUFFIXES and not _NOT_RATINGS.match(_base(name))


def _base(name: str) -> str:
    """The last part of a name, in lower case, without the suffix of a compressed file."""
    path = PurePosixPath(name.lower())
    return path.stem if path.suffix in PACKED_SUFFIXES else path.name


def _natural(name: str) -> list[tuple[int, str]]:
    """Key that sorts ``part_2`` before ``part_10``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
