"""One file over HTTP into a ``.part`` file: resumed, retried with patience, verified before it counts."""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from matinee.data.download.partial import PartialFile, mismatch
from matinee.errors import DownloadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matinee.data.download.sources import RemoteFile

Progress = Callable[[int, "int | None"], None]
"""Called with the bytes there are so far and the bytes there will be (``None`` where unknown)."""

LARGEST_BYTES: Final = 4 << 30
"""Most bytes fetched of a file whose size nobody states."""

_BLOCK: Final = 1 << 16
_HEADERS: Final = {
    "User-Agent": "matinee (film ratings; https://pypi.org/project/matinee)",
    "Accept-Encoding": "identity",
}
_MAGIC: Final = {".zip": b"PK", ".gz": b"\x1f\x8b"}
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORTH_RETRYING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits and tries at each place. Times are in seconds.

    A server that sends less than ``slowest`` bytes a second over ``window`` seconds is taken for stalled.
    """

    attempts: int = 4
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connect: float = 10.0
    read: float = 30.0
    slowest: float = 512.0
    window: float = 30.0
    sleep: Callable[[float], None] = field(default=time.sleep)


class Refused(Exception):  # noqa: N818  # says why one place failed; `DownloadError` is for the user
    """A place that will not do, however often it is asked."""


class Interrupted(Exception):  # noqa: N818
    """A passing failure: worth another try after ``wait`` seconds (``None``: the usual wait)."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def fetch(file: RemoteFile, part: Path, patience: Patience, progress: Progress | None = None) -> None:
    """Fetch ``file`` into ``part``, going on where an earlier try stopped, and verify it.

    Raises `Refused` where this place will not do. ``part`` is then kept if more of it may yet be fetched,
    and removed if its bytes are wrong. Raises `DownloadError` for what no other place can mend: no
    room, no permission.
    """
    try:
        with requests.Session() as session:
            transfer = _Transfer(file, part, session, patience, progress)
            transfer.take_sidecar()
            transfer.retry(transfer.attempt)
    except OSError as error:
        raise local_failure(error, part) from error


@dataclass
class _Transfer:
    """One file on its way into a ``.part`` file."""

    file: RemoteFile
    path: Path
    session: requests.Session
    patience: Patience
    progress: Progress | None

    def retry(self, step: Callable[[], None]) -> None:
        """Run ``step``, again and again after growing waits while it is interrupted."""
        patience = self.patience
        for attempt in range(1, patience.attempts + 1):
            try:
                return step()
            except Interrupted as reason:
                if attempt == patience.attempts:
                    times = f" ({attempt} times)" if attempt > 1 else ""
                    raise Refused(f"{reason}{times}") from reason
                wait = patience.first_wait * 2 ** (attempt - 1) if reason.wait is None else reason.wait
                patience.sleep(min(wait, patience.longest_wait))
        return None

    def take_sidecar(self) -> None:
        """Expect the MD5 that the owner of the file publishes beside it today, if it does."""
        if self.file.sidecar is not None:
            self.retry(self._read_sidecar)

    def _read_sidecar(self) -> None:
        with self._get(self.file.sidecar or "", {}) as answer:
            if answer.status_code != 200:
                raise _bad_status(answer)
            text = _some(answer, 4096).decode("ascii", errors="replace")
        digests = {digest.lower() for digest in re.findall(r"\b[0-9a-fA-F]{32}\b", text)}
        if len(digests) != 1:
            raise Refused(f"its checksum file {self.file.sidecar} does not hold one MD5")
        self.file = replace(self.file, md5=digests.pop())

    def attempt(self) -> None:
        """One try: ask for what is missing, append it, and verify the whole."""
        part = PartialFile.of(self.file, self.path)
        resumed = bool(part.done)
        if not (resumed and self.file.pinned and not mismatch(self.file, self.path)):
            with self._get(self.file.url, part.headers()) as answer:
                self._receive(answer, part)
        wrong = mismatch(self.file, self.path)
        if wrong:
            part.forget()
            raise Interrupted(wrong) if resumed else Refused(wrong)

    def _get(self, url: str, headers: dict[str, str]) -> requests.Response:
        timeout = (self.patience.connect, self.patience.read)
        try:
            answer = self.session.get(url, headers=_HEADERS | headers, stream=True, timeout=timeout)
        except requests.exceptions.SSLError as error:
            raise Refused("its certificate is not valid, or it does not speak TLS") from error
        except requests.exceptions.Timeout as error:
            raise Interrupted("it did not answer in time") from error
        except requests.exceptions.ConnectionError as error:
            raise Interrupted("no connection (is there a network?)") from error
        except requests.exceptions.RequestException as error:
            raise Refused(f"it cannot be asked ({type(error).__name__})") from error
        if urlsplit(url).scheme == "https" and urlsplit(answer.url).scheme != "https":
            answer.close()
            raise Refused("it leads from https to a connection that is not safe")
        return answer

    def _receive(self, answer: requests.Response, part: PartialFile) -> None:
        """Append the body of ``answer`` to the part, or start it anew where the server sends the whole."""
        if answer.status_code == 416:
            _out_of_range(answer, part)
            return
        if answer.status_code not in (200, 206):
            raise _bad_status(answer)
        start, total = _extent(answer, part.done)
        if start != part.done:
            part.forget()
        if self.file.size is not None and total is not None and total != self.file.size:
            raise Refused(f"it has another file: {total:,} bytes instead of {self.file.size:,}")
        _check_room(self.path, (total or 0) - part.done)
        part.note(answer.headers.get("ETag"))
        try:
            self._append(answer, part, total)
        except Interrupted as reason:
            whole = f"of {total:,} bytes" if total else "bytes"
            raise Interrupted(f"{reason} after {part.done:,} {whole}") from reason

    def _append(self, answer: requests.Response, part: PartialFile, total: int | None) -> None:
        limit = self.file.size or total or LARGEST_BYTES
        with self.path.open("ab") as target:
            for block in _blocks(answer, self.patience):
                if not part.done:
                    _check_kind(block, self.file)
                part.done += len(block)
                if part.done > limit:
                    part.forget()
                    raise Refused(f"it sends more than the {limit:,} bytes there should be")
                target.write(block)
                if self.progress:
                    self.progress(part.done, total or self.file.size)
        if total is not None and part.done < total:
            raise Interrupted("the connection broke")


def _out_of_range(answer: requests.Response, part: PartialFile) -> None:
    """Keep a part that is whole; one of something else is fetched anew."""
    if answer.headers.get("Content-Range") != f"bytes */{part.done}":
        part.forget()
        raise Interrupted("what is here is not a part of what it has")


def _extent(answer: requests.Response, done: int) -> tuple[int, int | None]:
    """Position in the file at which the body begins, and length of the whole file."""
    if answer.status_code == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if not match or int(match[1]) != done:
            raise Refused("it sends another part than it was asked for")
        return done, None if match[2] == "*" else int(match[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _blocks(answer: requests.Response, patience: Patience) -> Iterator[bytes]:
    """The body as it comes, block by block, for as long as it comes fast enough."""
    window_start = time.monotonic()
    window_bytes = 0
    while block := _some(answer, _BLOCK):
        yield block
        window_bytes += len(block)
        elapsed = time.monotonic() - window_start
        if elapsed >= patience.window:
            if window_bytes < patience.slowest * elapsed:
                raise Interrupted(f"it is too slow: {window_bytes / elapsed:,.0f} bytes a second")
            window_start = time.monotonic()
            window_bytes = 0


def _some(answer: requests.Response, size: int) -> bytes:
    """Bytes of the body that have arrived, at most ``size``; none at its end."""
    read = getattr(answer.raw, "read1", None)  # urllib3 2; it does not wait for a full block
    try:
        block: bytes = read(size) if read else answer.raw.read(4096)
    except ReadTimeoutError as error:
        raise Interrupted("it stopped sending") from error
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise Interrupted("the connection broke") from error
    return block


def _bad_status(answer: requests.Response) -> Interrupted | Refused:
    reason = f"it answered {answer.status_code} {answer.reason or ''}".rstrip()
    if answer.status_code not in _WORTH_RETRYING:
        return Refused(reason)
    after = answer.headers.get("Retry-After", "")
    return Interrupted(reason, float(after) if after.isdigit() else None)


def _check_kind(block: bytes, file: RemoteFile) -> None:
    """Tell a web page (an error, a login) from the archive or table that was asked for."""
    magic = next((magic for suffix, magic in _MAGIC.items() if file.name.endswith(suffix)), b"")
    if block.lstrip()[:1] == b"<" or not block.startswith(magic[: len(block)]):
        kind = "a web page" if block.lstrip()[:1] == b"<" else "something else"
        raise Refused(f"it sends {kind} instead of {file.name}")


def _check_room(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise DownloadError(
            f"{part.parent}: not enough room on the disk; found {free:,} bytes free, {needed:,} are needed "
            "for the download alone; free some, or choose another folder with --dir"
        )


def local_failure(error: OSError, part: Path) -> DownloadError:
    """The error for a file system that is full or cannot be written."""
    if error.errno in _NO_ROOM:
        return DownloadError(
            f"{part.parent}: the disk is full (or a quota is reached); what was fetched is kept in {part}; "
            "free some room and run it again to go on, or choose another folder with --dir"
        )
    return DownloadError(
        f"{error.filename or part}: cannot be written ({error.strerror or error}); "
        "choose a folder you may write to with --dir"
    )
