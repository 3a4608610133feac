"""``--users`` on every command that reads ratings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from matinee.store.load import load
from tests.support.described import described
from tests.support.hostile import matinee

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--model", "bayesian", "--set", "draws=10", "--set", "burn_in=5", "--set", "rank=2", "--no-intervals")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    described(60, 40).to_frame().rename({"user": "userId", "item": "movieId"}).write_csv(tmp_path / "ratings.csv")
    return tmp_path / "ratings.csv"


@pytest.fixture
def users(tmp_path: Path) -> Path:
    place = tmp_path / "elsewhere" / "who.csv"
    place.parent.mkdir()
    described(60, 40).people.table.rename({"user": "id"}).write_csv(place)
    return place


def test_fit_learns_from_them(file: Path, users: Path, tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("with", "without")}
    for name, more in (("with", ("--users", str(users))), ("without", ())):
        assert matinee("fit", str(file), *QUICK, *more, "--out", str(folders[name]))[0] == 0
    one, other = (load(folder).scorer.user_factors for folder in folders.values())
    assert one.shape == other.shape
    assert np.abs(one - other).max() > 1e-3


def test_evaluate_learns_from_them_whoever_is_tested(file: Path, users: Path, tmp_path: Path) -> None:
    """The file of users need say nothing of those of the test file."""
    test = tmp_path / "test.csv"
    test.write_text("userId,movieId,rating\n9999,10,3\n9999,11,4\n")
    told = {}
    for name, more in (("with", ("--users", str(users))), ("without", ())):
        code, out, err = matinee("evaluate", str(file), *QUICK, *more, "--test", str(test), "--json", "-")
        assert (code, err) == (0, "")
        told[name] = json.loads(out)["rmse"]
    assert told["with"] != told["without"]


def test_check_counts_them(file: Path, users: Path) -> None:
    code, out, _ = matinee("check", str(file), "--users", str(users))
    assert code == 0
    assert "users         60 (60 with attributes)" in out
    users.write_text("id,age\n1,2\n10\n")
    code, out, err = matinee("check", str(file), "--users", str(users))
    assert code == 2
    assert f"{users}: none of its 1 users has a rating in {file}" in err


@pytest.mark.parametrize("command", ["fit", "evaluate", "check"])
def test_a_file_that_is_none_is_one_clear_line(command: str, file: Path, tmp_path: Path) -> None:
    more = {"fit": (*QUICK, "--out", str(tmp_path / "model")), "evaluate": QUICK, "check": ()}[command]
    code, _, err = matinee(command, str(file), *more, "--users", str(tmp_path / "gone.csv"))
    assert code == 2
    assert err == f"matinee: {tmp_path / 'gone.csv'}: there is no such file of users. Check the path.\n"


def test_lines_with_problems_are_skipped_if_told_to(file: Path, users: Path, tmp_path: Path) -> None:
    with users.open("a") as lines:
        lines.write("10\n")
    run = ("fit", str(file), *QUICK, "--users", str(users), "--out", str(tmp_path / "model"))
    code, _, err = matinee(*run)
    assert code == 2
    assert f"{users}, line 62: the line has another number of fields than the header; found '1 fields'" in err
    code, _, err = matinee(*run, "--on-bad-rows", "skip")
    assert code == 0
    assert "note: " in err
