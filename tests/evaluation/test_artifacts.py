"""The folder an evaluation leaves: what is in each file, and that none is ever half written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matinee.errors import InputError
from matinee.evaluation.metrics.errors import errors, mae, rmse, rmse_interval
from matinee.evaluation.plots.registry import applicable
from matinee.evaluation.plots.render import Rendered
from matinee.evaluation.report import artifacts
from matinee.evaluation.report import page as report
from matinee.evaluation.report.artifacts import predictions_table, summary, write_evaluation
from matinee.evaluation.report.summary import to_json
from matinee.evaluation.result import CSV_COLUMNS, Evaluation
from matinee.files import write_whole
from tests.support.evaluations import CASES, evaluation

CONTRACT = {
    "model", "parameters", "protocol", "seed", "train_ratings", "test_ratings", "rmse", "rmse_interval", "mae",
    "fit_seconds", "predict_seconds", "peak_memory_mb", "version", "baseline_rmse", "coverage", "details",
}  # fmt: skip


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of no content, where the test is of the files: drawing takes seconds."""
    monkeypatch.setattr(
        artifacts, "render", lambda result, _: dict.fromkeys(_names(result), Rendered(b"png", b"<svg/>"))
    )
    monkeypatch.setattr(report, "render_svg", lambda result, _: dict.fromkeys(_names(result), b"<svg/>"))


def _names(result: Evaluation) -> list[str]:
    return [picture.name for picture in applicable(result)]


def test_everything_is_written_and_named(tmp_path: Path) -> None:
    written = write_evaluation(CASES["hidden"], tmp_path / "deep" / "out", "matinee demo")
    pictures = {f"{name}.{kind}" for name in _names(CASES["hidden"]) for kind in ("png", "svg")}
    assert set(written) == pictures | {"result.json", "predictions.csv", "report.html"}
    assert {path.name for path in (tmp_path / "deep" / "out").iterdir()} == set(written)
    assert all(path.name == name and path.stat().st_size > 200 for name, path in written.items())
    assert "matinee demo" in written["report.html"].read_text()


def test_the_summary_keeps_the_contract() -> None:
    result = CASES["with intervals, 0 to 100"]
    numbers, error = summary(result), errors(result)
    assert set(numbers) >= CONTRACT
    assert numbers["rmse"] == rmse(error)
    assert numbers["rmse_interval"] == list(rmse_interval(result))
    assert numbers["mae"] == mae(error)
    assert numbers["baseline_rmse"] == rmse(errors(result, "baseline"))
    assert numbers["test_ratings"] == 400
    assert 0 < numbers["coverage"] < 1
    assert numbers["coverage_level"] == 0.9
    assert json.loads(to_json(numbers)) == numbers


def test_the_summary_is_strict_json_whatever_the_details() -> None:
    details = {
        "nan": float("nan"), "inf": np.float32("inf"), "array": np.arange(2), "path": Path("x"),
        "deep": {1: (np.int64(3), np.bool_(True))}, "none": None,
    }  # fmt: skip
    loaded = json.loads(to_json(summary(evaluation(5, details=details))), parse_constant=pytest.fail)
    assert loaded["details"] == {
        "nan": None, "inf": None, "array": [0, 1], "path": "x", "deep": {"1": [3, True]}, "none": None
    }  # fmt: skip


@pytest.mark.parametrize(("case", "extra"), [("hidden", ()), ("untitled", ()), ("zeroed", ("corrupted",))])
def test_the_columns_of_the_predictions(case: str, extra: tuple[str, ...]) -> None:
    assert tuple(predictions_table(CASES[case]).columns) == CSV_COLUMNS + extra


@pytest.mark.usefixtures("quick")
def test_predictions_keep_full_precision(tmp_path: Path) -> None:
    result = CASES["zeroed"]
    read = pl.read_csv(write_evaluation(result, tmp_path)["predictions.csv"])
    for column in ("user", "item", "prediction", "corrupted"):
        assert read[column].to_list() == result.rows[column].to_list()
    assert read["truth"].cast(pl.Float32).to_list() == result.rows["truth"].to_list()
    assert read["lower"].is_null().all()


@pytest.mark.usefixtures("quick")
def test_pictures_of_an_earlier_evaluation_go_and_other_files_stay(tmp_path: Path) -> None:
    write_evaluation(CASES["hidden"], tmp_path)
    (tmp_path / "notes.png").write_text("mine")
    write_evaluation(CASES["whole stars, no factors"], tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert "notes.png" in left
    assert "error-histogram.png" in left
    assert not {"singular-values.png", "singular-values.svg", "rmse-by-rank.svg"} & left


@pytest.mark.usefixtures("quick")
def test_the_same_evaluation_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_evaluation(CASES["removed"], tmp_path / "a")
    second = write_evaluation(CASES["removed"], tmp_path / "b")
    assert [path.read_bytes() for path in first.values()] == [path.read_bytes() for path in second.values()]


@pytest.mark.usefixtures("quick")
def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_evaluation(CASES["hidden"], tmp_path)
    before = {name: path.read_bytes() for name, path in written.items()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matinee.files.os.fsync", full)
    with pytest.raises(InputError, match=r"predictions\.csv: cannot be written \(No space left on device\)"):
        write_evaluation(CASES["removed"], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def half(file) -> None:
        file.write(b"half")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write_whole(tmp_path / "file", half)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_in_the_way_is_said_plainly(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError, match=r"file.*: cannot be written .*; allowed is a folder you may write to"):
        write_evaluation(CASES["hidden"], tmp_path / place)
    assert (tmp_path / "file").read_text() == "precious"


def test_nothing_predicted_writes_nothing(tmp_path: Path) -> None:
    nothing = replace(CASES["hidden"], rows=CASES["hidden"].rows.head(0))
    with pytest.raises(InputError, match="0 ratings were predicted"):
        write_evaluation(nothing, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_ranking_leaves_its_ranks_and_takes_the_place_of_stars(tmp_path: Path) -> None:
    write_evaluation(CASES["hidden"], tmp_path)
    written = write_evaluation(CASES["ranked"], tmp_path)
    assert set(written) == {
        "predictions.csv",
        "result.json",
        "report.html",
        "recall-by-length.png",
        "recall-by-length.svg",
    }
    assert {path.name for path in tmp_path.iterdir()} == set(written)
    table = pl.read_csv(written["predictions.csv"])
    assert table.columns == [*CSV_COLUMNS, "rank", "popularity_rank"]
    assert table["rank"].to_list() == CASES["ranked"].rows["rank"].to_list()
