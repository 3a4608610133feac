"""What stands behind a path: a file, a folder, an archive; unpacked for as long as needed."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from matinee.data.download.archive import archive_kind, archive_members, decompress, extract
from matinee.data.wording import problem, quote, refusal

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
_PACKED_SUFFIXES: Final = frozenset({".gz", ".zst", ".zstd", ".bz2", ".xz"})
_NOT_RATINGS: Final = re.compile(r"readme|licen[cs]e|^(movie|link|tag|genome|keyword|credit|title|user)", re.IGNORECASE)
"""What the other files of a data set are named like."""
_DEPTH: Final = 3
"""How many folders deep ratings are looked for."""


@dataclass(frozen=True)
class RatingsFile:
    """One file of ratings on disk, unpacked, and the name it has in messages."""

    path: Path
    where: str


@dataclass(frozen=True)
class Opened:
    """The files of ratings behind a path, where titles may be, a name for the whole, and what else may be ratings."""

    files: tuple[RatingsFile, ...]
    beside: Path
    name: str
    others: tuple[str, ...] = ()


@contextmanager
def open_source(path: Path) -> Iterator[Opened]:
    """The ratings behind ``path``; what had to be unpacked is removed afterwards.

    Raises `DataError` where there is nothing that could be read as ratings.
    """
    with tempfile.TemporaryDirectory(prefix="matinee-") as scratch:
        with said_plainly(path):
            opened = _open(path, Path(scratch))
        yield opened


@contextmanager
def said_plainly(path: Path, where_missing: str = "") -> Iterator[None]:
    """Turns the errors of the operating system into `DataError`; ``where_missing`` is another remedy."""
    try:
        yield
    except FileNotFoundError as error:
        found = problem("missing-file", shown(path))
        raise refusal(replace(found, remedy=where_missing or found.remedy)) from error
    except PermissionError as error:
        raise refusal(problem("permission-denied", shown(path))) from error
    except OSError as error:
        raise refusal(problem("unreadable", shown(path), found=error.strerror or str(error))) from error


def _open(path: Path, scratch: Path) -> Opened:
    if "\0" in str(path):
        raise FileNotFoundError
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return _folder(path, scratch)
    if not stat.S_ISREG(mode):
        raise refusal(problem("not-a-file", shown(path)))
    if path.stat().st_size == 0:
        raise refusal(problem("empty-file", shown(path)))
    if archive_kind(path) in ("zip", "tar"):
        return _archive(path, scratch)
    return Opened((_unpacked(path, shown(path), scratch),), path.parent, shown(path))


def _folder(path: Path, scratch: Path) -> Opened:
    names = list(_names(path, _DEPTH))
    chosen = choose(names, shown(path))
    files = tuple(_unpacked(path / name, shown(path / name), scratch) for name in chosen)
    return Opened(files, (path / chosen[0]).parent, _joined(path, chosen), others(names, chosen))


def _archive(path: Path, scratch: Path) -> Opened:
    names = archive_members(path)
    chosen = choose(names, shown(path))
    extract(path, scratch, members=set(chosen))
    files = tuple(_unpacked(scratch / name, shown(path / name), scratch) for name in chosen)
    return Opened(files, path, _joined(path, chosen), others(names, chosen))


def _unpacked(path: Path, where: str, scratch: Path) -> RatingsFile:
    if archive_kind(path) not in (None, "zip", "tar"):
        path = decompress(path, scratch)
    return RatingsFile(_with_plain_name(path, scratch), where)


def _with_plain_name(path: Path, scratch: Path) -> Path:
    """``path`` as Polars can open it: absolute, and a link where it is not Unicode."""
    if shown(path) == str(path):
        return path.absolute()
    link = scratch / f"ratings{shown(Path(path.suffix))}"
    link.symlink_to(path.resolve())
    return link


def shown(path: Path | str) -> str:
    """A path as text that can be printed, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _joined(path: Path, names: Sequence[str]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{shown(path / names[0])}{more}"


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
    found = ", ".join(visible[:6]) + (f" and {len(visible) - 6} more" if len(visible) > 6 else "")
    raise refusal(problem("no-ratings-inside", where, found=quote(found) if found else "no files"))


def others(names: Iterable[str], chosen: Sequence[str]) -> tuple[str, ...]:
    """Those of the files ``names`` that are named like ratings too, beside the ``chosen``."""
    patterns = (*_RATINGS_NAMES, "*rating*")
    tables = (name for name in _visible(names) if _is_table(name) and name not in chosen)
    return tuple(name for name in tables if any(fnmatch(_base(name), pattern) for pattern in patterns))


def _visible(names: Iterable[str]) -> list[str]:
    """Without what systems put there, the least deep first."""
    visible = [name for name in names if not name.startswith("__MACOSX/") and not _base(name).startswith(".")]
    return sorted(visible, key=lambda name: (name.count("/"), _natural(name)))


def _is_table(name: str) -> bool:
    return PurePosixPath(_base(name)).suffix in _TABLE_SUFFIXES and not _NOT_RATINGS.match(_base(name))


def _base(name: str) -> str:
    """The last part of a name, in lower case, without the suffix of a compressed file."""
    path = PurePosixPath(name.lower())
    return path.stem if path.suffix in _PACKED_SUFFIXES else path.name


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts ``part_2`` before ``part_10``."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
