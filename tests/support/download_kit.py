"""What the tests of downloading share: a small data set, patience that does not wait, and what must not be left."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from matinee.data.download.sources import DataSet, Place, RemoteFile
from matinee.data.download.transfer import Patience

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Patience(attempts=3, first_wait=0.001, read=300.0, connect=300.0, window=300.0)
"""Tries again at once, and never takes a server for stalled, however slow the machine."""

IMPATIENT = replace(QUICK, attempts=100, read=0.5, slowest=10_000, window=0.2)
"""Takes a silent or trickling server for stalled soon, and tries until it has the file."""

RATINGS = "userId,movieId,rating,timestamp\n" + "".join(
    f"{random.Random(row).randrange(10**6)},{row % 97},{row % 5 + 1},{10**9 + row}\n" for row in range(6000)
)


def zipped(files: dict[str, str], folder: str = "ml-tiny/") -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(folder + name), text)
    return memory.getvalue()


ZIP = zipped({"ratings.csv": RATINGS, "movies.csv": "movieId,title,genres\n1,Toy Story (1995),Comedy\n"})


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def pinned(url: str, body: bytes = ZIP) -> RemoteFile:
    return RemoteFile(url, len(body), md5(body), hashlib.sha256(body).hexdigest())


def data_set(*files: RemoteFile, name: str = "ml-tiny") -> tuple[DataSet, ...]:
    """One data set that each of ``files`` has the whole of, in a place of its own."""
    places = tuple(Place("a test", (file,)) for file in files)
    return (DataSet(name, "a test", "https://example.org/ml-tiny", places),)


def is_whole(folder: Path) -> bool:
    """Whether the small data set lies there, byte by byte."""
    return (folder / "ratings.csv").read_text("utf-8") == RATINGS and (folder / "movies.csv").is_file()


def left_over(directory: Path) -> list[str]:
    """Everything in ``directory``, hidden files too."""
    return sorted(path.name for path in directory.iterdir())
