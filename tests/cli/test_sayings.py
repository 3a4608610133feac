"""What ``fit`` and ``evaluate`` say of a fit: what it learnt from, how long it took, how much is saved."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_planted import ITEMS, USERS, ratings_file
from tests.support.hostile import matinee
from tests.support.planted import with_times
from tests.support.stored import ratings

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--model", "bayesian", "--set", "rank=3", "--set", "draws=9", "--set", "burn_in=4")
SOURCES = "ratings, times, genres \\(movies.csv\\)"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = ratings_file(tmp_path)
    table = with_times(ratings(1, users=USERS, items=ITEMS)).to_frame()
    table.rename({"user": "userId", "item": "movieId"}).write_csv(path)
    return path


def said(name: str, file: Path, *words: str) -> tuple[str, dict[str, object]]:
    record = file.parent / "record.json"
    code, out, err = matinee(name, str(file), *words, "--out", str(file.parent / "out"), "--json", str(record))
    assert (code, err) == (0, "")
    return out, json.loads(record.read_text())


def test_fit(file: Path) -> None:
    out, record = said("fit", file, *QUICK)
    assert re.search(rf"^  learnt from +{SOURCES}$", out, re.MULTILINE)
    assert re.search(r"^  learnt in +13 draws: 4 burn-in, 9 kept$", out, re.MULTILINE)
    assert re.search(rf"^  rank +3, saved as {record['rank']} columns$", out, re.MULTILINE)
    assert re.search(r"^  fitted in +\d+\.\d\d s, intervals in \d+\.\d\d s \(seed 0\)$", out, re.MULTILINE)
    assert record["interval_seconds"] > 0


def test_fit_without_intervals_has_no_seconds_of_them(file: Path) -> None:
    out, record = said("fit", file, "--model", "svdpp", "--set", "rank=2", "--no-intervals")
    assert record["interval_seconds"] is None
    assert re.search(r"^  fitted in +\d+\.\d\d s \(seed 0\)$", out, re.MULTILINE)
    assert "learnt from" not in out


def test_evaluate(file: Path) -> None:
    out, record = said("evaluate", file, *QUICK)
    assert re.search(rf"^Learnt from {SOURCES}\.$", out, re.MULTILINE)
    assert "\nLearnt in 13 draws: 4 burn-in, 9 kept.\n" in out
    assert re.search(r"^Fitted in \d+\.\d\d s, intervals in \d+\.\d\d s, predicted in ", out, re.MULTILINE)
    assert record["details"]["interval_seconds"] > 0
    assert "ratings, times, genres (movies.csv)" in (file.parent / "out" / "report.html").read_text()


def test_the_errors_of_one_user_tell_nothing_of_chance(tmp_path: Path, file: Path) -> None:
    train = tmp_path / "train.csv"
    head, first, *rest = file.read_text().splitlines(keepends=True)
    train.write_text(head + "".join(rest))
    (tmp_path / "test.csv").write_text(head + first)
    out, _ = said("evaluate", train, "--test", str(tmp_path / "test.csv"), "--model", "bias", "--no-intervals")
    assert re.search(r"^bias +\d\.\d{4} +too few users to tell +\d\.\d{4}$", out, re.MULTILINE)
