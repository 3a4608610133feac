"""What is refused in an archive, how much may be unpacked, and the words for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from matinee.data.problems import Problem
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_BYTES: Final = 64 << 30
"""Most bytes unpacked from one archive: twenty times the largest public set of ratings."""

FREE_BYTES: Final = 1 << 30
"""Below this, how well something is compressed is nobody's business."""

LARGEST_RATIO: Final = 200
"""Beyond `FREE_BYTES`, most bytes unpacked for one byte packed. Ratings reach about 10, or 30 as bzip2."""

MOST_MEMBERS: Final = 200_000
"""Most files in one archive; the Netflix Prize has 17,770 in one tar."""

_REMEDY_FETCH: Final = "Fetch it again, from where its owner publishes it."
_REMEDY_HOSTILE: Final = "Do not unpack it: no data set needs this. Fetch it from where its owner publishes it."

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "archive-truncated": ("the archive is cut off before its end", "a whole archive", _REMEDY_FETCH),
    "archive-corrupt": ("the archive is damaged", "a whole archive whose checksums agree", _REMEDY_FETCH),
    "archive-outside": (
        "the archive would write outside its folder",
        "plain relative names with /, without .., drive letters, backslashes or control characters",
        _REMEDY_HOSTILE,
    ),
    "archive-bomb": ("the archive unpacks to far more than it should (a bomb)", "", _REMEDY_HOSTILE),
    "archive-encrypted": (
        "the archive is protected by a password",
        "an archive without one",
        "Unpack it with its password first, then give the folder.",
    ),
    "archive-link": ("the archive holds a link or a device", "plain files and folders", _REMEDY_HOSTILE),
    "archive-unsupported": (
        "the archive is compressed in a way that cannot be read here",
        "zip (stored, deflate, bzip2, lzma), tar, gzip, zstandard, bzip2, xz",
        "Unpack it with another tool first, then give the folder.",
    ),
    "archive-member-missing": (
        "the archive does not hold a file it should",
        "",
        "Check that it is the right data set, whole and in its original form.",
    ),
    "archive-unknown": (
        "this is not an archive or compressed file",
        "zip, tar, gzip, zstandard, bzip2 or xz",
        "If it was downloaded, the site may have sent an error page: look into it, then fetch it again.",
    ),
    "archive-in-the-way": (
        "a file and a folder of the same name are in each other's way",
        "",
        "Unpack into an empty folder.",
    ),
}


def refusal(kind: str, path: Path, found: str = "", allowed: str = "") -> DataError:
    """The error for one fatal problem of ``kind`` with the archive at ``path``."""
    what, usual, remedy = _WORDS[kind]
    problem = Problem(kind, what, str(path), remedy, found=found, allowed=allowed or usual, fatal=True)
    return DataError(str(problem), (problem,))


def safe_name(name: str, path: Path) -> str:
    """``name`` of a member without leading ``./``, or `DataError` where it could lead out of the folder."""
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name)
    if outside or "\\" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise refusal("archive-outside", path, f"a member named {name[:100]!r}")
    return "/".join(part for part in parts if part not in ("", "."))


@dataclass
class Budget:
    """How many bytes one archive may still unpack to, counted as they come."""

    path: Path
    allowed: int
    spent: int = 0
    members: int = 0

    @classmethod
    def for_file(cls, path: Path, max_bytes: int) -> Budget:
        """The budget of the archive at ``path``: by its own size, and ``max_bytes`` at most."""
        by_ratio = max(FREE_BYTES, LARGEST_RATIO * path.stat().st_size)
        return cls(path, min(max_bytes, by_ratio))

    def spend(self, size: int) -> None:
        """Count ``size`` bytes unpacked."""
        self.spent += size
        self.check(self.spent, "")

    def check(self, size: int, declared: str = "declared ") -> None:
        """Refuse ``size`` bytes in total where they are more than allowed."""
        if size > self.allowed:
            raise refusal(
                "archive-bomb",
                self.path,
                f"{declared}{size:,} bytes or more out of {self.path.stat().st_size:,}",
                f"{self.allowed:,} bytes",
            )

    def member(self) -> None:
        """Count one more member."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise refusal("archive-bomb", self.path, f"more than {MOST_MEMBERS:,} files", f"{MOST_MEMBERS:,} files")


class Guarded:
    """A stream whose bytes are counted against a budget and whose failures are `DataError`."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self.tail = b""

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; ``b""`` at the end, once checksums agree."""
        try:
            block = self._stream.read(size)
        except DataError:
            raise
        except Exception as error:  # each decompressor raises kinds of its own
            raise damaged(self._budget.path, error) from error
        self._budget.spend(len(block))
        if block:
            self.tail = (self.tail + block)[-512:] if len(block) < 512 else block[-512:]
        return block

    def drain(self) -> None:
        """Read what is left, so that every checksum is checked."""
        while self.read(1 << 20):
            pass

    def __enter__(self) -> Guarded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def damaged(path: Path, error: Exception) -> DataError | OSError:
    """What ``error``, raised by a decompressor or an archive reader, means."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    text = str(error)
    if isinstance(error, EOFError) or re.search(r"(?i)unexpected end|truncated|not enough|ended before", text):
        return refusal("archive-truncated", path)
    if isinstance(error, NotImplementedError | ImportError):
        return refusal("archive-unsupported", path, text[:120])
    if isinstance(error, RuntimeError) and "password" in text:
        return refusal("archive-encrypted", path)
    return refusal("archive-corrupt", path, text[:120])
