"""Public data sets by name: fetched from the first place that has them whole, verified, unpacked safely."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matinee.data.archives.formats import archive_kind
from matinee.data.archives.unpack import extract
from matinee.data.download.kaggle import fetch_kaggle
from matinee.data.download.netflix_archive import join_films
from matinee.data.download.partial import discard
from matinee.data.download.receipt import differences, write_receipt
from matinee.data.download.sources import SOURCES, DataSet, find_source
from matinee.data.download.transfer import Patience, Refused, fetch, local_failure
from matinee.errors import DataError, DownloadError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from matinee.data.download.sources import Place
    from matinee.data.download.transfer import Progress

__all__ = ["SOURCES", "DataSet", "Patience", "download"]

_JUNK: Final = frozenset({"__MACOSX", ".DS_Store"})


def download(
    name: str,
    directory: str | os.PathLike[str],
    *,
    progress: Progress | None = None,
    sources: Sequence[DataSet] = SOURCES,
    patience: Patience | None = None,
) -> Path:
    """Fetch the data set ``name`` into ``directory / name``, and return that folder.

    ``progress(done, total)`` is told the bytes there are and, where known, the bytes there will be.
    Each place in ``sources`` is tried in turn. An interrupted download leaves a ``.part`` file, and goes on
    from it the next time. The folder appears only once everything in it has been verified; where it is
    there already, and as it was fetched, nothing is done.

    Raises `DownloadError` for an unknown name, no network, a file that cannot be verified, a full disk, or
    a folder that is in the way; nothing is left under the final name then.
    """
    source = find_source(name, sources)
    folder = Path(directory)
    final = folder / source.name
    try:
        if _present(final):
            return final
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, source.name):
            return _from_any_place(source, folder, final, patience or Patience(), progress)
    except OSError as error:
        raise local_failure(error, folder) from error


def _present(final: Path) -> bool:
    """True if the folder is there and as it was fetched; `DownloadError` where it is something else."""
    if not final.exists() or (final.is_dir() and not any(final.iterdir())):
        return False
    wrong = differences(final)
    if wrong:
        raise DownloadError(
            f"{final}: this is in the way, and is not the data set as it was fetched ({wrong}); "
            "move or delete it and run it again, or choose another folder with --dir"
        )
    return True


def _from_any_place(source: DataSet, folder: Path, final: Path, patience: Patience, progress: Progress | None) -> Path:
    reasons = []
    for place in source.places:
        try:
            with tempfile.TemporaryDirectory(prefix=f".{source.name}-", dir=folder) as closed:
                staging = Path(closed) / source.name  # a folder with the usual permissions
                staging.mkdir()
                _from(place, source, folder, staging, patience, progress)
                root = _single_folder(staging)
                join_films(root)
                write_receipt(root, source.name, place)
                return root.replace(final)
        except (Refused, DataError) as reason:
            reasons.append(f"{place.label}: {reason}")
    raise DownloadError(_no_place(source, folder, reasons))


def _from(
    place: Place, source: DataSet, folder: Path, staging: Path, patience: Patience, progress: Progress | None
) -> None:
    """Everything that ``place`` has of the data set, unpacked in ``staging``."""
    if place.kaggle:
        fetch_kaggle(place.kaggle, staging)
    for file in place.files:
        part = folder / f"{source.name}-{file.name}.part"
        fetch(file, part, patience, progress)
        if archive_kind(part) in ("zip", "tar"):
            _unpack(part, staging)
        else:
            part.replace(staging / file.name)
            discard(part)


def _unpack(part: Path, staging: Path) -> None:
    """Unpack and remove it; where it is damaged too, so that the next run fetches it anew."""
    try:
        extract(part, staging)
    except DataError:  # but not an OSError: on a full disk, what was fetched is not lost
        discard(part)
        raise
    discard(part)


def _single_folder(staging: Path) -> Path:
    """The folder in which everything lies: archives usually hold one."""
    inside = [path for path in staging.iterdir() if path.name not in _JUNK]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else staging


def _no_place(source: DataSet, folder: Path, reasons: list[str]) -> str:
    parts = sorted(path.name for path in folder.glob(f"{source.name}-*.part") if path.stat().st_size)
    again = f"what has come is kept in {folder / parts[0]}, run it again to go on; or " if parts else ""
    return (
        f"data set '{source.name}': it could not be fetched; {'; '.join(reasons)}; "
        f"{again}fetch it by hand from {source.page} and unpack it into {folder / source.name}"
    )


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    """Keep a second run from writing the same ``.part`` file, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    lock = folder / f".{name}.lock"
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DownloadError(
                f"{folder / name}: another run is fetching it just now; wait for it, or choose another --dir"
            ) from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)
