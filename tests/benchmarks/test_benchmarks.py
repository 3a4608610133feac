"""The benchmarks start, explain themselves, and answer at a tiny size: what they measure is for a quiet machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.sources import ROOT

FOLDER = ROOT / "benchmarks"
SCRIPTS = sorted(file.stem for file in FOLDER.glob("*.py") if "argparse" in file.read_text())
TINY = {
    "accuracy_time": "--models bias als --peers --ratings 3000 --rounds 1",
    "als_scaling": "--sizes 2000 3000 --ranks 4 5 --sweeps 2",
    "als_speed": "--ratings 3000 --rank 4 --sweeps 2 --rounds 1 --penalties 5 0.05n --no-peers",
    "als_throughput": "--ratings 2000 --ranks 4 16 --rounds 1 --product 64",
    "bayesian_throughput": "--ratings 2000 --rank 4 --components 3 --rounds 1 --product 64",
    "bayesian_accuracy": "--ratings 3000 --seeds 0 1 --set rank=2 --set draws=3 --set burn_in=2",
    "bayesian_time": "--ratings 3000 --rank 2 --draws 3 6 --burn-in 2 --rounds 1 --threads 1 --no-peers",
    "calibration": "--replicates 4 --draws 3 --burn-in 2",
    "fold_in_speed": "--models bias als --rank 4 --films 60 --users 40 --people 5 --each 4 --repeats 1",
    "implicit_speed": "--sets movielens-1m --ratings 2000 --ranks 4 --sweeps 2 --rounds 1 --no-peers",
    "sgd_speed": "--ratings 3000 --epochs 2 --rounds 1 --no-peers",
}
DRAWN = ("accuracy_time", "als_scaling", "als_speed", "als_throughput", "calibration", "implicit_speed")


def run(name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / f"{name}.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


@pytest.fixture
def importable(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_says_what_it_asks(name) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage" in done.stdout


@pytest.mark.parametrize("name", TINY)
def test_it_answers_and_has_its_place_on_the_page(name, tmp_path, importable) -> None:
    done = run(name, *TINY[name].split(), MATINEE_BENCHMARK_RESULTS=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / f"{name}.json").read_text()) == json.loads(done.stdout)
    from page import TITLES, write_page

    page = write_page(tmp_path).read_text()
    assert TITLES[name] in page.replace("&#x27;", "'")
    assert page.count("<svg") == (2 if name in DRAWN else 0)
    assert "nan" not in page


def test_whatever_leaves_a_result_has_a_title(importable) -> None:
    from page import TITLES

    leaving = {name for name in SCRIPTS if "finish(" in (FOLDER / f"{name}.py").read_text()} - {"measure"}
    assert leaving == set(TITLES)


def test_the_gate_compares_what_both_have() -> None:
    done = run("gate", sys.executable, sys.executable, "--rounds", "1", "--cases", "sparse product, 64 columns")
    assert "sparse product, 64 columns" in done.stdout, done.stderr
    assert "not in both" not in done.stdout


@pytest.mark.parametrize(
    ("new", "slower"),
    [(0.0101, False), (0.0115, False), (0.0125, True), (0.009, False)],
    ids=["hardly", "only relatively", "both", "quicker"],
)
def test_the_gate_falls_for_a_loss_that_is_both_relative_and_absolute(new, slower, importable) -> None:
    from gate import Verdict

    assert Verdict.of("case", [0.010] * 3, [new] * 3).slower is slower


def test_the_gate_lets_a_small_share_pass(importable) -> None:
    from gate import Verdict

    assert not Verdict.of("case", [1.0] * 3, [1.05] * 3).slower


def test_names_of_points_do_not_meet(importable) -> None:
    from plots import spread

    assert spread([1.0, 1.1, 3.0], 0.5) == [1.0, 1.5, 3.0]
