"""Files that belong to ratings and lie beside them, in the same folder or archive: found by name, or named."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from matinee.data.archives.unpack import extract
from matinee.data.paths import is_archive, plain_file, scratch_folder
from matinee.data.problems import refusal
from matinee.errors import DataError, Problem

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    PathLike = str | os.PathLike[str]


class _Sized(Protocol):
    def __len__(self) -> int: ...


Content = TypeVar("Content", bound=_Sized)


@dataclass(frozen=True)
class BesideRatings(Generic[Content]):
    """One kind of file beside ratings.

    Attributes
    ----------
    kind : begins the names of problems with it.
    content : its contents in words, such as ``"titles"``.
    remedy : files that can be given.
    patterns : regular expressions for its usual names, the likeliest first; in lower case.
    companions : the same for files that it needs beside it.
    read : the content of a file, and its name in messages; ``None`` for another kind of file; or `DataError`.

    """

    kind: str
    content: str
    remedy: str
    patterns: tuple[str, ...]
    companions: tuple[str, ...]
    read: Callable[[Path, str], Content | None]

    def find(self, folder_or_file: PathLike) -> Content | None:
        """The content beside the ratings in a folder, beside a file or in an archive, if any can be read."""
        path = Path(folder_or_file)
        return self._inside(path if path.is_dir() or is_archive(path) else path.parent, deep=not path.is_file())

    def read_named(self, file: PathLike) -> Content:
        """The content of a file (or folder or archive that holds it); `DataError` where there is none."""
        path = Path(file)
        if not path.exists():
            raise unusable(f"{self.kind}-missing", path, f"there is no such file of {self.content}", "Check the path.")
        content = self._inside(path, deep=True) if path.is_dir() or is_archive(path) else self._read_file(path)
        if content is None or not len(content):
            raise unusable(f"{self.kind}-unreadable", path, f"no {self.content} can be read from it", self.remedy)
        return content

    def matches(self, name: str) -> bool:
        """True if a file of this name (folders before it do not matter) is of this kind or its companion."""
        return _matches(name, (*self.patterns, *self.companions))

    def _read_file(self, path: Path) -> Content:
        with scratch_folder() as scratch:
            content = self.read(plain_file(path, scratch), str(path))
        if content is None:
            raise unusable(f"{self.kind}-unreadable", path, f"this is not a file of {self.content}", self.remedy)
        return content

    def _inside(self, place: Path, *, deep: bool) -> Content | None:
        """The first that can be read in a folder or archive."""
        with self._folder(place) as folder:
            files = self._candidates(folder, deep=deep or folder != place)
            contents = (self._try(file, str(file) if folder == place else f"{place}: {file.name}") for file in files)
            return next((content for content in contents if content is not None and len(content)), None)

    @contextmanager
    def _folder(self, place: Path) -> Iterator[Path]:
        """``place`` itself where it is a folder; else those files of the archive that match, unpacked."""
        if place.is_dir():
            yield place
            return
        with scratch_folder() as scratch:
            extract(place, scratch, members=self.matches)
            yield scratch

    def _candidates(self, folder: Path, *, deep: bool) -> list[Path]:
        """Files that match in ``folder`` and, if ``deep``, two folders down: the likeliest first."""
        folders = [folder, folder.parent] if folder.name == "training_set" else [folder]  # the Netflix Prize
        globs = ("*", "*/*", "*/*/*") if deep else ("*",)
        files = [file for place in folders for glob in globs for file in sorted(place.glob(glob))]
        return [
            file for pattern in self.patterns for file in files if _matches(file.name, (pattern,)) and file.is_file()
        ]

    def _try(self, file: Path, where: str) -> Content | None:
        """The content of a file that nobody named: none where it is something else."""
        try:
            return self.read(file, where)
        except DataError:
            return None


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    base = name.rsplit("/", 1)[-1].lower()
    return any(re.fullmatch(pattern, base) for pattern in patterns)


def unusable(kind: str, where: Path | str, what: str, remedy: str) -> DataError:
    """The error for a file that cannot be used at all."""
    return refusal(Problem(kind, what, str(where), remedy, fatal=True))
