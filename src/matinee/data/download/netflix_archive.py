"""The Netflix Prize as first given out, one file a film, brought into the form Kaggle gives it: one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.data.archives.formats import walk
from matinee.data.archives.limits import LARGEST_BYTES, Budget

if TYPE_CHECKING:
    from pathlib import Path

PACKED: Final = "training_set.tar"
JOINED: Final = "combined_data_1.txt"


def join_films(folder: Path) -> None:
    """Replace ``training_set.tar`` in ``folder``, if it is there, by all of its films in one file.

    Each film's file starts with its id and a colon, so that one after another they are what
    ``combined_data_*.txt`` holds.
    """
    packed = folder / PACKED
    if not packed.is_file():
        return
    with (folder / JOINED).open("wb") as joined:
        for entry in walk(packed, Budget.for_file(packed, LARGEST_BYTES)):
            if entry.name.rsplit("/", 1)[-1].startswith("mv_"):
                with entry.open() as film:
                    joined.write(film.read().rstrip(b"\r\n") + b"\n")
    packed.unlink()
