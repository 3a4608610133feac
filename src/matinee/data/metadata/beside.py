"""Files that belong to ratings and lie beside them: in the same folder, or in the same archive."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.data.download.archive import archive_kind, decompress, extract
from matinee.data.problems import Problem
from matinee.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def holds_files(path: Path) -> bool:
    """Whether ``path`` is a zip or tar archive."""
    return path.is_file() and archive_kind(path) in ("zip", "tar")


@contextmanager
def opened_folder(place: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    """``place`` itself where it is a folder; else those files of the archive that are ``wanted`` by name, unpacked."""
    if place.is_dir():
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="matinee-") as name:
        extract(place, name, members=wanted)
        yield Path(name)


@contextmanager
def plain_file(path: Path) -> Iterator[Path]:
    """``path``, or what it holds where it is compressed."""
    if archive_kind(path) is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="matinee-") as name:
        yield decompress(path, name)


def candidates(folder: Path, patterns: Sequence[str], *, deep: bool) -> list[Path]:
    """Files named like one of ``patterns`` in ``folder`` and, if ``deep``, two folders down: the likeliest first."""
    folders = [folder, folder.parent] if folder.name == "training_set" else [folder]  # the Netflix Prize
    globs = ("*", "*/*", "*/*/*") if deep else ("*",)
    files = [file for place in folders for glob in globs for file in sorted(place.glob(glob))]
    return [file for pattern in patterns for file in files if named(file.name, [pattern]) and file.is_file()]


def named(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file of this name (folders before it do not matter) is named like one of ``patterns``."""
    base = name.rsplit("/", 1)[-1].lower()
    return any(re.fullmatch(pattern, base) for pattern in patterns)


def refuse(kind: str, path: Path, what: str, remedy: str) -> DataError:
    """The error for a file that cannot be used at all."""
    problem = Problem(kind, what, str(path), remedy, fatal=True)
    return DataError(str(problem), (problem,))
