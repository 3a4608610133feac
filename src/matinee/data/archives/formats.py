"""Reading zip and tar archives and compressed streams, one member after another."""

from __future__ import annotations

import importlib
import stat
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Final, Literal, cast

from matinee.data.archives.limits import Budget, Guarded, damaged, safe_name
from matinee.data.problems import refused
from matinee.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ArchiveKind = Literal["zip", "tar", "gz", "zst", "bz2", "xz"]

_MAGIC: Final[tuple[tuple[bytes, ArchiveKind], ...]] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_MODULES: Final = {
    "gz": "gzip",
    "bz2": "bz2",
    "xz": "lzma",
    "zst": "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd",
}


@dataclass(frozen=True)
class Entry:
    """One file of an archive; ``open`` gives its bytes, only until the next entry is asked for."""

    name: str
    open: Callable[[], Guarded]


def archive_kind(path: Path) -> ArchiveKind | None:
    """The kind of archive or compressed file at ``path``, by its content.

    ``"zip"``, ``"tar"`` (compressed or not), ``"gz"``, ``"zst"``, ``"bz2"`` or ``"xz"`` for a single
    compressed file, ``None`` for anything else.
    """
    kind = _packing(path)
    if kind == "zip":
        return "zip"
    return "tar" if _is_tar(_first_block(path, kind)) else kind


def walk(path: Path, budget: Budget) -> Iterator[Entry]:
    """Each file of a zip or tar archive, in its order; `DataError` where it is hostile or damaged."""
    kind = archive_kind(path)
    if kind not in ("zip", "tar"):
        with opened(path, budget) as stream:
            stream.read(tarfile.BLOCKSIZE)  # says what is wrong with a compressed tar that cannot be begun
        raise refused("archive-unknown", str(path))
    walker = _walk_zip if kind == "zip" else _walk_tar
    try:
        yield from walker(path, budget)
    except (DataError, GeneratorExit):
        raise
    except Exception as error:  # the archive readers of Python raise a dozen kinds on damaged input
        raise damaged(path, error) from error


def opened(path: Path, budget: Budget) -> Guarded:
    """The bytes of ``path``, decompressed if it is compressed, counted against ``budget``."""
    return Guarded(_decompressing(path, _packing(path)), budget)


def _packing(path: Path) -> ArchiveKind | None:
    with path.open("rb") as file:
        head = file.read(8)
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def _decompressing(path: Path, kind: ArchiveKind | None) -> IO[bytes]:
    if kind is None:
        return path.open("rb")
    try:
        module = importlib.import_module(_MODULES[kind])
    except ImportError as error:
        raise damaged(path, error) from error
    return cast("IO[bytes]", module.open(path, "rb"))


def _first_block(path: Path, kind: ArchiveKind | None) -> bytes:
    """The first 512 bytes once decompressed; none where that cannot be done."""
    try:
        with _decompressing(path, kind) as stream:
            return stream.read(tarfile.BLOCKSIZE)
    except Exception:  # reading the whole file raises it again
        return b""


def _is_tar(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def _walk_zip(path: Path, budget: Budget) -> Iterator[Entry]:
    if not zipfile.is_zipfile(path):
        raise refused("archive-truncated", str(path), found="no list of contents at the end")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = [_check_zip(member, budget) for member in members]
        budget.check(sum(member.file_size for member in members))
        for member, name in zip(members, names, strict=True):
            if not member.is_dir():
                yield Entry(name, partial(_zip_member, archive, member, budget))


def _check_zip(member: zipfile.ZipInfo, budget: Budget) -> str:
    budget.member()
    name = safe_name(member.orig_filename, budget.path)
    mode = stat.S_IFMT(member.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise refused("archive-link", str(budget.path), found=name)
    if member.flag_bits & 0x1:
        raise refused("archive-encrypted", str(budget.path), found=name)
    return name


def _walk_tar(path: Path, budget: Budget) -> Iterator[Entry]:
    """Members as they stream by: the whole of it is counted and its checksum checked, wanted or not."""
    with opened(path, budget) as stream:
        with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|") as archive:
            for member in archive:
                name = _check_tar(member, budget)
                if member.isreg():
                    yield Entry(name, partial(_tar_member, archive, member, path))
        stream.drain()
        if stream.tail.strip(b"\0"):
            # tarfile takes a header that is cut off for the end of the archive; a whole one ends in zeros.
            raise refused("archive-truncated", str(path), found="no end mark")


def _check_tar(member: tarfile.TarInfo, budget: Budget) -> str:
    budget.member()
    name = safe_name(member.name, budget.path)
    if member.issparse() or not (member.isreg() or member.isdir()):
        raise refused("archive-link", str(budget.path), found=name)
    budget.check(budget.spent - tarfile.BLOCKSIZE + member.size)
    return name


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Guarded:
    try:
        return Guarded(archive.open(member), budget)
    except Exception as error:  # as in `walk`, which is not on the stack here
        raise damaged(budget.path, error) from error


def _tar_member(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> Guarded:
    stream = archive.extractfile(member)
    assert stream is not None
    counted_already = Budget(path, sys.maxsize)
    return Guarded(stream, counted_already)
