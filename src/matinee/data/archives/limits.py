"""Limits of what is unpacked: names that stay inside, bytes and members within a budget, failures in plain words."""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, NoReturn

from matinee.data.problems import refused
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_BYTES: Final = 64 << 30
"""Most bytes unpacked from one archive: twenty times the largest public set of ratings."""

FREE_BYTES: Final = 1 << 30
"""Bytes that may be unpacked however well they are compressed."""

LARGEST_RATIO: Final = 200
"""Beyond `FREE_BYTES`, most bytes unpacked for one byte packed. Ratings reach about 10, or 30 as bzip2."""

MOST_MEMBERS: Final = 200_000
"""Most files in one archive; the Netflix Prize has 17,770 in one tar."""


def safe_name(name: str, path: Path) -> str:
    """``name`` of a member without leading ``./``, or `DataError` where it could lead out of the folder."""
    parts = name.split("/")
    outside = name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name)
    if outside or "\\" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise refused("archive-outside", str(path), found=f"a member named {name[:100]!r}")
    return "/".join(part for part in parts if part not in ("", "."))


@dataclass
class Budget:
    """Bytes and members of one archive, counted as they come against what is allowed."""

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
            packed = self.path.stat().st_size
            self._refuse(f"{declared}{size:,} bytes or more out of {packed:,}", f"{self.allowed:,} bytes")

    def member(self) -> None:
        """Count one more member."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            self._refuse(f"more than {MOST_MEMBERS:,} files", f"{MOST_MEMBERS:,} files")

    def _refuse(self, found: str, allowed: str) -> NoReturn:
        raise refused("archive-bomb", str(self.path), found=found, allowed=allowed)


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
        """Read to the end, so that every checksum is checked."""
        while self.read(1 << 20):
            pass

    def __enter__(self) -> Guarded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def damaged(path: Path, error: Exception) -> DataError | OSError:
    """The error to raise for ``error`` of a decompressor or an archive reader."""
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # that one is of a seek to nowhere
        return error
    text = str(error)
    if isinstance(error, EOFError) or re.search(r"(?i)unexpected end|truncated|not enough|ended before", text):
        return refused("archive-truncated", str(path))
    if isinstance(error, NotImplementedError | ImportError):
        return refused("archive-unsupported", str(path), found=text[:120])
    if isinstance(error, RuntimeError) and "password" in text:
        return refused("archive-encrypted", str(path))
    return refused("archive-corrupt", str(path), found=text[:120])
