"""Files of which nothing can be read: one clear message, whatever the bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.data.check import check
from matinee.data.reading import read
from matinee.data.reading.read import read_ratings
from matinee.errors import DataError
from tests.support.hostile import HEADER, Hostile, assert_everywhere, each, good, matinee

WHOLE = [
    Hostile("an empty file", b"", "empty-file", ("the file is empty",)),
    Hostile("only newlines", b"\n\n\r\n", "no-ratings", ("there are no ratings, only a header or blank lines",)),
    Hostile("only a header", HEADER, "no-ratings", ("no ratings", "found 'userId,movieId,rating,timestamp'")),
    Hostile("a header without newline", HEADER.strip(), "no-ratings", ("no ratings", "at least one rating")),
    Hostile("a byte-order mark alone", b"\xef\xbb\xbf", "no-ratings", ("there are no ratings",)),
    Hostile("UTF-16", (HEADER + good()).decode().encode("utf-16"), "encoding-utf16", ("the text is in UTF-16",)),
    Hostile(
        "UTF-16 without a mark",
        (HEADER + good()).decode().encode("utf-16-le"),
        "encoding-utf16",
        ("the text is in UTF-16; allowed: UTF-8", "iconv -f UTF-16 -t UTF-8"),
    ),
    Hostile("UTF-32", (HEADER + good()).decode().encode("utf-32"), "encoding-utf16", ("the text is in UTF-32",)),
    Hostile("all bytes", bytes(range(256)) * 50, "binary-file", ("this is not text", r"found '\x00\x01\x02")),
    Hostile("zeros", bytes(5000), "binary-file", ("this is not text",)),
    Hostile("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(64)) * 9, "binary-file", ("this is not text",)),
    Hostile("a web page", b"<!doctype html>\n<p>404</p>", "not-a-table", ("a web page or XML", "an error page")),
    Hostile("JSON", b'{"user": 1, "item": 2}', "not-a-table", ("this is JSON, not a table of ratings",)),
    Hostile("a list in JSON", b'[\n{"user": 1}]', "not-a-table", ("this is JSON",)),
    Hostile("one word", b"hello", "columns", ("no column is the user or the item or the rating; found 'hello'",)),
    Hostile("two columns", b"1,2\n3,4\n", "columns", ("there are too few columns; found 2 columns",)),
    Hostile("one column", b"1\n2\n3\n", "columns", ("found 1 column;", "Separate them by comma, tab")),
    Hostile("titles", b"movieId,title,genres\n1,Heat,Crime\n", "columns", ("no column is the user or the rating",)),
    Hostile("no rating column", b"user,item,when\n1,2,3\n", "columns", ("no column is the rating", "rating=NAME")),
    Hostile(
        "two user columns", b"user,user,item,rating\n1,1,2,3\n", "columns", ("two columns are named like the user",)
    ),
    Hostile(
        "nothing but bad lines",
        HEADER + b"1,2,x,4\n1,2,y,4\n",
        "nothing-left",
        ("not one rating is left", "lines 2, 3: the rating is not a number"),
    ),
    Hostile("ids all decimal", b"user,item,rating\n1.0,1,3\n2.0,1,4\n", "nothing-left", ("Write 1, not 1.0",)),
    Hostile("no finite rating", b"user,item,rating\n1,1,nan\n2,1,inf\n", "nothing-left", ("lines 2, 3", "NaN")),
    Hostile("a film without ratings", b"1:\n2:\n", "no-ratings", ("there are no ratings",)),
]


@each(WHOLE)
def test_a_file_of_which_nothing_can_be_read(case: Hostile, tmp_path: Path) -> None:
    assert_everywhere(case, tmp_path)


def refused(path: str | Path, *says: str) -> None:
    """Reading, skipping, checking and the command line all say ``says``."""
    for how in ("refuse", "skip"):
        with pytest.raises(DataError) as raised:
            read_ratings(path, on_bad_rows=how)
        assert all(words in str(raised.value) for words in says), raised.value
    assert [found.fatal for found in check(path).problems] == [True]
    if "\0" not in str(path):
        code, out, err = matinee("check", str(path))
        assert (code, err.count("\n")) == (2, 1)
        assert all(words in out + err for words in says)


def test_a_missing_file(tmp_path: Path) -> None:
    refused(tmp_path / "no.csv", "no.csv: there is no such file or folder", "matinee download")


def test_a_missing_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_bytes(HEADER + good())
    refused(tmp_path / "ratings.csv" / "ratings.csv", "the file cannot be read; found Not a directory")


def test_a_name_that_cannot_be(tmp_path: Path) -> None:
    refused(tmp_path / "a\0b.csv", "there is no such file or folder")
    refused(tmp_path / ("x" * 300), "the file cannot be read; found File name too long")


def test_an_empty_path_is_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused("", "no ratings file is inside; found no files")


def test_a_folder_without_ratings(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text("movieId,title,genres\n")
    (tmp_path / "notes.md").write_text("nothing")
    refused(tmp_path, "no ratings file is inside; found 'movies.csv, notes.md'", "allowed: ratings.csv, ratings.dat")


def test_a_folder_with_two_tables_does_not_guess(tmp_path: Path) -> None:
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_bytes(HEADER + good())
    refused(tmp_path, "found 'first.csv, second.csv'", "Name the ratings file itself")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ratings.csv")
    refused(tmp_path / "ratings.csv", "this is neither a file nor a folder")


def test_a_device() -> None:
    refused("/dev/zero", "/dev/zero: this is neither a file nor a folder", "Save the ratings to a file")


def test_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").symlink_to(tmp_path / "gone.csv")
    refused(tmp_path / "ratings.csv", "there is no such file or folder")


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").symlink_to(tmp_path / "ratings.csv")
    refused(tmp_path / "ratings.csv", "the file cannot be read; found Too many levels of symbolic links")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read everything

        def forbidden(self: Path, *_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", forbidden)
    refused(path, "ratings.csv: the file may not be read", "chmod u+r")


@pytest.mark.parametrize(
    "name", [b"\xff\xfe.csv", b"a b.csv", b"ratings[1].csv", b"what*?.csv", b"~user.csv", b"-x.csv"]
)
def test_any_file_name_will_do(name: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(HEADER + good())
    with monkeypatch.context() as patch:
        patch.setattr(read, "_parse_exactly", None)  # the quick way must do
        assert len(read_ratings(path)) == 12
    path.write_bytes(HEADER + good() + b"9,9,x,1\n")
    code, out, err = matinee("check", str(path))
    assert code == 2
    assert "line 14: the rating is not a number" in out + err


def test_a_relative_name_is_no_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~").mkdir()
    for name in ("~root", "~/ratings.csv"):
        Path(name).write_bytes(HEADER + good())
        with monkeypatch.context() as patch:
            patch.setattr(read, "_parse_exactly", None)
            assert len(read_ratings(name)) == 12


@pytest.mark.parametrize(
    "content", [b"", b"user,item,rating\n1,1,x\n", b"\x00\x01\x02", b"PK\x03\x04", b"\x1f\x8b\x08"]
)
def test_a_fresh_process_ends_with_status_2_and_no_traceback(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    run = [sys.executable, "-c", "from matinee.cli.main import main; main()", "check", str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"matinee: {path}")
    assert "Traceback" not in done.stdout + done.stderr


def test_letters_that_a_terminal_cannot_show_end_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes("user,item,rating\nBjörk,Amélie,4\nBjörk,Delicatessen,★\n".encode())
    run = [sys.executable, "-c", "from matinee.cli.main import main; main()", "check", str(path)]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(run, capture_output=True, encoding="latin-1", check=False, env=environment)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "Amélie, 1 rating\n" in done.stdout
    assert "found '?'" in done.stdout
