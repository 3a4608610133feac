"""Downloads that arrive, but are not what they should be: none may reach the final name."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matinee.data.download.fetch import download
from matinee.data.download.sources import RemoteFile
from matinee.errors import DownloadError
from tests.support.download_kit import QUICK, RATINGS, ZIP, data_set, is_whole, left_over, md5, pinned, zipped
from tests.support.misbehaving_server import MisbehavingServer, chunked, no_length, overlong, page

if TYPE_CHECKING:
    from pathlib import Path

CHANGED = ZIP[:5000] + bytes([ZIP[5000] ^ 1]) + ZIP[5001:]


def refused(server: MisbehavingServer, tmp_path: Path, file: RemoteFile, match: str) -> None:
    """That ``file`` is refused as ``match`` says, that nothing is left, and that a good place is then used."""
    with pytest.raises(DownloadError, match=match):
        download("ml-tiny", tmp_path, sources=data_set(file), patience=QUICK)
    assert [name for name in left_over(tmp_path) if not name.endswith((".part", ".part.json"))] == []
    good = pinned(server.add("/good/a.zip", ZIP))
    assert is_whole(download("ml-tiny", tmp_path, sources=data_set(file, good), patience=QUICK))


def test_a_wrong_checksum(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", CHANGED)
    refused(server, tmp_path, pinned(url), "the SHA-256 of what it sent is wrong")
    assert len(server.asked("/a.zip")) == 2  # once a run: it is not asked for the same wrong bytes again


def test_a_wrong_md5_where_that_is_all_there_is(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", CHANGED)
    refused(server, tmp_path, RemoteFile(url, md5=md5(ZIP)), "the MD5 of what it sent is wrong")


def test_a_file_of_another_length(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP + b"more")
    refused(server, tmp_path, pinned(url), f"another file: {len(ZIP) + 4:,} bytes instead of {len(ZIP):,}")


@pytest.mark.parametrize("behaviour", [no_length, chunked])
def test_too_short_without_saying_so(server, tmp_path, behaviour) -> None:
    url = server.add("/a.zip", ZIP[:-500], *[behaviour] * 9)
    refused(server, tmp_path, pinned(url), f"it sent {len(ZIP) - 500:,} bytes instead of {len(ZIP):,}")


def test_more_than_there_should_be(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, *[overlong(200_000)] * 9)
    refused(server, tmp_path, pinned(url), f"it sends more than the {len(ZIP):,} bytes")


def test_a_web_page_instead_of_the_archive(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, *[page] * 9)
    refused(server, tmp_path, replace(pinned(url), size=None), "it sends a web page instead of a.zip")


def test_something_else_instead_of_the_archive(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", b"no such thing here")
    refused(server, tmp_path, replace(pinned(url), size=None), "it sends something else instead of a.zip")


def test_an_empty_answer(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", b"")
    refused(server, tmp_path, replace(pinned(url), size=None), "SHA-256 of what it sent is wrong")


@pytest.mark.parametrize("sidecar", [b"", b"<html>not found</html>", f"{md5(b'1')}\n{md5(b'2')}\n".encode()])
def test_a_checksum_file_that_holds_none(server, tmp_path, sidecar) -> None:
    url, beside = server.add("/a.zip", ZIP), server.add("/a.zip.md5", sidecar)
    refused(server, tmp_path, RemoteFile(url, sidecar=beside), "checksum file .* does not hold one MD5")


def test_a_checksum_file_that_is_not_there(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP)
    refused(server, tmp_path, RemoteFile(url, sidecar=server.url("/none.md5")), "it answered 404")


def test_a_checksum_file_of_another_version(server: MisbehavingServer, tmp_path: Path) -> None:
    url, beside = server.add("/a.zip", ZIP), server.add("/a.zip.md5", md5(b"older").encode())
    refused(server, tmp_path, RemoteFile(url, sidecar=beside), "the MD5 of what it sent is wrong")


def test_a_hostile_archive_writes_nothing_outside(server: MisbehavingServer, tmp_path: Path) -> None:
    hostile = zipped({"../../escaped.csv": "1,2,3\n", "ratings.csv": RATINGS})
    url = server.add("/a.zip", hostile)
    refused(server, tmp_path / "in", pinned(url, hostile), "would write outside its folder")
    assert left_over(tmp_path) == ["in"]


def test_a_damaged_archive_with_the_right_checksum(server: MisbehavingServer, tmp_path: Path) -> None:
    bad = pinned(server.add("/a.zip", CHANGED), CHANGED)
    with pytest.raises(DownloadError, match="the archive is damaged"):
        download("ml-tiny", tmp_path, sources=data_set(bad), patience=QUICK)
    assert left_over(tmp_path) == []


def test_the_netflix_films_become_one_file(server: MisbehavingServer, tmp_path: Path) -> None:
    films = {
        "training_set/mv_0000001.txt": b"1:\n1488844,3,2005-09-06\n",
        "training_set/mv_0000002.txt": b"2:\n7,5,2004-01-31",
    }
    inner = tarred(films)
    outer = tarred(
        {"download/training_set.tar": inner, "download/movie_titles.txt": b"1,2003,Dinosaur Planet\n"}, "w:gz"
    )
    sources = data_set(pinned(server.add("/nf.tar.gz", outer), outer), name="netflix")
    folder = download("netflix", tmp_path, sources=sources, patience=QUICK)
    assert (folder / "combined_data_1.txt").read_text() == "1:\n1488844,3,2005-09-06\n2:\n7,5,2004-01-31\n"
    assert left_over(folder) == [".matinee-download.json", "combined_data_1.txt", "movie_titles.txt"]


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode=mode) as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    return memory.getvalue()
