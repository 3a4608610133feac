"""The demo: every step told, every file left."""

from __future__ import annotations

import json

import pytest

from matinee.cli.main import cli


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    from click.testing import CliRunner

    folder = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(cli, ["demo", "--out", str(folder), "--json", str(folder / "numbers.json")])
    assert result.exit_code == 0, result.output
    return folder, result.output


def test_the_table_of_errors_is_printed_and_the_svd_beats_the_biases(told):
    lines = told[1].split("predicted by")[1].splitlines()[1:7]
    rmse = {line[:38].strip(): float(line[38:].split()[0]) for line in lines}
    assert rmse["SVD of what the biases leave"] < rmse["mean + biases of user and film"] < rmse["mean of all ratings"]
    assert rmse["SVD++, from the known cells alone"] < rmse["SVD of what the biases leave"]
    assert rmse["SVD, empty cells = 0 (the naive table)"] > 2


def test_report_histogram_and_predictions_lie_where_it_says(told):
    folder, output = told
    for name in ("report.html", "error-histogram.png"):
        assert str(folder / name) in output
        assert (folder / name).stat().st_size > 10_000
    assert (folder / "predictions.csv").read_text().startswith("user,item,truth,prediction,lower,upper,source\n")


def test_the_numbers_are_those_of_the_report(told):
    folder, output = told
    numbers = json.loads((folder / "numbers.json").read_text())
    assert numbers == json.loads((folder / "result.json").read_text())
    assert f"{numbers['rmse']:.4f}" in output


def test_the_refits_it_compares_with_agree(told):
    assert "5 compared with real refits" in told[1]
    difference = float(told[1].split("largest difference ")[1].split()[0])
    assert difference < 1e-5
