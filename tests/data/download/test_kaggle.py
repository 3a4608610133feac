"""Data sets from Kaggle, with a stand-in for the optional package kagglehub."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from matinee.data.download.fetch import download
from matinee.data.download.sources import DataSet, Place
from matinee.errors import DownloadError
from tests.support.download_kit import QUICK, RATINGS, ZIP, is_whole, left_over, pinned

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.misbehaving_server import MisbehavingServer

KAGGLE = Place("a test", kaggle="somebody/ml-tiny")


class KaggleApiHTTPError(OSError):
    """As kagglehub raises it: a requests error (an OSError without a number) with the response."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status} Client Error.\nA second line nobody should see")
        self.response = SimpleNamespace(status_code=status)


def install(monkeypatch: pytest.MonkeyPatch, answer) -> list[str]:
    """Put a kagglehub in place whose downloads do as ``answer`` says; the handles it is asked for."""
    asked: list[str] = []

    def dataset_download(handle: str) -> str:
        asked.append(handle)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    hub = ModuleType("kagglehub")
    hub.dataset_download = dataset_download  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kagglehub", hub)
    return asked


def fetch(tmp_path: Path, *places: Place) -> Path:
    source = DataSet("ml-tiny", "", "https://example.org/ml-tiny", places)
    return download("ml-tiny", tmp_path / "here", sources=(source,), patience=QUICK)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache" / "versions" / "3" / "ml-tiny"
    folder.mkdir(parents=True)
    (folder / "ratings.csv").write_text(RATINGS, "utf-8")
    (folder / "movies.csv").write_text("movieId,title,genres\n")
    return folder.parent


def test_its_files_come_to_lie_in_the_folder(monkeypatch, tmp_path, cache) -> None:
    asked = install(monkeypatch, cache)
    folder = fetch(tmp_path, KAGGLE)
    assert asked == ["somebody/ml-tiny"]
    assert is_whole(folder)
    assert left_over(tmp_path / "here") == ["ml-tiny"]
    assert fetch(tmp_path, KAGGLE) == folder
    assert len(asked) == 1


def test_files_are_copied_where_they_cannot_be_linked(monkeypatch, tmp_path, cache) -> None:
    install(monkeypatch, cache)

    def no_links(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("matinee.data.download.kaggle.os.link", no_links)
    assert is_whole(fetch(tmp_path, KAGGLE))


def test_without_the_package_it_says_how_to_get_it(monkeypatch, tmp_path) -> None:
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(DownloadError, match=r"needs the package kagglehub \(pip install 'matinee\[kaggle\]'\)"):
        fetch(tmp_path, KAGGLE)


@pytest.mark.parametrize(
    "error", [KaggleApiHTTPError(401), KaggleApiHTTPError(403), type("CredentialError", (Exception,), {})()]
)
def test_without_credentials_it_says_where_to_make_them(monkeypatch, tmp_path, error) -> None:
    install(monkeypatch, error)
    with pytest.raises(
        DownloadError, match=r"kaggle.com/settings.*kaggle\.json, or set KAGGLE_USERNAME and KAGGLE_KEY"
    ):
        fetch(tmp_path, KAGGLE)


@pytest.mark.parametrize("error", [KaggleApiHTTPError(500), ValueError("broken\nsecond"), RuntimeError()])
def test_any_other_failure_is_one_line(monkeypatch, tmp_path, error) -> None:
    install(monkeypatch, error)
    with pytest.raises(DownloadError, match=type(error).__name__) as raised:
        fetch(tmp_path, KAGGLE)
    assert "\n" not in str(raised.value)
    assert left_over(tmp_path / "here") == []


def test_a_place_without_kaggle_is_used_where_kaggle_fails(monkeypatch, tmp_path, server: MisbehavingServer) -> None:
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    archive = Place("a test", (pinned(server.add("/a.zip", ZIP)),))
    assert is_whole(fetch(tmp_path, KAGGLE, archive))
