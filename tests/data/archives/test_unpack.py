"""Archives: unpacked as they are, refused where they are hostile, cut off or damaged."""

from __future__ import annotations

import bz2
import gzip
import importlib
import io
import lzma
import stat
import struct
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.archives import limits
from matinee.data.archives.unpack import archive_kind, archive_members, decompress, extract
from matinee.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = {"ml/ratings.csv": b"userId,movieId,rating\n" + b"1,2,3.5\n" * 500, "ml/readme.txt": b"hello\n", "top": b""}
zstd = importlib.import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def make_zip(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = method
            archive.writestr(info, body)
    return path


def make_tar(path: Path, files: dict[str, bytes], mode: str = "w") -> Path:
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w" if mode == "w:zst" else mode) as archive:
        for name, body in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    path.write_bytes(zstd.compress(memory.getvalue()) if mode == "w:zst" else memory.getvalue())
    return path


MAKERS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "zip": make_zip,
    "zip stored": lambda path, files: make_zip(path, files, zipfile.ZIP_STORED),
    "zip bzip2": lambda path, files: make_zip(path, files, zipfile.ZIP_BZIP2),
    "zip lzma": lambda path, files: make_zip(path, files, zipfile.ZIP_LZMA),
    "tar": make_tar,
    "tar.gz": lambda path, files: make_tar(path, files, "w:gz"),
    "tar.bz2": lambda path, files: make_tar(path, files, "w:bz2"),
    "tar.xz": lambda path, files: make_tar(path, files, "w:xz"),
    "tar.zst": lambda path, files: make_tar(path, files, "w:zst"),
}
ALL = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress}


def refused(kind: str, call: Callable[[], object]) -> str:
    """That ``call`` raises one fatal problem of ``kind``; its message."""
    with pytest.raises(DataError) as raised:
        call()
    (problem,) = raised.value.problems
    assert (problem.kind, problem.fatal) == (kind, True)
    assert problem.remedy
    assert str(problem) == str(raised.value)
    return str(problem)


def everything_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) if folder.exists() else []


@ALL
def test_every_form_is_unpacked_as_it_is(tmp_path: Path, make) -> None:
    archive = make(tmp_path / "no-suffix", FILES)
    assert archive_kind(archive) == ("zip" if zipfile.is_zipfile(archive) else "tar")
    assert archive_members(archive) == tuple(FILES)
    written = extract(archive, tmp_path / "out")
    assert written == [tmp_path / "out" / name for name in FILES]
    assert [path.read_bytes() for path in written] == list(FILES.values())
    assert everything_in(tmp_path / "out") == ["ml", "ml/ratings.csv", "ml/readme.txt", "top"]


@ALL
def test_some_members_by_name_or_by_rule(tmp_path: Path, make) -> None:
    archive = make(tmp_path / "a", FILES)
    assert extract(archive, tmp_path / "one", members=["ml/readme.txt"]) == [tmp_path / "one/ml/readme.txt"]
    extract(archive, tmp_path / "two", members=lambda name: name.endswith(".csv"))
    assert everything_in(tmp_path / "one") == ["ml", "ml/readme.txt"]
    assert everything_in(tmp_path / "two") == ["ml", "ml/ratings.csv"]


@ALL
def test_a_member_that_is_not_there(tmp_path: Path, make) -> None:
    archive = make(tmp_path / "a", FILES)
    message = refused("archive-member-missing", lambda: extract(archive, tmp_path / "out", members=["top", "no.csv"]))
    assert "no.csv" in message
    assert everything_in(tmp_path / "out") == []


@pytest.mark.parametrize("kind", PACKERS)
def test_a_compressed_file_is_unpacked(tmp_path: Path, kind: str) -> None:
    packed = tmp_path / f"ratings.csv.{kind}"
    packed.write_bytes(PACKERS[kind](b"1,2,3\n" * 999))
    assert archive_kind(packed) == kind
    assert decompress(packed, tmp_path / "out") == tmp_path / "out" / "ratings.csv"
    assert (tmp_path / "out" / "ratings.csv").read_bytes() == b"1,2,3\n" * 999


def test_a_compressed_file_never_overwrites_itself(tmp_path: Path) -> None:
    packed = tmp_path / "ratings"
    packed.write_bytes(gzip.compress(b"1,2,3\n"))
    assert decompress(packed, tmp_path).read_bytes() == b"1,2,3\n"
    assert packed.read_bytes()[:2] == b"\x1f\x8b"


def test_members_of_one_gzip_file_follow_one_another(tmp_path: Path) -> None:
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert decompress(packed, tmp_path).read_bytes() == b"one\ntwo\n"


def test_leading_dots_are_left_out_and_folders_made(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tar", {"./ml/./ratings.csv": b"1"})
    assert archive_members(archive) == ("ml/ratings.csv",)
    assert extract(archive, tmp_path / "deep/er")[0].read_bytes() == b"1"


def test_files_already_there_are_replaced_and_others_kept(tmp_path: Path) -> None:
    (tmp_path / "out/ml").mkdir(parents=True)
    (tmp_path / "out/ml/readme.txt").write_text("old")
    (tmp_path / "out/mine.txt").write_text("mine")
    extract(make_zip(tmp_path / "a", FILES), tmp_path / "out")
    assert (tmp_path / "out/ml/readme.txt").read_bytes() == b"hello\n"
    assert (tmp_path / "out/mine.txt").read_text() == "mine"


@pytest.mark.parametrize("body", [b"", b"userId,movieId,rating\n1,2,3\n", b"<html>", b"PK", b"PAR1....", bytes(2048)])
def test_what_is_no_archive(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(body)
    assert archive_kind(path) is None
    for call in (
        lambda: archive_members(path),
        lambda: extract(path, tmp_path / "o"),
        lambda: decompress(path, tmp_path),
    ):
        assert "not an archive" in refused("archive-unknown", call)


OUTSIDE = [
    "../evil.csv", "ml/../../evil.csv", "..", "/etc/evil", "//evil", "C:/evil.csv", "c:evil.csv", "..\\evil.csv",
    "ml\\ratings.csv", "\\\\host\\share", "ml/rat\nings.csv", "ml/bell\x07", "ml/\x7f", "a/..", "./../evil",
]  # fmt: skip


@ALL
@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_outside(tmp_path: Path, make, name: str) -> None:
    archive = make(tmp_path / "a", {"ratings.csv": b"1,2,3\n", name: b"evil"})
    refused("archive-outside", lambda: archive_members(archive))
    message = refused("archive-outside", lambda: extract(archive, tmp_path / "in/side"))
    assert "outside its folder" in message
    assert "\n" not in message
    assert everything_in(tmp_path) == ["a", "in", "in/side"]


def test_a_nul_in_a_zip_name_is_not_hidden(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"good_csv": b"1"})
    archive.write_bytes(archive.read_bytes().replace(b"good_csv", b"goo\0.csv"))
    refused("archive-outside", lambda: archive_members(archive))


@ALL
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_cut_off(tmp_path: Path, make, share: float) -> None:
    archive = make(tmp_path / "a", {**FILES, "noise": bytes(range(256)) * 40})
    data = archive.read_bytes()
    if make is make_tar:
        data = data[:-10240].rstrip(b"\0")  # a tar ends in zeros, of which none need be there
    archive.write_bytes(data[: int(len(data) * share)])
    refused("archive-truncated", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_tar_cut_off_between_two_members(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a", {"first": b"1" * 512, "second": b"2" * 512})
    archive.write_bytes(archive.read_bytes()[: 512 * 2])
    refused("archive-truncated", lambda: archive_members(archive))
    archive.write_bytes(make_tar(tmp_path / "b", {"first": b"1" * 512, "second": b"2"}).read_bytes()[: 512 * 2 + 100])
    refused("archive-truncated", lambda: archive_members(archive))


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_compressed_file_cut_off(tmp_path: Path, kind: str, share: float) -> None:
    data = PACKERS[kind](bytes(range(256)) * 300 + b"end")
    packed = tmp_path / f"ratings.csv.{kind}"
    packed.write_bytes(data[: int(len(data) * share)])
    refused("archive-truncated", lambda: decompress(packed, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_wrong_checksum_in_a_zip(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", FILES, zipfile.ZIP_STORED)
    archive.write_bytes(archive.read_bytes().replace(b"1,2,3.5\n", b"1,2,4.5\n", 1))
    assert "damaged" in refused("archive-corrupt", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


@pytest.mark.parametrize("kind", ["gz", "xz", "bz2", "zst"])
def test_a_wrong_byte_in_a_compressed_file(tmp_path: Path, kind: str) -> None:
    pack = {**PACKERS, "zst": lambda b: zstd.compress(b, options={zstd.CompressionParameter.checksum_flag: 1})}[kind]
    data = bytearray(pack(bytes(i * i % 251 for i in range(20000))))
    data[len(data) // 2] ^= 0x55
    packed = tmp_path / "a.csv"
    packed.write_bytes(data)
    refused("archive-corrupt", lambda: decompress(packed, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_wrong_checksum_at_the_very_end(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a", {"ratings.csv": bytes(range(256)) * 2000}, "w:gz")
    data = bytearray(archive.read_bytes())
    data[-6] ^= 1
    archive.write_bytes(data)
    refused("archive-corrupt", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_an_encrypted_zip(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"ratings.csv": b"1,2,3\n"}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    archive.write_bytes(data)
    assert "password" in refused("archive-encrypted", lambda: archive_members(archive))
    refused("archive-encrypted", lambda: extract(archive, tmp_path / "out"))


def test_a_method_nobody_here_knows(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"ratings.csv": b"1,2,3\n"}, zipfile.ZIP_STORED)
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        struct.pack_into("<H", data, data.index(signature) + offset, 98)  # PPMd
    archive.write_bytes(data)
    refused("archive-unsupported", lambda: extract(archive, tmp_path / "out"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("ratings.csv")
    info.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    refused("archive-link", lambda: archive_members(tmp_path / "a"))
    refused("archive-link", lambda: extract(tmp_path / "a", tmp_path / "out"))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_and_devices_in_a_tar(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("ratings.csv")
    member.type, member.linkname = kind, "/etc/passwd"
    with tarfile.open(tmp_path / "a", "w") as archive:
        archive.addfile(member)
    refused("archive-link", lambda: archive_members(tmp_path / "a"))
    refused("archive-link", lambda: extract(tmp_path / "a", tmp_path / "out"))


@ALL
def test_more_than_allowed(tmp_path: Path, make) -> None:
    archive = make(tmp_path / "a", {"one": bytes(600), "two": bytes(600)})
    message = refused("archive-bomb", lambda: extract(archive, tmp_path / "out", max_bytes=1000))
    assert "1,000 bytes" in message
    assert everything_in(tmp_path / "out") == []
    assert len(extract(archive, tmp_path / "out", max_bytes=20_000)) == 2


@ALL
def test_compressed_beyond_belief(tmp_path: Path, make, monkeypatch) -> None:
    monkeypatch.setattr(limits, "FREE_BYTES", 1 << 16)
    archive = make(tmp_path / "a", {"zeros": bytes(1 << 24)})
    if archive.stat().st_size > 1 << 20:
        assert extract(archive, tmp_path / "out")  # stored: nothing is out of proportion
    else:
        refused("archive-bomb", lambda: extract(archive, tmp_path / "out"))
        assert everything_in(tmp_path / "out") == []


@pytest.mark.parametrize("kind", PACKERS)
def test_a_compressed_bomb(tmp_path: Path, kind: str, monkeypatch) -> None:
    monkeypatch.setattr(limits, "FREE_BYTES", 1 << 16)
    packed = tmp_path / f"a.{kind}"
    packed.write_bytes(PACKERS[kind](bytes(1 << 25)))
    refused("archive-bomb", lambda: decompress(packed, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_real_bomb_is_refused_by_the_limits_as_they_are(tmp_path: Path) -> None:
    """Two gigabytes of zeros in some 65 KB."""
    packed = tmp_path / "a.csv.zst"
    packed.write_bytes(zstd.compress(bytes(1 << 20)) * 2048)
    message = refused("archive-bomb", lambda: decompress(packed, tmp_path / "out"))
    assert "1,073,741,824 bytes" in message


def test_a_zip_that_declares_a_terabyte_is_refused_before_a_byte_is_written(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"zeros": bytes(1000)})
    data = bytearray(archive.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 0xFFFFFFF0)
    archive.write_bytes(data)
    assert "declared" in refused("archive-bomb", lambda: archive_members(archive))


def test_a_zip_whose_sizes_lie_gives_no_more_than_declared(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a", {"zeros": bytes(1 << 20)})
    data = bytearray(archive.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 24, 10)
    archive.write_bytes(data)
    refused("archive-corrupt", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_tar_member_that_declares_a_terabyte(tmp_path: Path) -> None:
    member = tarfile.TarInfo("big")
    member.size = 1 << 40
    (tmp_path / "a").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(2048))
    refused("archive-bomb", lambda: archive_members(tmp_path / "a"))


def test_too_many_members(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(limits, "MOST_MEMBERS", 20)
    archive = make_zip(tmp_path / "a", {f"{n}": b"" for n in range(21)})
    assert "more than 20 files" in refused("archive-bomb", lambda: archive_members(archive))


@ALL
def test_a_name_that_is_a_file_and_a_folder(tmp_path: Path, make) -> None:
    archive = make(tmp_path / "a", {"x": b"1", "x/y": b"2"})
    assert "both a file and a folder" in refused("archive-corrupt", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == []


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out" / "top" / "mine").mkdir(parents=True)
    archive = make_zip(tmp_path / "a", {"top": b"1"})
    refused("archive-in-the-way", lambda: extract(archive, tmp_path / "out"))
    assert everything_in(tmp_path / "out") == ["top", "top/mine"]


@given(data=st.data())
@settings(max_examples=60)
@pytest.mark.parametrize("form", MAKERS)
def test_no_damage_gives_anything_but_the_files_or_a_refusal(tmp_path_factory, form: str, data: st.DataObject) -> None:
    """Flip, cut and repeat bytes: what comes out whole has the right contents, or one clear problem is raised."""
    folder = tmp_path_factory.mktemp("fuzz")
    archive = MAKERS[form](folder / "a", {"ratings.csv": b"1,2,3\n" * 20, "b": b"x"})
    body = bytearray(archive.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at] = data.draw(st.integers(0, 255))
    archive.write_bytes(body[: data.draw(st.integers(len(body) // 2, len(body)))])
    written, kinds = [], ["archive-"]
    try:
        written = extract(archive, folder / "out")
    except DataError as error:
        kinds = [problem.kind for problem in error.problems]
    assert [kind[:8] for kind in kinds] == ["archive-"]
    assert all(path.resolve().is_relative_to((folder / "out").resolve()) for path in written)
    assert written or everything_in(folder / "out") == []
