"""Downloading from servers that behave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from matinee.data.download.fetch import download
from matinee.data.download.sources import SOURCES, DataSet, Place, RemoteFile, find_source
from matinee.errors import DownloadError
from tests.support.download_kit import QUICK, RATINGS, ZIP, data_set, is_whole, left_over, md5, pinned, zipped
from tests.support.misbehaving_server import MisbehavingServer, chunked, no_length, redirect, status

if TYPE_CHECKING:
    from pathlib import Path


def test_a_data_set_is_fetched_verified_and_unpacked(server: MisbehavingServer, tmp_path: Path) -> None:
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP)))
    folder = download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert folder == tmp_path / "ml-tiny"
    assert is_whole(folder)
    assert left_over(tmp_path) == ["ml-tiny"]


def test_the_folder_can_be_read_by_others(server: MisbehavingServer, tmp_path: Path) -> None:
    (tmp_path / "ordinary").mkdir()
    flat = zipped({"ratings.csv": RATINGS, "movies.csv": ""}, folder="")
    sources = data_set(pinned(server.add("/a.zip", flat), flat))
    folder = download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert folder.stat().st_mode == (tmp_path / "ordinary").stat().st_mode


def test_a_second_run_asks_nobody_and_changes_nothing(server: MisbehavingServer, tmp_path: Path) -> None:
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP)))
    folder = download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    before = (folder / "ratings.csv").stat().st_mtime_ns
    assert download("ml-tiny", tmp_path, sources=sources, patience=QUICK) == folder
    assert len(server.requests) == 1
    assert (folder / "ratings.csv").stat().st_mtime_ns == before


def test_the_receipt_says_what_came_from_where(server: MisbehavingServer, tmp_path: Path) -> None:
    url = server.add("/ml-tiny.zip", ZIP)
    folder = download("ml-tiny", tmp_path, sources=data_set(pinned(url)), patience=QUICK)
    receipt = json.loads((folder / ".matinee-download.json").read_text("utf-8"))
    assert receipt["from"] == [url]
    assert receipt["files"]["ratings.csv"]["bytes"] == len(RATINGS)


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda folder: (folder / "ratings.csv").write_text("1,2,3\n"), "ratings.csv has changed"),
        (lambda folder: (folder / "ratings.csv").write_text(RATINGS.replace("1", "2")), "has changed"),
        (lambda folder: (folder / "movies.csv").unlink(), "movies.csv is missing"),
        (lambda folder: (folder / ".matinee-download.json").unlink(), "no record of a download"),
        (lambda folder: (folder / ".matinee-download.json").write_text("[1]"), "no record of a download"),
    ],
)
def test_a_changed_folder_is_refused_and_left_alone(server, tmp_path, harm, found) -> None:
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP)))
    folder = download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    harm(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(DownloadError, match=f"in the way.*{found}.*move or delete it"):
        download("ml-tiny", tmp_path, sources=sources, patience=QUICK)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_empty_folder_is_not_in_the_way(server: MisbehavingServer, tmp_path: Path) -> None:
    (tmp_path / "ml-tiny").mkdir()
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP)))
    assert is_whole(download("ml-tiny", tmp_path, sources=sources, patience=QUICK))


def test_progress_grows_to_the_total(server: MisbehavingServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP)))
    download("ml-tiny", tmp_path, progress=lambda *at: seen.append(at), sources=sources, patience=QUICK)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (len(ZIP), len(ZIP))


def test_a_redirect_is_followed(server: MisbehavingServer, tmp_path: Path) -> None:
    there = server.add("/there.zip", ZIP)
    here = server.add("/ml-tiny.zip", b"", redirect(there))
    assert is_whole(download("ml-tiny", tmp_path, sources=data_set(pinned(here)), patience=QUICK))


@pytest.mark.parametrize("behaviour", [no_length, chunked])
def test_the_length_need_not_be_told(server, tmp_path, behaviour) -> None:
    sources = data_set(pinned(server.add("/ml-tiny.zip", ZIP, behaviour)))
    assert is_whole(download("ml-tiny", tmp_path, sources=sources, patience=QUICK))


def test_the_next_place_is_asked_where_the_first_has_nothing(server: MisbehavingServer, tmp_path: Path) -> None:
    first = server.add("/gone.zip", b"", status(404))
    second = server.add("/ml-tiny.zip", ZIP)
    folder = download("ml-tiny", tmp_path, sources=data_set(pinned(first), pinned(second)), patience=QUICK)
    assert is_whole(folder)
    assert json.loads((folder / ".matinee-download.json").read_text("utf-8"))["from"] == [second]


@pytest.mark.parametrize("form", ["{}", "{}  ml-tiny.zip\n", "MD5 (ml-tiny.zip) = {}\n"])
def test_a_set_that_moves_is_verified_by_the_checksum_beside_it(server, tmp_path, form) -> None:
    url = server.add("/ml-tiny.zip", ZIP)
    sidecar = server.add("/ml-tiny.zip.md5", form.format(md5(ZIP).upper()).encode())
    sources = data_set(RemoteFile(url, sidecar=sidecar))
    assert is_whole(download("ml-tiny", tmp_path, sources=sources, patience=QUICK))


def test_a_place_may_have_the_tables_one_by_one(server: MisbehavingServer, tmp_path: Path) -> None:
    bodies = {"ratings.csv": RATINGS.encode(), "movies.csv": b"movieId,title,genres\n"}
    files = tuple(
        RemoteFile(server.add(f"/{name}", body), md5=md5(body), size=len(body)) for name, body in bodies.items()
    )
    source = DataSet("ml-tiny", "", "https://example.org", (Place("a test", files),))
    assert is_whole(download("ml-tiny", tmp_path, sources=(source,), patience=QUICK))
    assert left_over(tmp_path) == ["ml-tiny"]


def test_an_unknown_name_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"'ml-9m': there is none.*ml-latest-small, ml-100k.*netflix-prize"):
        download("ml-9m", tmp_path)


NAMES = [
    "the-movies-dataset", "ml-latest-small", "ml-100k", "ml-1m", "ml-10m", "ml-25m", "ml-32m", "netflix-prize",
]  # fmt: skip


def test_every_promised_name_has_places_with_checksums() -> None:
    assert [source.name for source in SOURCES] == NAMES
    for source in SOURCES:
        assert len(source.places) >= (1 if source.name == "the-movies-dataset" else 2)
        for place in source.places:
            assert place.evidence
            assert bool(place.kaggle) != bool(place.files)
            assert all(file.pinned or file.sidecar for file in place.files)
            assert all(file.url.startswith("https://") for file in place.files)


def test_all_places_of_one_archive_expect_the_same_bytes() -> None:
    for name in ("ml-100k", "ml-1m", "ml-10m"):
        expected = {(f.name, f.size, f.md5, f.sha256) for p in find_source(name).places for f in p.files}
        assert len(expected) == 1
