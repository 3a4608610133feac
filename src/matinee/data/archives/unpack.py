"""Archives and compressed files, unpacked safely: nothing outside the folder, no bombs, no half files.

Zip, tar (plain or compressed) and single files in gzip, zstandard, bzip2 or xz are told apart by their
content, never by their name. Whatever is wrong raises `DataError` with one fatal problem, whose kind is
``archive-truncated``, ``archive-corrupt``, ``archive-outside``, ``archive-bomb``, ``archive-encrypted``,
``archive-link``, ``archive-unsupported``, ``archive-member-missing`` or ``archive-unknown``.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.data.archives.formats import archive_kind, opened, walk
from matinee.data.archives.limits import LARGEST_BYTES, Budget
from matinee.data.problems import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from matinee.data.archives.formats import Entry

PACKED_SUFFIXES = frozenset({".gz", ".zst", ".zstd", ".bz2", ".xz"})


def archive_members(path: Path) -> tuple[str, ...]:
    """The names of the files (not folders) in a zip or tar archive, in its order, with ``/`` between parts.

    Raises `DataError` where the archive is hostile or damaged. A compressed tar is read to its end.
    """
    budget = Budget.for_file(path, LARGEST_BYTES)
    return tuple(dict.fromkeys(entry.name for entry in walk(path, budget)))


def extract(
    path: Path,
    into: Path,
    *,
    members: Collection[str] | Callable[[str], bool] | None = None,
    max_bytes: int = LARGEST_BYTES,
) -> list[Path]:
    """Unpack a zip or tar archive into the folder ``into``, all of it or only ``members``.

    ``members`` are names as `archive_members` gives them, or a function that is true of those to unpack.
    ``into`` is made if absent; files of the same names there are replaced. More than ``max_bytes`` is refused.
    Gives the paths of the files, in the order of the archive. They appear under their names only once
    the whole archive has been read and its checksums agree: on `DataError` the folder is as it was.
    """
    budget = Budget.for_file(path, max_bytes)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".matinee-", dir=into) as name:
        names = _unpack(path, Path(name), members, budget)
        return [_put(Path(name) / member, into / member, path) for member in names]


def decompress(path: Path, into: Path, *, max_bytes: int = LARGEST_BYTES) -> Path:
    """Unpack one gzip, zstandard, bzip2 or xz file into the folder ``into``; returns the unpacked file.

    It is named like ``path`` without ``.gz`` or the like, and appears only once whole.
    Raises `DataError` where the file is damaged, cut off, or unpacks to more than ``max_bytes``.
    """
    kind = archive_kind(path)
    if kind is None or kind == "zip":
        raise refused("archive-unknown", str(path))
    name = path.stem if path.suffix.lower() in PACKED_SUFFIXES else f"{path.name}.unpacked"
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".matinee-", dir=into) as folder:
        part = Path(folder) / "part"
        with opened(path, Budget.for_file(path, max_bytes)) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        return part.replace(into / name)


def _unpack(
    path: Path, folder: Path, members: Collection[str] | Callable[[str], bool] | None, budget: Budget
) -> list[str]:
    """Write ``members`` under ``folder``; their names, each once."""
    needed = set() if members is None or callable(members) else set(members)
    matches = members if callable(members) else (lambda name: members is None or name in needed)
    names: dict[str, None] = {}
    for entry in walk(path, budget):
        if matches(entry.name):
            _write(entry, folder / entry.name, path)
            names[entry.name] = None
    missing = sorted(needed - names.keys())
    if missing:
        raise refused("archive-member-missing", str(path), found=", ".join(missing))
    return list(names)


def _write(entry: Entry, target: Path, path: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        file = target.open("wb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise refused("archive-corrupt", str(path), found=f"{entry.name} is both a file and a folder") from error
    with file, entry.open() as source:
        shutil.copyfileobj(source, file, 1 << 20)


def _put(part: Path, final: Path, path: Path) -> Path:
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        return part.replace(final)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise refused("archive-in-the-way", str(path), found=str(final)) from error
