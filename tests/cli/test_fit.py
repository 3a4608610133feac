"""``matinee fit`` as people and scripts use it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from matinee.models.baselines import Bias
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.load import load
from tests.support.cli_planted import ratings_file
from tests.support.hostile import matinee
from tests.support.stored import answers

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return ratings_file(tmp_path)


def test_it_fits_saves_and_says_what_and_what_next(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    code, out, err = matinee("fit", str(file), "--model", "truncated-svd", "--set", "rank=3", "--out", str(folder))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "truncated-svd (rank 3, fill bias, damping 3.0, tolerance 1e-05)"
    for words in (
        rf"  ratings +\d+ from {file}",
        "  users +40",
        r"  films +30 \(30 with a title\)",
        "  rank +3",
        r"  fitted in +0\.\d\d s, intervals in 0\.\d\d s \(seed 0\)",
        r"  certificate +residuals at most \S+ σ₁ \(1e-05 asked\), orthonormal to \S+, ",
        r"  .* \d+\.\d% of the variance, by lapack",
        "  intervals +to hold 90% of the truths",
        f"  saved in +{folder}",
    ):
        assert re.search(f"^{words}", out, re.MULTILINE), words
    assert lines[-1] == f"Next:  matinee predict '{folder}' PAIRS --out predictions.csv"
    assert load(folder).config == TruncatedSVD(rank=3)


def test_a_model_that_ranks_says_that_it_has_no_intervals(file: Path, tmp_path: Path) -> None:
    code, out, _ = matinee("fit", str(file), "--model", "item-knn", "--out", str(tmp_path / "model"))
    assert code == 0
    assert "intervals     none: the model predicts a preference, which ranks films and is not in stars" in out


def test_without_a_model_it_chooses_one_and_says_why(file: Path, tmp_path: Path) -> None:
    record = tmp_path / "fit.json"
    code, out, err = matinee("fit", str(file), "--out", str(tmp_path / "model"), "--json", str(record))
    assert code == 0
    assert out.startswith("svdpp (rank 16")
    chosen = json.loads(record.read_text())["chosen"]
    assert re.fullmatch(r"svdpp, the most accurate for so few ratings: a second or two for \d+ ratings", chosen)
    assert err == f"no --model given: taking {chosen} (see the others with: matinee models)\n"


def test_settings_are_of_the_model_that_it_chooses(file: Path, tmp_path: Path) -> None:
    record = tmp_path / "fit.json"
    told = ("--set", "rank=3", "--set", "sweeps=2", "--json", str(record))
    code, _, err = matinee("fit", str(file), *told, "--out", str(tmp_path / "model"))
    assert code == 0
    assert "; with rank, sweeps as --set says" in err
    assert (load(tmp_path / "model").config.rank, json.loads(record.read_text())["parameters"]["sweeps"]) == (3, 2)


def test_json_to_stdout_is_all_there_is(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    code, out, err = matinee(
        "fit", str(file), "--model", "bias", "--set", "damping=2", "--out", str(folder), "--json", "-", "--seed", "9"
    )
    record = json.loads(out)
    model = load(folder)
    assert (code, err) == (0, "")
    assert record["ratings"] == model.user_counts.sum()
    assert {name: record[name] for name in ("model", "parameters", "users", "films", "rank", "seed")} == {
        "model": "bias",
        "parameters": {"damping": 2.0},
        "users": 40,
        "films": 30,
        "rank": 0,
        "seed": 9,
    }
    assert record["scale"] == {"low": 0.5, "high": 5, "step": 0.5}
    assert record["certificate"] is record["chosen"] is None
    assert record["interval_coverage"] == 0.9
    assert model.config == Bias(damping=2)


def test_json_to_a_file_beside_the_words(file: Path, tmp_path: Path) -> None:
    record = tmp_path / "fit.json"
    code, out, _ = matinee("fit", str(file), "--model", "mean", "--out", str(tmp_path / "m"), "--json", str(record))
    assert code == 0
    assert out.startswith("mean\n")
    assert json.loads(record.read_text())["directory"] == str(tmp_path / "m")


def test_an_older_model_is_replaced(file: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "model")
    assert matinee("fit", str(file), "--model", "mean", "--out", folder)[0] == 0
    assert matinee("fit", str(file), "--model", "bias", "--out", folder)[0] == 0
    assert load(folder).config == Bias()
    assert len(list(Path(folder).iterdir())) == 5


def test_the_same_seed_on_one_thread_and_two(file: Path, tmp_path: Path) -> None:
    for threads in ("1", "2"):
        options = ("--model", "truncated-svd", "--seed", "3", "--threads", threads)
        assert matinee("fit", str(file), *options, "--out", str(tmp_path / threads))[0] == 0
    assert answers(load(tmp_path / "1")) == answers(load(tmp_path / "2"))


def test_no_intervals(file: Path, tmp_path: Path) -> None:
    _, out, _ = matinee("fit", str(file), "--model", "bias", "--no-intervals", "--out", str(tmp_path / "model"))
    assert "intervals     none: not measured" in out
    assert load(tmp_path / "model").calibration is None


def test_the_options_of_reading(tmp_path: Path) -> None:
    file = tmp_path / "votes.csv"
    rows = "".join(f"{score},{user},{film}\n" for user in range(6) for film, score in enumerate((2, 4, 6, 8)))
    file.write_text("score,who,what\n" + rows + "x,1,9\n")
    told = (str(file), "--model", "mean", "--columns", "who,what,score", "--scale", "0:10:1")
    code, _, err = matinee("fit", *told, "--out", str(tmp_path / "no"))
    assert code == 2
    assert err.startswith(f"matinee: {file}, line 26: the rating is not a number; found 'x'")
    assert not (tmp_path / "no").exists()
    code, _, err = matinee("fit", *told, "--on-bad-rows", "skip", "--out", str(tmp_path / "yes"))
    assert code == 0
    assert err.startswith(f"note: {file}, line 26: the rating is not a number")
    assert (load(tmp_path / "yes").scale.low, load(tmp_path / "yes").scale.high) == (0, 10)


def test_a_time_limit_that_is_too_short_is_said(real_data: Path, tmp_path: Path) -> None:
    file = str(real_data / "the-movies-dataset" / "ratings_small.csv")
    slow = ("--set", "rank=20", "--set", "tolerance=1e-12", "--time-limit", "0.001", "--no-intervals")
    code, out, _ = matinee("fit", file, "--model", "truncated-svd", *slow, "--out", str(tmp_path / "model"))
    assert code == 0
    assert "certificate   NOT REACHED, residuals at most " in out
    assert load(tmp_path / "model").report.to_dict()["certificate"]["holds"] is False


BAD = {
    "model": (("--model", "svd"), "model: found 'svd'; allowed: mean, bias, truncated-svd"),
    "parameter": (
        ("--model", "bias", "--set", "rank=2"),
        "bias: found parameter 'rank'; allowed: damping; see: matinee models",
    ),
    "no parameters": (("--model", "mean", "--set", "rank=2"), "mean: found parameter 'rank'; allowed: none"),
    "value": (("--model", "bias", "--set", "damping=lots"), "damping: found 'lots'; allowed is a number"),
    "range": (("--set", "rank=0"), "svdpp: rank: found 0; allowed is a whole number from 1 to 2000"),
    "NaN": (("--model", "bias", "--set", "damping=nan"), "damping: found nan"),
    "choice": (("--model", "truncated-svd", "--set", "fill=average"), "allowed is one of zero, mean, user, item, bias"),
    "of another": (("--set", "fill=zero"), "no --model was given and svdpp was chosen: name the model that it is of"),
    "no value": (("--set", "rank"), "--set: found 'rank'; allowed is KEY=VALUE, like rank=20; see: matinee models"),
    "empty value": (("--set", "rank="), "--set: found 'rank='"),
    "twice": (("--set", "rank=2", "--set", "rank=3"), "--set: found 'rank' twice, 2 and 3; give it once"),
    "seed": (("--seed", "-1"), "seed: found -1; allowed is a whole number from 0 to 2"),
    "threads": (("--threads", "0"), "threads: found 0; allowed is 1 or more"),
    "time limit": (("--time-limit", "nan"), "time limit: found nan; allowed is a number of seconds over 0"),
    "rows": (("--on-bad-rows", "ignore"), "on_bad_rows: found 'ignore'; allowed are 'refuse' and 'skip'"),
    "scale": (("--scale", "5"), "rating scale: found '5'; allowed is low:high or low:high:step"),
    "columns": (("--columns", "a,b"), "columns: found 2 names in 'a,b'"),
    "titles": (("--movies", "nowhere.csv"), "nowhere.csv: there is no such file of titles"),
    "seed in words": (("--seed", "lucky"), "Invalid value for '--seed': 'lucky' is not a valid integer"),
    "option": (("--ranks", "2"), "No such option"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_exits_2_says_so_and_saves_nothing(case: str, file: Path, tmp_path: Path) -> None:
    options, says = BAD[case]
    code, out, err = matinee("fit", str(file), *options, "--out", str(tmp_path / "model"))
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
    assert not (tmp_path / "model").exists()


def test_where_it_cannot_be_saved_is_said_before_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    code, out, err = matinee("fit", "nowhere.csv", "--model", "mean", "--out", str(tmp_path))
    assert (code, out) == (2, "")
    assert err.startswith(f"matinee: {tmp_path}: the directory holds other files and no model; found 'thesis.tex'")
    assert err.count("\n") == 1


def test_a_missing_file_and_a_missing_out(file: Path, tmp_path: Path) -> None:
    code, _, err = matinee("fit", "nowhere.csv", "--model", "mean", "--out", str(tmp_path / "model"))
    assert code == 2
    assert err.startswith("matinee: nowhere.csv: there is no such file")
    code, _, err = matinee("fit", str(file))
    assert code == 2
    assert "Missing option '--out'" in err


def test_the_help_has_an_example() -> None:
    code, out, _ = matinee("fit", "--help")
    assert code == 0
    assert "\n    matinee fit ratings.csv --model truncated-svd --set rank=20 --out model\n" in out


def test_as_a_process_of_its_own(file: Path, tmp_path: Path) -> None:
    told = ("--model", "truncated-svd", "--out", str(tmp_path / "model"), "--json", "-")
    run = [sys.executable, "-m", "matinee", "fit", str(file), *told]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["model"] == "truncated-svd"
    assert not done.stderr, "no bar in a pipe"
    assert load(tmp_path / "model").rank == 20
