"""``matinee evaluate`` as people and scripts use it."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from matinee.cli.main import cli, main
from matinee.data.synthetic.sample import sample
from matinee.data.write import write_ratings
from matinee.matrix.split import hide


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    split = hide(sample(5).take(range(0, 100_000, 5)), 0.2, 0)
    write_ratings(split.training, folder / "train.csv")
    write_ratings(split.hidden, folder / "test.csv")
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def failure(*arguments: object, capsys, monkeypatch) -> str:
    monkeypatch.setattr(sys, "argv", ["matinee", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_the_json_has_what_the_contract_names(files, tmp_path):
    run("evaluate", files / "train.csv", "--set", "rank=5", "--json", tmp_path / "r.json")
    numbers = json.loads((tmp_path / "r.json").read_text())
    named = "model parameters protocol seed train_ratings test_ratings rmse rmse_interval mae fit_seconds"
    assert set(named.split()) | {"predict_seconds", "peak_memory_mb", "version"} <= set(numbers)
    assert numbers["parameters"]["rank"] == 5
    assert numbers["rmse_interval"][0] < numbers["rmse"] < numbers["rmse_interval"][1]


def test_a_dash_sends_the_json_and_nothing_else_to_stdout(files):
    done = subprocess.run(
        [sys.executable, "-m", "matinee", "evaluate", files / "train.csv", "--model", "bias", "--json", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["model"] == "bias"


def test_out_holds_predictions_result_report_and_every_picture(files, tmp_path):
    run("evaluate", files / "train.csv", "--set", "rank=5", "--test", files / "test.csv", "--out", tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    pictures = ("error-histogram", "singular-values", "error-by-activity", "predicted-by-star", "rmse-by-rank")
    assert {"predictions.csv", "result.json", "report.html"} | {
        f"{p}.{e}" for p in pictures for e in ("png", "svg")
    } <= names
    table = pl.read_csv(tmp_path / "predictions.csv")
    assert table.columns == ["user", "item", "truth", "prediction", "lower", "upper", "source"]
    assert len(table) == len(pl.read_csv(files / "test.csv"))
    assert table["lower"].is_not_null().all()


def test_corrupt_adds_the_corrupted_value(files, tmp_path):
    output = run(
        "evaluate", files / "train.csv", "--protocol", "corrupt", "--fraction", "0.01", "--corruption", "0.5",
        "--set", "rank=3", "--set", "fill=item", "--verify", "2", "--out", tmp_path,
    )  # fmt: skip
    table = pl.read_csv(tmp_path / "predictions.csv")
    assert table["corrupted"].unique().to_list() == [0.5]
    assert "2 entries against refits" in output


def test_the_same_seed_gives_the_same_file_for_any_number_of_threads(files, tmp_path):
    for threads in (1, 2):
        run("evaluate", files / "train.csv", "--seed", 7, "--threads", threads, "--out", tmp_path / str(threads))
    one, two = ((tmp_path / str(threads) / "predictions.csv").read_bytes() for threads in (1, 2))
    assert one == two


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "als9"], "model: found 'als9'; allowed: mean, bias, truncated-svd"),
        (["--set", "rank"], "--set: found 'rank'; allowed is KEY=VALUE"),
        (["--set", "ranks=3"], "found parameter 'ranks'; allowed: rank, fill, damping, tolerance"),
        (["--set", "rank=0"], "truncated-svd: rank: found 0; allowed is a whole number from 1"),
        (["--set", "rank=two"], "truncated-svd: rank: found 'two'; allowed is a whole number"),
        (["--set", "fill=median"], "fill: found 'median'; allowed is one of zero, mean, user, item, bias"),
        (["--set", "rank=9000"], "rank: found 9000; allowed is 1 to"),
        (["--fraction", "1.5"], "fraction: found 1.5; allowed is over 0 and under 1"),
        (["--protocol", "kfolds"], "'kfolds' is not one of 'hide', 'corrupt'"),
        (["--protocol", "corrupt", "--model", "mean"], "protocol corrupt: found model 'mean'"),
        (["--protocol", "corrupt", "--corruption", "eat"], "corruption: found 'eat'; allowed: remove, zero"),
        (["--verify", "3"], "--verify: found with --protocol hide; allowed with --protocol corrupt only; add "),
        (["--test", "absent.csv"], "absent.csv: there is no such file"),
        (["--threads", "0"], "threads"),
        (["--seed", "-1"], "seed"),
        (["--scale", "5:1"], "rating scale: found"),
        (["--json", "absent/r.json", "--model", "mean"], "absent/r.json: cannot be written"),
        (["--bogus"], "No such option"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_clear_line_and_status_2(files, arguments, message, capsys, monkeypatch):
    said = failure("evaluate", files / "train.csv", *arguments, capsys=capsys, monkeypatch=monkeypatch)
    last = said.strip().splitlines()[-1]
    assert last.startswith("matinee: ")
    assert message in last
    assert "Traceback" not in said


def test_a_test_file_that_was_trained_on_is_refused(files, capsys, monkeypatch):
    train = files / "train.csv"
    said = failure("evaluate", train, "--test", train, capsys=capsys, monkeypatch=monkeypatch)
    assert "are also in" in said


def test_a_model_that_ranks_says_how_well(files, tmp_path):
    said = run("evaluate", files / "train.csv", "--model", "ease", "--set", "liked=4", "--json", tmp_path / "r.json")
    numbers = json.loads((tmp_path / "r.json").read_text())
    assert [numbers["rmse"], numbers["mae"], numbers["predicts"]] == [None, None, "preference"]
    gain = numbers["ranking"]["ndcg@10"]
    for shown in ("NDCG@10", "Recall@50", f"{gain['value']:.4f}", f"{gain['popularity']:.4f}", "popularity"):
        assert shown in said
    liked, users = numbers["ranking"]["liked"], numbers["ranking"]["users"]
    assert f"{liked:,} hidden liked films of {users:,} users, each ranked among all films" in said
    assert "RMSE" not in said


def test_corruption_of_a_ranking_is_refused(files, capsys, monkeypatch):
    said = failure("evaluate", files / "train.csv", "--model", "item-knn", "--protocol", "corrupt",
                   capsys=capsys, monkeypatch=monkeypatch)  # fmt: skip
    assert "found model 'item-knn'; allowed is truncated-svd, which entries are read back from; take that" in said
