"""The doctor's figures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from matinee.data.check import check
from tests.support.hostile import HEADER, good

if TYPE_CHECKING:
    from pathlib import Path


def test_the_real_file(real_data: Path) -> None:
    report = check(real_data / "the-movies-dataset" / "ratings_small.csv")
    contents = report.contents
    assert contents is not None
    assert report.sound
    assert (report.rows, report.left_out) == (100_004, 0)
    assert (contents.ratings, contents.users, contents.items, contents.titled) == (100_004, 671, 9_066, 9_066)
    assert contents.density == pytest.approx(100_004 / (671 * 9_066))
    assert contents.mean == pytest.approx(3.543608, abs=1e-6)
    assert contents.first == datetime(1995, 1, 9, 11, 46, 49, tzinfo=UTC)
    assert contents.last == datetime(2016, 10, 16, 17, 57, 24, tzinfo=UTC)
    assert contents.stars[4.0] == 28_750
    assert sum(contents.stars.values()) == 100_004
    assert (contents.heaviest_user.id, contents.heaviest_user.ratings) == (547, 2_391)
    assert (contents.heaviest_item.title, contents.heaviest_item.ratings) == ("Forrest Gump", 341)


def test_the_figures_are_of_the_ratings_that_hold_good(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(HEADER + good() + b"9,9,x,1\n" * 3 + good(1))
    report = check(path)
    assert report.contents is not None
    assert not report.sound
    assert (report.rows, report.left_out) == (16, 4)
    assert (report.contents.ratings, report.contents.users, report.contents.items) == (12, 3, 4)
    assert report.contents.density == 1.0


def test_without_timestamps_there_is_no_time(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"user,item,rating\nann,heat,4\n")
    contents = check(path).contents
    assert contents is not None
    assert (contents.first, contents.last) == (None, None)
    assert contents.heaviest_user.id == "ann"


def test_the_report_as_json(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"\xef\xbb\xbf" + HEADER + good() + b"9,9,x,1\n")
    plain = json.loads(json.dumps(check(path).to_dict()))
    assert plain["contents"]["stars"]["0.5"] == 2
    assert plain["contents"]["scale"] == {"low": 0.5, "high": 5, "step": 0.5}
    assert plain["contents"]["first"] == "2009-12-14T02:52:24+00:00"
    assert [(found["kind"], found["lines"], found["harmless"]) for found in plain["problems"]] == [
        ("rating-not-a-number", [14], False),
        ("byte-order-mark", [], True),
    ]


@pytest.mark.parametrize("content", [b"", b"user,item,rating\n1,1,x\n"])
def test_the_report_of_nothing_as_json(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    plain = json.loads(json.dumps(check(path).to_dict()))
    assert plain["contents"] is None
    assert plain["problems"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xef\xbb\xbf" + HEADER + good(), "byte-order-mark"),
        ((HEADER + good()).replace(b"\n", b"\r\n"), "crlf"),
        (HEADER.replace(b"\n", b"\r\n") + good(), "mixed-newlines"),
        ((HEADER + good()).replace(b"\n", b"\r"), "old-newlines"),
        (HEADER + b"\n" + good(), "blank-lines"),
        ((HEADER + good()).replace(b",", b";").replace(b".", b","), "decimal-comma"),
    ],
)
def test_what_is_harmless_is_mentioned_and_no_more(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    report = check(path)
    assert report.sound
    assert [found.kind for found in report.problems] == [kind]
    assert report.contents is not None
    assert report.contents.ratings == 12
