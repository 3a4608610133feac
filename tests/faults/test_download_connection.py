"""Downloads over connections that break, stall and come back."""

from __future__ import annotations

import socket
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from matinee.data.download.fetch import download
from matinee.data.download.sources import RemoteFile
from matinee.errors import DownloadError
from tests.support.download_kit import IMPATIENT, QUICK, ZIP, data_set, is_whole, left_over, md5, pinned, zipped
from tests.support.misbehaving_server import (
    MisbehavingServer,
    drop_after,
    hang_up,
    ignore_range,
    redirect,
    stall_after,
    status,
    then_change,
    trickle,
    wrong_part,
)

if TYPE_CHECKING:
    from pathlib import Path

HALF = len(ZIP) // 2
OTHER = zipped({"ratings.csv": "1,1,5\n" * 30000})
ONCE = replace(QUICK, attempts=1)


def fetch(tmp_path: Path, *files: RemoteFile, patience=QUICK) -> Path:
    return download("ml-tiny", tmp_path, sources=data_set(*files), patience=patience)


def test_a_broken_download_goes_on_where_it_stopped(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, drop_after(HALF), drop_after(1000))
    assert is_whole(fetch(tmp_path, pinned(url)))
    assert [(r.range, r.if_range) for r in server.requests] == [
        (None, None),
        (f"bytes={HALF}-", '"one"'),
        (f"bytes={HALF + 1000}-", '"one"'),
    ]


def test_a_part_survives_the_run_and_is_gone_on_with(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, drop_after(HALF))
    with pytest.raises(DownloadError, match=rf"broke after {HALF:,} of {len(ZIP):,} bytes.*run it again"):
        fetch(tmp_path, pinned(url), patience=ONCE)
    part = tmp_path / "ml-tiny-a.zip.part"
    assert part.read_bytes() == ZIP[:HALF]
    assert not (tmp_path / "ml-tiny").exists()
    assert is_whole(fetch(tmp_path, pinned(url), patience=ONCE))
    assert server.requests[-1].range == f"bytes={HALF}-"
    assert left_over(tmp_path) == ["ml-tiny"]


def test_a_file_that_changed_meanwhile_is_fetched_anew(server: MisbehavingServer, tmp_path: Path) -> None:
    sidecar = server.add("/a.zip.md5", md5(ZIP).encode())
    url = server.add("/a.zip", OTHER, then_change(drop_after(HALF), ZIP, '"two"'))
    assert is_whole(fetch(tmp_path, RemoteFile(url, sidecar=sidecar)))
    assert server.asked("/a.zip")[1].if_range == '"one"'


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_validator_only_known_bytes_are_gone_on_with(server, tmp_path, etag) -> None:
    url = server.add("/a.zip", ZIP, drop_after(HALF), etag=etag)
    assert is_whole(fetch(tmp_path, pinned(url)))
    assert (server.requests[1].range, server.requests[1].if_range) == (f"bytes={HALF}-", None)


def test_bytes_that_belong_to_another_version_are_noticed(server: MisbehavingServer, tmp_path: Path) -> None:
    longer = OTHER[: len(ZIP)].ljust(len(ZIP), b"x")
    url = server.add("/a.zip", longer, then_change(drop_after(HALF), ZIP, None), etag=None)
    assert is_whole(fetch(tmp_path, pinned(url)))
    assert [request.range for request in server.requests] == [None, f"bytes={HALF}-", None]


def test_a_server_that_ignores_ranges_is_taken_from_the_start(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, drop_after(HALF), ignore_range)
    assert is_whole(fetch(tmp_path, pinned(url)))


def test_another_part_than_asked_for_is_not_appended(server: MisbehavingServer, tmp_path: Path) -> None:
    bad = server.add("/a.zip", ZIP, drop_after(HALF), wrong_part)
    good = server.add("/b/a.zip", ZIP)
    assert is_whole(fetch(tmp_path, pinned(bad), pinned(good)))
    assert server.asked("/b/a.zip")[0].range == f"bytes={HALF}-"


def test_a_part_goes_on_at_another_place(server: MisbehavingServer, tmp_path: Path) -> None:
    first = server.add("/a.zip", ZIP, drop_after(HALF), status(404))
    second = server.add("/b/a.zip", ZIP)
    assert is_whole(fetch(tmp_path, pinned(first), pinned(second)))
    assert server.asked("/b/a.zip")[0].range == f"bytes={HALF}-"


def test_a_part_longer_than_the_file_is_thrown_away(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP)
    (tmp_path / "ml-tiny-a.zip.part").write_bytes(bytes(len(ZIP) + 10))
    assert is_whole(fetch(tmp_path, pinned(url)))


def test_a_part_of_an_older_edition_is_not_gone_on_with(server: MisbehavingServer, tmp_path: Path) -> None:
    sidecar = server.add("/a.zip.md5", md5(OTHER).encode())
    url = server.add("/a.zip", OTHER, drop_after(HALF), etag=None)
    with pytest.raises(DownloadError, match="the connection broke"):
        fetch(tmp_path, RemoteFile(url, sidecar=sidecar), patience=ONCE)
    server.add("/a.zip.md5", md5(ZIP).encode())
    server.add("/a.zip", ZIP, etag=None)
    assert is_whole(fetch(tmp_path, RemoteFile(url, sidecar=sidecar), patience=ONCE))
    assert server.asked("/a.zip")[-1].range is None


def test_a_whole_part_is_not_fetched_again(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP)
    (tmp_path / "ml-tiny-a.zip.part").write_bytes(ZIP)
    (tmp_path / "ml-tiny-a.zip.part.json").write_text(f'{{"url": "{url}", "etag": "\\"one\\""}}')
    assert is_whole(fetch(tmp_path, replace(pinned(url), size=None)))
    assert server.requests == []


@pytest.mark.parametrize("checksum", [md5(ZIP), None])
def test_a_part_that_is_no_part_of_it_is_thrown_away(server, tmp_path, checksum) -> None:
    url = server.add("/a.zip", ZIP)
    (tmp_path / "ml-tiny-a.zip.part").write_bytes(bytes(len(ZIP) + 10))
    (tmp_path / "ml-tiny-a.zip.part.json").write_text(f'{{"url": "{url}", "etag": "\\"one\\""}}')
    assert is_whole(fetch(tmp_path, RemoteFile(url, md5=checksum)))
    assert [request.range for request in server.requests] == [f"bytes={len(ZIP) + 10}-", None]


@pytest.mark.parametrize("memo", ["", "{", "[]", "7", "null", '{"url": 3}', "\xff"])
def test_a_damaged_memo_only_costs_the_part(server, tmp_path, memo) -> None:
    (tmp_path / "ml-tiny-a.zip.part").write_bytes(ZIP[:100])
    (tmp_path / "ml-tiny-a.zip.part.json").write_text(memo, "latin-1")
    assert is_whole(fetch(tmp_path, pinned(server.add("/a.zip", ZIP))))


@pytest.mark.parametrize("code", [500, 502, 503, 504, 429, 408])
def test_a_passing_failure_is_tried_again(server, tmp_path, code) -> None:
    url = server.add("/a.zip", ZIP, status(code), status(code))
    assert is_whole(fetch(tmp_path, pinned(url)))
    assert len(server.requests) == 3


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 501])
def test_a_lasting_failure_is_not(server, tmp_path, code) -> None:
    url = server.add("/a.zip", ZIP, status(code))
    with pytest.raises(DownloadError, match=f"127.0.0.1:.*: it answered {code} .*by hand from https://example.org"):
        fetch(tmp_path, pinned(url))
    assert len(server.requests) == 1
    assert left_over(tmp_path) == []


def test_waits_grow_and_the_server_may_name_one(server: MisbehavingServer, tmp_path: Path) -> None:
    waits: list[float] = []
    url = server.add(
        "/a.zip", ZIP, status(503), status(503), status(503, Retry_After="7"), status(503, Retry_After="900")
    )
    fetch(tmp_path, pinned(url), patience=replace(QUICK, attempts=5, first_wait=1.0, sleep=waits.append))
    assert waits == [1.0, 2.0, 7.0, 60.0]


def test_it_gives_up_in_the_end(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, *[status(503)] * 9)
    with pytest.raises(DownloadError, match=r"it answered 503 .* \(3 times\)"):
        fetch(tmp_path, pinned(url))
    assert len(server.requests) == 3


def test_silence_is_not_waited_for_for_ever(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, stall_after(HALF))
    assert is_whole(fetch(tmp_path, pinned(url), patience=replace(IMPATIENT, window=300.0)))
    assert server.requests[1].range == f"bytes={HALF}-"


def test_no_answer_at_all_is_not_waited_for_for_ever(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, *[hang_up] * 3)
    with pytest.raises(DownloadError, match=r"no connection .* \(3 times\)"):
        fetch(tmp_path, pinned(url))


def test_a_trickle_counts_as_stalled(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, trickle)
    assert is_whole(fetch(tmp_path, pinned(url), patience=replace(IMPATIENT, read=300.0)))
    assert 0 < int(server.requests[1].range.removeprefix("bytes=").removesuffix("-")) < 500


def test_a_trickle_says_so(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/a.zip", ZIP, trickle)
    with pytest.raises(DownloadError, match=r"too slow: [\d,]+ bytes a second"):
        fetch(tmp_path, pinned(url), patience=replace(IMPATIENT, attempts=1, read=300.0))


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.zip"
    with pytest.raises(DownloadError, match=r"no connection \(is there a network\?\) \(3 times\)"):
        fetch(tmp_path, pinned(url))
    assert left_over(tmp_path) == []


def test_a_broken_certificate_is_said_and_the_next_place_asked(server: MisbehavingServer, tmp_path: Path) -> None:
    good = server.add("/a.zip", ZIP)
    broken = server.url("/a.zip", scheme="https")  # plain HTTP answers the handshake
    assert is_whole(fetch(tmp_path, pinned(broken), pinned(good)))
    with pytest.raises(DownloadError, match="certificate is not valid"):
        download("ml-tiny", tmp_path / "again", sources=data_set(pinned(broken)), patience=QUICK)


def test_https_is_not_left_for_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = SimpleNamespace(url="http://example.org/a.zip", close=lambda: None)
    monkeypatch.setattr("requests.Session.get", lambda *_, **__: answer)
    with pytest.raises(DownloadError, match="leads from https to a connection that is not safe"):
        fetch(tmp_path, pinned("https://example.org/a.zip"))


def test_a_circle_of_redirects_ends(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.url("/a.zip")
    server.add("/a.zip", ZIP, *[redirect(url)] * 99)
    with pytest.raises(DownloadError, match="TooManyRedirects"):
        fetch(tmp_path, pinned(url))


def test_every_place_is_named_with_its_reason(server: MisbehavingServer, tmp_path: Path) -> None:
    first = server.add("/a.zip", ZIP, status(404))
    second = server.add("/b.zip", ZIP, status(403)).replace("127.0.0.1", "localhost")
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:\d+: it answered 404 .*; localhost:\d+: it answered 403"):
        fetch(tmp_path, pinned(first), pinned(second))
