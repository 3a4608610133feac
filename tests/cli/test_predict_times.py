"""``matinee predict`` says whether it predicted for the times in the table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from matinee.fitting.options import RunOptions
from matinee.models.bayesian.model import Bayesian
from matinee.store.save import save
from tests.support.cli_planted import model
from tests.support.hostile import matinee
from tests.support.planted import planted, with_times

if TYPE_CHECKING:
    from pathlib import Path

NONE = "  for no particular time: no column of times was recognised in PAIRS (name it with --columns timestamp=NAME)\n"
TABLES = {
    "date": ("userId,movieId,date\n0,1,2001-09-09\n", (), "date"),
    "when": ("userId,movieId,when\n0,1,2001-09-09\n", (), None),
    "when, named": ("userId,movieId,when\n0,1,2001-09-09\n", ("--columns", "timestamp=when"), "when"),
    "no header": ("0\t1\t3\t1000000000\n", (), None),
    "no header, named": ("0\t1\t3\t1000000000\n", ("--columns", "user=1,item=2,timestamp=4"), "column_4"),
}


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("timed") / "model"
    save(Bayesian(rank=2, draws=4, burn_in=1).fit(with_times(planted(40, 30, 0.3)), RunOptions()), folder)
    return folder


def predicted(folder: Path, table: str, *columns: str) -> tuple[str, dict[str, object]]:
    place = folder.parent
    (place / "pairs.csv").write_text(table)
    record = place / "record.json"
    told = (str(place / "pairs.csv"), "--out", str(place / "p.csv"), "--json", str(record), *columns)
    code, out, err = matinee("predict", str(folder), *told)
    assert (code, err) == (0, "")
    return out, json.loads(record.read_text())


@pytest.mark.parametrize("case", TABLES)
def test_for_which_times_is_said(timed: Path, case: str) -> None:
    table, columns, time = TABLES[case]
    out, record = predicted(timed, table, *columns)
    assert (record["timed"], record["times"]) == (True, time)
    assert (f"  for the times in column '{time}'\n" if time else NONE) in out


def test_nothing_is_said_by_a_model_without_times(tmp_path: Path) -> None:
    save(model(), tmp_path / "model")
    out, record = predicted(tmp_path / "model", TABLES["date"][0])
    assert (record["timed"], record["times"]) == (False, None)
    assert "time" not in out
