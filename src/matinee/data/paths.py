"""Paths that users give: shown, opened, unpacked, and the errors of the operating system in plain words."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from matinee.data.archives.formats import archive_kind
from matinee.data.archives.unpack import decompress
from matinee.data.problems import problem, refusal, refused

if TYPE_CHECKING:
    from collections.abc import Iterator


def shown(path: Path | str) -> str:
    """A path as text that can be printed, whatever bytes are in it."""
    return os.fsencode(path).decode("utf-8", errors="replace")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder for what has to be unpacked."""
    with tempfile.TemporaryDirectory(prefix="matinee-") as name:
        yield Path(name)


@contextmanager
def readable(path: Path, where_missing: str = "") -> Iterator[None]:
    """Turns the errors of the operating system into `DataError`; ``where_missing`` is another remedy."""
    try:
        yield
    except FileNotFoundError as error:
        missing = problem("missing-file", shown(path))
        raise refusal(replace(missing, remedy=where_missing or missing.remedy)) from error
    except PermissionError as error:
        raise refused("permission-denied", shown(path)) from error
    except OSError as error:
        raise refused("unreadable", shown(path), found=error.strerror or str(error)) from error


def is_archive(path: Path) -> bool:
    """True if ``path`` is a file that holds others: a zip or tar archive."""
    return path.is_file() and archive_kind(path) in ("zip", "tar")


def plain_file(path: Path, scratch: Path) -> Path:
    """``path`` as Polars can open it: unpacked if it is compressed, absolute, a link where its name is not Unicode."""
    if archive_kind(path) not in (None, "zip", "tar"):
        path = decompress(path, scratch)
    if shown(path) == str(path):
        return path.absolute()
    link = scratch / shown(path.name)
    link.symlink_to(path.resolve())
    return link
