"""A directory of ours, whole at any moment: new files are on the disk before the manifest names them, then old ones go.

A kill or a power cut leaves the old manifest or the new one, and every file that it names.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matinee.store import durable
from matinee.store.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from matinee.errors import StoreError

ELSEWHERE: Final = "choose another directory"


@dataclass(frozen=True)
class Replaceable:
    """The kind of thing that is saved into a directory in place of an older one.

    Attributes
    ----------
    noun : its name in messages.
    manifest : the name of the file that names the others.
    is_part : true for the name of one of the others.
    remedy : the advice where it cannot be saved.

    """

    noun: str
    manifest: str
    is_part: Callable[[str], bool]
    remedy: str

    def is_ours(self, name: str) -> bool:
        """True for the name of a part, of the manifest, or of the left-over of either from a save that died."""
        name = durable.left_over_of(name) or name
        return name == self.manifest or self.is_part(name)

    def names_in(self, folder: Path) -> list[str]:
        """The names in ``folder``, none where it does not exist; `StoreError` where it cannot be listed."""
        try:
            return [entry.name for entry in folder.iterdir()]
        except FileNotFoundError:
            return []
        except NotADirectoryError as error:
            raise refuse(folder, "a file is in the way", remedy=ELSEWHERE) from error
        except OSError as error:
            raise self._unwritable(folder, error) from error

    def foreign(self, names: Iterable[str]) -> list[str]:
        """The ``names`` that are not ours, in order."""
        return sorted(name for name in names if not self.is_ours(name))

    def refuse_unwritable(self, folder: Path) -> None:
        """Raise the `StoreError` of a ``folder`` that may not be written to, or not be made where it would be."""
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise self._unwritable(nearest, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    def replace(self, folder: Path, files: dict[str, bytes], manifest: bytes) -> None:
        """Write ``files``, by name, then ``manifest``, then remove the older ones; ``folder`` is made if absent.

        Raises `StoreError` where that fails; the older ones are then untouched.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with durable.turn(folder):
                self._replace(folder, files, manifest)
        except OSError as error:
            raise self._unwritable(folder, error) from error

    def _replace(self, folder: Path, files: dict[str, bytes], manifest: bytes) -> None:
        before = {path.name for path in folder.iterdir()}
        try:
            for name, content in files.items():
                durable.put(folder / name, content)
            durable.settle(folder)
            durable.put(folder / self.manifest, manifest)
        except OSError:
            if not _holds(folder / self.manifest, manifest):
                self._remove(folder, set(files) - before)
            raise
        durable.settle(folder)
        self._remove(folder, before - set(files) - {self.manifest})

    def _remove(self, folder: Path, names: set[str]) -> None:
        """Remove those of ``names`` that are ours, as far as that is possible."""
        for name in filter(self.is_ours, names):
            with suppress(OSError):
                (folder / name).unlink()

    def _unwritable(self, folder: Path, error: OSError) -> StoreError:
        return refuse(
            error.filename or folder,
            f"the {self.noun} cannot be saved ({error.strerror or error})",
            allowed="a directory you may write to, with space left",
            remedy=self.remedy,
        )


def _holds(path: Path, content: bytes) -> bool:
    with suppress(OSError):
        return path.read_bytes() == content
    return False
