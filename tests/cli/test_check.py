"""``matinee check`` as people and scripts use it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.hostile import HEADER, good, matinee

if TYPE_CHECKING:
    from pathlib import Path


def test_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    code, out, err = matinee("check", str(path))
    assert (code, err) == (0, "")
    for words in (f"{path} (CSV, with a header)", "users         3", "films         4", "0.5 to 5 by 0.5", "100.000%"):
        assert words in out
    assert "2009-12-14 to 2009-12-14" in out
    assert out.rstrip().endswith("No problems found.")


def test_the_real_file(real_data: Path) -> None:
    code, out, _ = matinee("check", str(real_data / "the-movies-dataset"))
    assert code == 0
    for words in ("100,004", "671", "9,066 (9,066 with a title)", "1.644%", "Forrest Gump, 341 ratings", "28,750"):
        assert words in out


def test_a_file_with_problems_exits_2_and_lists_them(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good() + b"9,9,x,1\n" + good(1))
    code, out, err = matinee("check", str(path))
    assert code == 2
    assert "Problems found, 2 of 14 rows cannot be used:" in out
    assert "✗ rating-not-a-number" in out
    assert "✗ duplicates" in out
    assert err.startswith(f"matinee: {path}, line 2: the same user rates")
    assert err.endswith("(and 1 more kind of problem, listed above)\n")


def test_json_to_a_file_and_to_stdout(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    code, out, _ = matinee("check", str(path), "--json", str(tmp_path / "report.json"))
    assert (code, "users" in out) == (0, True)
    written = json.loads((tmp_path / "report.json").read_text("utf-8"))
    code, out, _ = matinee("check", str(path), "--json", "-")
    assert json.loads(out) == written
    assert written["contents"]["users"] == 3


def test_json_of_a_bad_file_on_stdout_is_json_still(tmp_path: Path) -> None:
    code, out, err = matinee("check", str(tmp_path / "no.csv"), "--json", "-")
    assert code == 2
    assert json.loads(out)["problems"][0]["kind"] == "missing-file"
    assert err.count("\n") == 1


def test_json_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good())
    code, _, err = matinee("check", str(path), "--json", str(tmp_path / "no" / "report.json"))
    assert code == 2
    assert "No such file or directory" in err


def test_options_reach_the_doctor(tmp_path: Path) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes(b"uid,film,score\n1,7,4\n1,8,5\n")
    movies = tmp_path / "films.csv"
    movies.write_text("movieId,title,genres\n7,Heat (1995),Crime\n")
    options = ["--columns", "uid,film,score", "--scale", "0:10:1", "--movies", str(movies)]
    code, out, err = matinee("check", str(path), *options)
    assert (code, err) == (0, "")
    assert "0 to 10 by 1" in out
    assert "2 (1 with a title)" in out


def test_help_has_an_example() -> None:
    code, out, _ = matinee("check", "--help")
    assert code == 0
    assert "matinee check ml-1m.zip" in out
    for option in ("--columns", "--scale", "--movies", "--json"):
        assert option in out
