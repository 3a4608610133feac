"""Every text file of the repository, whatever language it is in."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import PurePath

import pytest

from tests.support.sources import ROOT

LONGEST = 400
MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})( |$)", re.MULTILINE)
TRAILING = re.compile(r"[ \t\r]+$", re.MULTILINE)

GENERATED = ("docs/reference/", "LICENSE", "src/matinee/data/synthetic/films.csv")
"""Pages made by a program, a text of others and lists, which are as long as they are."""

DATA = re.compile(r"\.(csv|tsv|dat|data|base|test|item|user|parquet|arrow|feather|zip|7z|tar|gz|xz|zst|sqlite|db)$")
OURS = ("src/matinee/data/synthetic/films.csv", "tests/store/golden/")
"""The list of films, and saved models of planted ratings."""

LARGEST = 200_000
"""Bytes."""


@cache
def tracked() -> tuple[str, ...]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git says which files are in it")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.split("\0") if (ROOT / name).is_file())


@cache
def texts() -> dict[str, str]:
    names = [name for name in tracked() if not name.startswith("tests/store/golden/")]
    contents = {name: (ROOT / name).read_bytes() for name in names}
    return {name: content.decode() for name, content in contents.items() if b"\0" not in content}


def test_all_kinds_are_looked_at() -> None:
    assert {PurePath(name).suffix for name in texts()} >= {".py", ".md", ".cpp", ".toml", ".txt", ".sh"}


def test_no_merge_left_its_markers() -> None:
    assert [name for name, text in texts().items() if MARKER.search(text)] == []


def test_no_line_ends_in_a_space() -> None:
    assert [name for name, text in texts().items() if TRAILING.search(text)] == []


def test_every_text_ends_with_one_line_break() -> None:
    assert [name for name, text in texts().items() if text and (not text.endswith("\n") or text.endswith("\n\n"))] == []


def test_texts_stay_short() -> None:
    lengths = {name: text.count("\n") for name, text in texts().items() if not name.startswith(GENERATED)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_no_ratings_of_others_are_in_the_repository() -> None:
    strangers = [name for name in tracked() if DATA.search(name.lower()) and not name.startswith(OURS)]
    assert strangers == []
    assert [name for name in tracked() if (ROOT / name).stat().st_size > LARGEST] == []
