"""Downloads onto disks that are full, folders that refuse, and two at a time."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from matinee.data.download.fetch import download
from matinee.data.download.sources import RemoteFile
from matinee.errors import DownloadError
from tests.support.download_kit import QUICK, ZIP, data_set, is_whole, left_over, pinned
from tests.support.misbehaving_server import MisbehavingServer, behave

LIMITED = """
    import resource, signal, sys
    from matinee.data.download.fetch import download
    from matinee.errors import DownloadError
    from tests.support.download_kit import QUICK, data_set, pinned
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    try:
        download("ml-tiny", sys.argv[2], sources=data_set(pinned(sys.argv[1])), patience=QUICK)
    except DownloadError as error:
        print(error)
"""


def with_files_of_at_most(size: int, url: str, folder: Path) -> str:
    """What a download says in a process whose files the system lets grow to ``size`` bytes only."""
    script = [sys.executable, "-c", textwrap.dedent(LIMITED), url, str(folder), str(size)]
    root = Path(__file__).parents[2]
    return subprocess.run(script, cwd=root, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_full_disk_while_fetching_keeps_what_came(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP)
    said = with_files_of_at_most(70_000, url, tmp_path)
    assert "the disk is full (or a quota is reached); what was fetched is kept" in said
    assert "free some room and run it again" in said
    part = (tmp_path / "ml-tiny-a.zip.part").read_bytes()
    assert part == ZIP[: len(part)] != b""
    assert not (tmp_path / "ml-tiny").exists()
    assert is_whole(download("ml-tiny", tmp_path, sources=data_set(pinned(url)), patience=QUICK))
    assert server.requests[-1].range == f"bytes={len(part)}-"


def test_a_full_disk_while_unpacking_keeps_the_archive(server, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    with monkeypatch.context() as patch:
        patch.setattr("matinee.data.archives.unpack.shutil.copyfileobj", full)
        with pytest.raises(DownloadError, match="the disk is full"):
            download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert left_over(tmp_path) == ["ml-tiny-a.zip.part", "ml-tiny-a.zip.part.json"]
    assert is_whole(download("ml-tiny", tmp_path, sources=sources, patience=QUICK))
    assert len(server.requests) == 1


def test_too_little_room_is_said_beforehand(server, tmp_path, monkeypatch) -> None:
    free = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("matinee.data.download.transfer.shutil.disk_usage", lambda _: free)
    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    with pytest.raises(DownloadError, match=f"found 1,000 bytes free, {len(ZIP):,} are needed.*--dir"):
        download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert not (tmp_path / "ml-tiny").exists()


def test_a_file_where_the_folder_should_be(server: MisbehavingServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here first")
    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    with pytest.raises(DownloadError, match=r"file.*: cannot be written \((File exists|Not a directory)\).*--dir"):
        download("ml-tiny", tmp_path / "file", sources=sources, patience=QUICK)
    (tmp_path / "ml-tiny").write_text("here first")
    with pytest.raises(DownloadError, match="this is in the way"):
        download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert (tmp_path / "ml-tiny").read_text() == "here first"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(server: MisbehavingServer, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    with pytest.raises(DownloadError, match=r"cannot be written \(Permission denied\)"):
        download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    tmp_path.chmod(0o700)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that refuses even root")
def test_a_file_system_that_refuses(server: MisbehavingServer) -> None:
    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    with pytest.raises(DownloadError, match=r"/proc/matinee.*: cannot be written.*choose a folder you may write to"):
        download("ml-tiny", "/proc/matinee", sources=sources, patience=QUICK)


@pytest.mark.skipif(sys.platform == "win32", reason="locks are POSIX")
def test_two_at_a_time_do_not_spoil_each_other(server: MisbehavingServer, tmp_path: Path) -> None:
    asked, refused = threading.Event(), threading.Event()

    def slow(handler, served) -> None:
        asked.set()
        refused.wait()
        behave(handler, served)

    first = data_set(pinned(server.add("/a.zip", ZIP, slow)))
    running = threading.Thread(
        target=download, args=("ml-tiny", tmp_path), kwargs={"sources": first, "patience": QUICK}
    )
    running.start()
    asked.wait()
    with pytest.raises(DownloadError, match="another run is fetching it just now"):
        download("ml-tiny", tmp_path, sources=first, patience=QUICK)
    refused.set()
    running.join()
    assert is_whole(tmp_path / "ml-tiny")
    assert left_over(tmp_path) == ["ml-tiny"]


def test_an_interrupted_run_leaves_only_the_part(server: MisbehavingServer, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    url = server.add("/a.zip", ZIP)
    sources = data_set(RemoteFile(url, sidecar=None, md5=pinned(url).md5))
    with pytest.raises(KeyboardInterrupt):
        download("ml-tiny", tmp_path, progress=stop, sources=sources, patience=QUICK)
    assert left_over(tmp_path) == ["ml-tiny-a.zip.part", "ml-tiny-a.zip.part.json"]
    assert is_whole(download("ml-tiny", tmp_path, sources=sources, patience=QUICK))
