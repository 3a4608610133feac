"""``matinee fit --checkpoint``: stopped, killed and gone on; and how a fit says whether its chains agree."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matinee.data.write import write_ratings
from matinee.store.load import load
from tests.support.hostile import matinee
from tests.support.planted import planted
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
SHORT = ("--model", "bayesian", "--set", "rank=3", "--set", "burn_in=10", "--set", "user_features=8")
NO_INTERVALS = ("--no-intervals", "--threads", "1")

PROGRAM = """
import itertools, sys, time
from matinee.cli.main import main
from matinee.models.bayesian.run import resume
from matinee.models.bayesian.chain.chain import Chain

resume._EVERY = resume._SHARE = 0.0
sweep, count = Chain.sweep, itertools.count(1)
def counted(self):
    if next(count) == {last}:
        open({reached!r}, "w").close()
        time.sleep(1e6)
    return sweep(self)
Chain.sweep = counted
main()
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planted") / "ratings.csv"
    write_ratings(planted(60, 40, 0.4, seed=1), path)
    return path


def fit(file: Path, out: Path, *words: object, short: tuple[str, ...] = SHORT) -> tuple[int, str, str]:
    return matinee("fit", str(file), *short, *NO_INTERVALS, "--out", str(out), *map(str, words))


def same(one: Path, other: Path) -> bool:
    """Whether two saved models are equal to the last bit."""
    ours, theirs = load(one), load(other)
    for name in ("user_bias", "item_bias", "user_factors", "item_factors", "user_noise", "item_noise"):
        np.testing.assert_array_equal(getattr(ours.scorer, name), getattr(theirs.scorer, name), err_msg=name)
    names = ("convergence", "posterior_traces", "noise_interval")
    return all(ours.report.to_dict()[name] == theirs.report.to_dict()[name] for name in names)


def test_killed_for_good_it_goes_on_as_if_nothing_had_been(file: Path, tmp_path: Path) -> None:
    words = ("--set", "draws=60", "--set", "chains=2")
    reached = tmp_path / "reached"
    command = ["fit", file, *SHORT, *NO_INTERVALS, *words, "--checkpoint", tmp_path / "c", "--out", tmp_path / "m"]
    program = [sys.executable, "-c", PROGRAM.format(reached=str(reached), last=61), *map(str, command)]
    with subprocess.Popen(program, cwd=ROOT) as process:
        wait_until(reached.exists, lambda: process.poll() is None)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "m").exists()
    code, out, err = fit(file, tmp_path / "m", *words, "--checkpoint", tmp_path / "c")
    assert (code, err) == (0, "")
    assert re.search(
        r"^  learnt in +2 chains of 70 draws: 10 burn-in, 60 kept each; (2[5-9]|[3-6]\d) draws are from the check",
        out,
        re.MULTILINE,
    )
    assert fit(file, tmp_path / "whole", *words)[0] == 0
    assert same(tmp_path / "m", tmp_path / "whole")


def test_a_time_limit_then_on_and_then_more_draws(file: Path, tmp_path: Path) -> None:
    kept = ("--checkpoint", tmp_path / "c")
    code, out, _ = fit(file, tmp_path / "m", "--set", "draws=20", *kept, "--time-limit", "0.000001")
    assert code == 0
    assert re.search(r"^  learnt in +1 draw, all burn-in: the last is used; time limit$", out, re.MULTILINE)
    assert "not known to have converged: 0 kept draws are too few to tell. Allow more time, or go on later" in out
    for draws in (20, 40):
        assert fit(file, tmp_path / "m", "--set", f"draws={draws}", *kept)[0] == 0
        assert fit(file, tmp_path / "whole", "--set", f"draws={draws}")[0] == 0
        assert same(tmp_path / "m", tmp_path / "whole")


def test_what_differs_is_said_in_one_line(file: Path, tmp_path: Path) -> None:
    kept = ("--set", "draws=20", "--checkpoint", tmp_path / "c")
    assert fit(file, tmp_path / "m", *kept)[0] == 0
    code, out, err = fit(file, tmp_path / "m", *kept, "--seed", "7", "--set", "noise=equal")
    assert (code, out) == (2, "")
    assert err.startswith(
        f"matinee: {tmp_path / 'c'}: this checkpoint is of another fit; noise: found varying, here equal, seed: found "
        "0, here 7; go on with the same ratings, seed and settings, or take another directory to begin anew"
    )
    assert err.count("\n") == 1


def test_what_cannot_go_on_is_said_before_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "one.tex").write_text("mine")
    out = ("--out", str(tmp_path / "m"))
    cases = {
        "als cannot go on from one": ("--model", "als", "--checkpoint", str(tmp_path / "c")),
        "the directory holds other files than a checkpoint": (
            "--model",
            "bayesian",
            "--checkpoint",
            str(tmp_path / "thesis"),
        ),
        "in the folder of --out": ("--model", "bayesian", "--checkpoint", str(tmp_path / "m" / "c")),
    }
    for says, words in cases.items():
        code, _, err = matinee("fit", "nowhere.csv", *words, *out)
        assert code == 2
        assert says in err
        assert err.count("\n") == 1
    code, _, err = matinee("fit", "nowhere.csv", "--model", "bayesian", "--checkpoint", out[1], *out)
    assert code == 2
    assert "in the folder of --out" in err


def test_chains_that_agree_and_chains_that_do_not(file: Path, tmp_path: Path) -> None:
    short = ("--model", "bayesian", "--set", "rank=3", "--set", "user_features=8", "--set", "chains=2")
    says = {
        (
            "draws=400",
            "burn_in=100",
        ): r"converged: of 40 watched predictions, nine in ten .* up to 1\.0\d .* at least \d+ effective draws\.",
        (
            "draws=16",
            "burn_in=0",
        ): r"not converged: of 40 watched predictions, .* up to \d\.\d\d .*\. Take more draws \(--set draws=100\)",
    }
    for (draws, burn_in), line in says.items():
        code, out, _ = fit(file, tmp_path / "m", "--set", draws, "--set", burn_in, short=short)
        assert code == 0
        assert re.search(rf"^  chains +{line}", out, re.MULTILINE), out


def test_evaluate_says_whether_chains_agree(file: Path, tmp_path: Path) -> None:
    words = (*SHORT, *NO_INTERVALS, "--set", "draws=16", "--set", "chains=2", "--out", str(tmp_path / "r"))
    code, out, _ = matinee("evaluate", str(file), *words, "--json", str(tmp_path / "result.json"))
    assert code == 0
    assert re.search(r"^(Converged|Not converged): of 40 watched predictions, nine in ten ", out, re.MULTILINE)
    details = json.loads((tmp_path / "result.json").read_text())["details"]
    assert details["convergence"]["draws"] == 32
    assert len(details["posterior_traces"]["values"]["noise"]) == 2
    assert (tmp_path / "r" / "posterior-traces.png").exists()
    assert "How well the draws agree" in (tmp_path / "r" / "report.html").read_text()
