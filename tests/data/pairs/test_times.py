"""When pairs are asked for: read from a column of times where the table has one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from matinee.data.pairs.read import read_pairs
from matinee.data.pairs.times import times
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["timestamp", "ts", "Date", "rated_at"])
def test_seconds_by_the_usual_names(tmp_path: Path, name: str) -> None:
    pairs = read_pairs(written(tmp_path, f"user,item,{name}\n1,2,1000000007\n1,3, 1000000060\n"))
    assert times(pairs).tolist() == [1_000_000_007, 1_000_000_060]


def test_dates_and_times_in_utc(tmp_path: Path) -> None:
    pairs = read_pairs(
        written(tmp_path, "user,item,when\n1,2,1970-01-02\n1,3,1970-01-01T00:01:00Z\n"), "timestamp=when"
    )
    assert times(pairs).tolist() == [86_400, 60]


def test_parquet_has_types_of_its_own(tmp_path: Path) -> None:
    when = [datetime(1970, 1, 1, 0, 1, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)]
    path = tmp_path / "pairs.parquet"
    pl.DataFrame({"user": [1, 1], "item": [2, 3], "time": when}).write_parquet(path)
    assert times(read_pairs(path)).tolist() == [60, 86_400]


def test_without_a_column_of_times_there_are_none(tmp_path: Path) -> None:
    assert times(read_pairs(written(tmp_path, "user,item,note\n1,2,hello\n"))) is None
    assert times(read_pairs(written(tmp_path, "user,item,date,time\n1,2,3,4\n"))) is None


def test_a_column_of_times_may_be_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, "user,item,timestamp\n1,2,no time\n")
    assert times(read_pairs(path, "user=user,timestamp=")) is None


@pytest.mark.parametrize("wrong", ["", "soon", "nan"])
def test_a_time_that_is_none_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    pairs = read_pairs(written(tmp_path, f"user,item,timestamp\n1,2,1000000007\n1,3,{wrong}\n"))
    with pytest.raises(DataError, match="line 3") as caught:
        times(pairs)
    assert "remove the column" in str(caught.value)


def test_a_column_of_truths_is_no_time(tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    pl.DataFrame({"user": [1], "item": [2], "time": [True]}).write_parquet(path)
    with pytest.raises(DataError, match="seconds since 1970"):
        times(read_pairs(path))
