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

from matinee.data.download.partial import Part, mismatch
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
_MAGIC: Final = {".zip": b"PK", ".gz": b"\x1f\x8b"}
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WORTH_RETRYING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try again, at each place. Times are in seconds.

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
    """One place will not do, however often it is asked."""


class Interrupted(Exception):  # noqa: N818
    """Something passing: worth another try after ``wait`` seconds (``None``: the usual wait)."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def fetch(file: RemoteFile, part: Path, patience: Patience, progress: Progress | None = None) -> None:
    """Fetch ``file`` into ``part``, going on where an earlier try stopped, and verify it.

    Raises `Refused` where this place will not do. ``part`` is then kept if more of it may yet be fetched,
    and removed if what it holds is wrong. Raises `DownloadError` for what no other place can mend: no
    room, no permission.
    """
    try:
        with requests.Session() as session:
            file = _with_sidecar(file, session, patience)
            _again(lambda: _continue(file, part, session, patience, progress), patience)
    except OSError as error:
        raise local_failure(error, part) from error


def _again(step: Callable[[], None], patience: Patience) -> None:
    """Run ``step``, again and again after growing waits while it is interrupted."""
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


def _with_sidecar(file: RemoteFile, session: requests.Session, patience: Patience) -> RemoteFile:
    """``file`` with the MD5 that its owner publishes beside it today."""
    if file.sidecar is None:
        return file
    found: list[str] = []

    def step() -> None:
        with _get(session, file.sidecar or "", {}, patience) as answer:
            if answer.status_code != 200:
                raise _bad_status(answer)
            text = _some(answer, 4096).decode("ascii", errors="replace")
        found.extend({digest.lower() for digest in re.findall(r"\b[0-9a-fA-F]{32}\b", text)})

    _again(step, patience)
    if len(found) != 1:
        raise Refused(f"its checksum file {file.sidecar} does not hold one MD5")
    return replace(file, md5=found[0])


def _continue(
    file: RemoteFile, part: Path, session: requests.Session, patience: Patience, progress: Progress | None
) -> None:
    """One try: ask for what is missing, append it, and verify the whole."""
    state = Part.of(file, part)
    resumed = bool(state.done)
    if not (resumed and file.pinned and not mismatch(file, part)):
        with _get(session, file.url, state.headers(), patience) as answer:
            _receive(answer, file, state, patience, progress)
    problem = mismatch(file, part)
    if problem:
        state.forget()
        raise Interrupted(problem) if resumed else Refused(problem)


def _get(session: requests.Session, url: str, headers: dict[str, str], patience: Patience) -> requests.Response:
    agent = {
        "User-Agent": "matinee (film ratings; https://pypi.org/project/matinee)",
        "Accept-Encoding": "identity",
    }
    try:
        answer = session.get(url, headers=agent | headers, stream=True, timeout=(patience.connect, patience.read))
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


def _receive(
    answer: requests.Response, file: RemoteFile, state: Part, patience: Patience, progress: Progress | None
) -> None:
    """Append the body of ``answer`` to the part, or start it anew where the server sends the whole."""
    if answer.status_code == 416:
        _out_of_range(answer, state)
        return
    if answer.status_code not in (200, 206):
        raise _bad_status(answer)
    start, total = _extent(answer, state.done)
    if start != state.done:
        state.forget()
    if file.size is not None and total is not None and total != file.size:
        raise Refused(f"it has another file: {total:,} bytes instead of {file.size:,}")
    _check_room(state.path, (total or 0) - state.done)
    state.note(answer.headers.get("ETag"))
    try:
        _append(answer, file, state, total, patience, progress)
        if total is not None and state.done < total:
            raise Interrupted("the connection broke")
    except Interrupted as reason:
        whole = f"of {total:,} bytes" if total else "bytes"
        raise Interrupted(f"{reason} after {state.done:,} {whole}") from reason


def _append(
    answer: requests.Response,
    file: RemoteFile,
    state: Part,
    total: int | None,
    patience: Patience,
    progress: Progress | None,
) -> None:
    limit = file.size or total or LARGEST_BYTES
    with state.path.open("ab") as target:
        for block in _blocks(answer, patience):
            if not state.done:
                _check_kind(block, file)
            state.done += len(block)
            if state.done > limit:
                state.forget()
                raise Refused(f"it sends more than the {limit:,} bytes there should be")
            target.write(block)
            if progress:
                progress(state.done, total or file.size)


def _out_of_range(answer: requests.Response, state: Part) -> None:
    """Nothing is left to ask for: the part is whole, or it is of something else."""
    if answer.headers.get("Content-Range") != f"bytes */{state.done}":
        state.forget()
        raise Interrupted("what is here is not a part of what it has")


def _extent(answer: requests.Response, done: int) -> tuple[int, int | None]:
    """Where in the file the body begins, and how long the whole file is."""
    if answer.status_code == 206:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
        if not match or int(match[1]) != done:
            raise Refused("it sends another part than it was asked for")
        return done, None if match[2] == "*" else int(match[2])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _blocks(answer: requests.Response, patience: Patience) -> Iterator[bytes]:
    """The body as it comes, block by block, for as long as it comes fast enough."""
    window_start, window_bytes = time.monotonic(), 0
    while block := _some(answer, _BLOCK):
        yield block
        window_bytes += len(block)
        elapsed = time.monotonic() - window_start
        if elapsed >= patience.window:
            if window_bytes < patience.slowest * elapsed:
                raise Interrupted(f"it is too slow: {window_bytes / elapsed:,.0f} bytes a second")
            window_start, window_bytes = time.monotonic(), 0


def _some(answer: requests.Response, size: int) -> bytes:
    """What has come of the body, at most ``size`` bytes; none at its end."""
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
    """What to say of a file system that refuses: full, or not to be written."""
    if error.errno in _NO_ROOM:
        return DownloadError(
            f"{part.parent}: the disk is full (or a quota is reached); what was fetched is kept in {part}; "
            "free some room and run it again to go on, or choose another folder with --dir"
        )
    return DownloadError(
        f"{error.filename or part}: cannot be written ({error.strerror or error}); "
        "choose a folder you may write to with --dir"
    )
