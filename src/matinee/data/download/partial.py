"""The ``.part`` file of a download, a memo of the file it is a part of, and the test that it is whole."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.download.sources import RemoteFile


@dataclass
class PartialFile:
    """``done`` bytes of earlier tries at ``path``, and a memo of where they came from."""

    file: RemoteFile
    path: Path
    memo: Path
    done: int
    etag: str | None

    @classmethod
    def of(cls, file: RemoteFile, path: Path) -> PartialFile:
        """The part at ``path``, if it may be gone on with; anything else is removed."""
        memo = _memo(path)
        known = _read(memo)
        part = cls(file, path, memo, path.stat().st_size if path.exists() else 0, None)
        same_bytes = file.pinned and known.get("md5") == file.md5 and known.get("sha256") == file.sha256
        if known.get("url") == file.url and isinstance(known.get("etag"), str):
            part.etag = known["etag"]
        elif not same_bytes or (file.size is not None and part.done > file.size):
            part.forget()
        return part

    def headers(self) -> dict[str, str]:
        """Asks for the rest; with ``If-Range`` a changed file comes whole instead."""
        if not self.done:
            return {}
        headers = {"Range": f"bytes={self.done}-"}
        return headers | ({"If-Range": self.etag} if self.etag else {})

    def note(self, etag: str | None) -> None:
        """Remember the file this is a part of. A weak validator does not tell bytes apart."""
        strong = etag if etag and not etag.startswith("W/") else None
        known = {"url": self.file.url, "etag": strong, "md5": self.file.md5, "sha256": self.file.sha256}
        self.memo.write_text(json.dumps(known), "utf-8")

    def forget(self) -> None:
        """Begin anew."""
        discard(self.path)
        self.done = 0
        self.etag = None


def discard(path: Path) -> None:
    """Remove the part at ``path``, if it is there still, and its memo."""
    path.unlink(missing_ok=True)
    _memo(path).unlink(missing_ok=True)


def _memo(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _read(memo: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        known = json.loads(memo.read_text("utf-8"))
        return known if isinstance(known, dict) else {}
    return {}


def mismatch(file: RemoteFile, part: Path) -> str:
    """The way in which the file at ``part`` is not the whole of ``file``; empty if it is."""
    size = part.stat().st_size
    if file.size is not None and size != file.size:
        return f"it sent {size:,} bytes instead of {file.size:,}"
    if file.sha256 and digest(part, "sha256") != file.sha256:
        return "the SHA-256 of what it sent is wrong"
    if file.md5 and not file.sha256 and digest(part, "md5") != file.md5:
        return "the MD5 of what it sent is wrong"
    return ""


def digest(path: Path, algorithm: str) -> str:
    """The checksum of the file at ``path``, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.new, algorithm, usedforsecurity=False)).hexdigest()
