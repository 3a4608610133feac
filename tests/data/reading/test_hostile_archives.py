"""Archives and compressed files that are cut off, hostile or hold no ratings."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import tempfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from matinee.data.check import check
from matinee.data.reading import ratings_files
from matinee.data.reading.read import read_ratings
from matinee.errors import DataError
from tests.support.hostile import HEADER, Hostile, assert_everywhere, each, good, matinee

if TYPE_CHECKING:
    from pathlib import Path

TEXT = HEADER + good()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return buffer.getvalue()


def zip_of(name: str, content: bytes) -> bytes:
    return zipped(**{name: content})


def tar_with(member: tarfile.TarInfo, content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def link(target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo("ratings.csv")
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def encrypted(content: bytes) -> bytes:
    """The archive with the flag of encryption set on its only member."""
    changed = bytearray(content)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(signature) + flags] |= 1
    return bytes(changed)


ARCHIVES = [
    Hostile("a zip cut off", zip_of("ratings.csv", TEXT)[:-40], "archive-truncated", ("cut off",), file="a.zip"),
    Hostile("a zip of one byte more", b"PK\x03\x04", "archive-truncated", ("the archive",), file="a.zip"),
    Hostile("a zip with ../", zip_of("../ratings.csv", TEXT), "archive-outside", ("outside",), file="a.zip"),
    Hostile("a zip with a root", zip_of("/etc/ratings.csv", TEXT), "archive-outside", ("outside",), file="a.zip"),
    Hostile(
        "a tar with ../",
        tar_with(tarfile.TarInfo("../ratings.csv"), TEXT),
        "archive-outside",
        ("outside",),
        file="a.tar",
    ),
    Hostile("a tar with a link", tar_with(link("/etc/passwd")), "archive-link", ("a link",), file="a.tar"),
    Hostile(
        "a zip with a password",
        encrypted(zip_of("ratings.csv", TEXT)),
        "archive-encrypted",
        ("password",),
        file="a.zip",
    ),
    Hostile(
        "an empty zip", zipped(), "no-ratings-inside", ("no ratings file is inside; found no files",), file="a.zip"
    ),
    Hostile(
        "a zip of titles",
        zip_of("movies.csv", b"movieId,title\n"),
        "no-ratings-inside",
        ("found 'movies.csv'",),
        file="a.zip",
    ),
    Hostile(
        "a spreadsheet", zip_of("xl/workbook.xml", b"<x/>"), "no-ratings-inside", ("xl/workbook.xml",), file="a.xlsx"
    ),
    Hostile(
        "a zip of an empty file",
        zip_of("ratings.csv", b""),
        "empty-file",
        ("a.zip/ratings.csv: the file is empty",),
        file="a.zip",
    ),
    Hostile("gzip cut off", gzip.compress(TEXT)[:-20], "archive-truncated", ("cut off",), file="r.csv.gz"),
    Hostile(
        "gzip damaged",
        gzip.compress(TEXT)[:30] + b"!!" + gzip.compress(TEXT)[32:],
        "archive-corrupt",
        ("damaged",),
        file="r.csv.gz",
    ),
    Hostile("gzip of nothing", gzip.compress(b""), "empty-file", ("the file is empty",), file="r.csv.gz"),
    Hostile("zstandard cut off", b"\x28\xb5\x2f\xfd\x04", "archive-truncated", ("cut off",), file="r.csv.zst"),
    Hostile("gzip named like text", gzip.compress(b"hello"), "columns", ("found 'hello'",), file="r.csv"),
    Hostile(
        "a bad line in a zip",
        zip_of("ml/ratings.csv", TEXT + b"9,9,x,1\n"),
        "rating-not-a-number",
        ("a.zip/ml/ratings.csv, line 14: the rating is not a number",),
        (14,),
        12,
        "a.zip",
    ),
    Hostile(
        "a bad line in gzip",
        gzip.compress(TEXT + b"9,9,x,1\n"),
        "rating-not-a-number",
        ("r.csv.gz, line 14:",),
        (14,),
        12,
        "r.csv.gz",
    ),
]


@each(ARCHIVES)
def test_a_bad_archive_is_refused_and_nothing_is_left_behind(
    case: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert_everywhere(case, tmp_path / "data")
    assert not list(scratch.iterdir())
    assert not (tmp_path / "ratings.csv").exists()


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matinee.data.archives import limits

    monkeypatch.setattr(limits, "FREE_BYTES", 1 << 16)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(1 << 24)))
    with pytest.raises(DataError, match="a bomb"):
        read_ratings(path, on_bad_rows="skip")
    assert [found.kind for found in check(path).problems] == ["archive-bomb"]
    assert matinee("check", str(path))[0] == 2


def test_a_hidden_twin_of_a_mac_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/ml/._ratings.csv", b"\0\0\0\0")
        archive.writestr("ml/._ratings.csv", b"\0\0\0\0")
        archive.writestr("ml/ratings.csv", TEXT)
    assert len(read_ratings(path)) == 12


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["ratings_small.csv", "ratings.csv", "links.csv"], ["ratings.csv"]),
        (["ratings_small.csv", "movies_metadata.csv", "links_small.csv"], ["ratings_small.csv"]),
        (["ml-100k/u1.base", "ml-100k/u.item", "ml-100k/u.data"], ["ml-100k/u.data"]),
        (["deep/er/ratings.csv", "ml/ratings.csv"], ["ml/ratings.csv"]),
        (["combined_data_10.txt", "combined_data_2.txt", "probe.txt"], ["combined_data_2.txt", "combined_data_10.txt"]),
        (["Ratings.CSV.gz", "README.txt"], ["Ratings.CSV.gz"]),
        (["__MACOSX/votes.tsv", "votes.tsv", ".votes.tsv"], ["votes.tsv"]),
        (["votes.tsv", "movies.csv", "README.txt", "users.dat"], ["votes.tsv"]),
    ],
)
def test_the_ratings_among_other_files_are_chosen(names: list[str], chosen: list[str]) -> None:
    assert ratings_files.choose(names, "here") == chosen


@pytest.mark.parametrize("packed", [False, True])
def test_other_ratings_inside_are_named_and_do_no_harm(tmp_path: Path, packed: bool) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    names = ("ratings.csv", "ratings_small.csv", "my-ratings.tsv", "u.data", "movies.csv", "tags.csv", "pairs.csv")
    for name in names:
        (folder / name).write_bytes(HEADER + good())
    if packed:
        shutil.make_archive(str(folder), "zip", folder)
    report = check(folder.with_suffix(".zip") if packed else folder)
    (found,) = (one for one in report.problems if one.kind == "more-ratings-inside")
    assert report.sound
    assert report.source.endswith("ratings.csv")
    assert found.found == "'my-ratings.tsv, ratings_small.csv, u.data'"
    assert found.remedy == "Name the file that you mean, if it is another one."
    assert not check(folder / "ratings.csv").problems
