"""``matinee fit`` and ``matinee evaluate`` with a model that learns epoch by epoch: time limits, Ctrl-C, traces."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from matinee.data.write import write_ratings
from matinee.models.registry import MODELS
from matinee.store.load import load
from tests.support.creeping import Creeping
from tests.support.hostile import matinee
from tests.support.planted import planted
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
SLOW = ("--model", "creeping", "--set", "pause=0.05", "--set", "epochs=200", "--set", "turn=3", "--set", "patience=190")

PROGRAM = """
import sys, time
from pathlib import Path
from matinee.cli.main import main
from matinee.models.registry import MODELS
from tests.support.creeping import Creeping, Scripted

MODELS["creeping"] = Creeping
sweep, log, go = Scripted.sweep, open({log!r}, "a"), Path({go!r})
def held(self):
    while self.done + 1 == {hold} and not go.exists():
        print("waiting", file=log, flush=True)
        time.sleep(0.01)
    return sweep(self)
Scripted.sweep = held
main()
"""


@pytest.fixture(autouse=True)
def creeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "creeping", Creeping)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planted") / "ratings.csv"
    write_ratings(planted(120, 90, 0.3, seed=1), path)
    return path


class Child:
    """The command in a process of its own, which waits in epoch ``hold`` until it may go on."""

    def __init__(self, folder: Path, hold: int, *words: object, stderr: int = subprocess.PIPE) -> None:
        self._log, self._go = folder / "epochs.log", folder / "go"
        program = PROGRAM.format(log=str(self._log), go=str(self._go), hold=hold)
        command = [sys.executable, "-c", program, *map(str, words)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True
        )
        self.wait()

    def wait(self) -> None:
        """Until it has looked twice more whether it may go on: what was pressed before has then been noticed."""
        looks = self._looks()
        wait_until(lambda: self._looks() > looks + 1, lambda: self.process.poll() is None)

    def _looks(self) -> int:
        return self._log.read_text().count("\n") if self._log.exists() else 0

    def press(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def release(self) -> None:
        self._go.touch()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate()
        return self.process.returncode, out, err


def test_fit_says_how_it_ended(file: Path, tmp_path: Path) -> None:
    code, out, err = matinee("fit", str(file), "--model", "creeping", "--out", str(tmp_path / "m"), "--json", "-")
    assert (code, err) == (0, "")
    details = json.loads(out)["details"]
    assert (details["sweeps"], details["ended"]) == (6, "no gain")
    model = load(tmp_path / "m")
    assert model.scorer.mean == pytest.approx(model.baseline.mean, abs=0.01), "every other epoch is off by 0.1"
    assert [len(details[name]) for name in ("trace", "watched_trace")] == [6, 9]
    assert set(details["trace"][0]) == {"sweep", "objective", "watched_error", "seconds"}
    _, out, _ = matinee("fit", str(file), "--model", "creeping", "--out", str(tmp_path / "m"))
    assert re.search(r"^  learnt in +9 epochs, no gain after 6; then 6 on all ratings$", out, re.MULTILINE)


def test_models_that_do_not_iterate_say_nothing_of_it(file: Path, tmp_path: Path) -> None:
    _, out, _ = matinee("fit", str(file), "--model", "bias", "--out", str(tmp_path / "m"))
    assert "learnt in" not in out


def test_evaluate_says_how_it_ended(file: Path, tmp_path: Path) -> None:
    record = tmp_path / "r.json"
    code, out, _ = matinee("evaluate", str(file), "--model", "creeping", "--json", str(record))
    assert code == 0
    assert "Learnt in 9 epochs, no gain after 6; then 6 on all ratings.\n" in out
    details = json.loads(record.read_text())["details"]
    assert (details["sweeps"], details["ended"]) == (6, "no gain")
    assert len(details["watched_trace"]) == 9


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_a_time_limit_keeps_the_best_so_far(command: str, file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    words = (*SLOW, "--time-limit", "0.3", "--no-intervals", "--out", str(folder))
    code, out, err = matinee(command, str(file), *words)
    assert (code, err) == (0, "")
    assert re.search(r"earnt in +\d epochs?, (no gain|the best) after \d; time limit: best so far kept", out)
    assert (folder / ("manifest.json" if command == "fit" else "report.html")).exists()


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_a_time_limit_out_of_range_is_refused(command: str, file: Path, tmp_path: Path) -> None:
    code, _, err = matinee(command, str(file), "--model", "mean", "--time-limit", "0", "--out", str(tmp_path / "x"))
    assert code == 2
    assert err == "matinee: time limit: found 0; allowed is a number of seconds over 0\n"


def test_ctrl_c_saves_the_best_so_far_and_says_so(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    child = Child(tmp_path, 5, "fit", file, *SLOW, "--out", folder)
    child.press()
    child.release()
    code, out, err = child.end()
    assert code == 0, err
    assert err == "note: Ctrl-C ended the fit before its time; the best so far is kept, without intervals\n"
    assert re.search(r"learnt in +\d+ epochs, no gain after 3; Ctrl-C: best so far kept", out)
    assert "intervals     none: not measured" in out
    model = load(folder)
    assert model.report.interrupted
    assert (model.report.to_dict()["sweeps"], model.calibration) == (3, None)


def test_ctrl_c_evaluates_the_best_so_far(file: Path, tmp_path: Path) -> None:
    child = Child(tmp_path, 5, "evaluate", file, *SLOW, "--out", tmp_path / "results")
    child.press()
    child.release()
    code, out, err = child.end()
    assert code == 0, err
    assert err.startswith("note: Ctrl-C ended the fit before its time")
    assert "Ctrl-C: best so far kept." in out
    table = pl.read_csv(tmp_path / "results" / "predictions.csv")
    assert table["lower"].is_null().all()


def test_a_second_ctrl_c_ends_it_at_once_and_saves_nothing(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    child = Child(tmp_path, 1, "fit", file, "--model", "creeping", "--out", folder)
    child.press()
    child.wait()
    assert child.process.poll() is None, "the first one waits for the running epoch"
    child.press()
    code, out, err = child.end()
    assert (code, out) == (130, "")
    assert err.strip() == "matinee: stopped"
    assert not folder.exists()


def test_the_bar_shows_the_watched_error(file: Path, tmp_path: Path) -> None:
    main, end = pty.openpty()
    child = Child(tmp_path, 5, "fit", file, *SLOW, "--no-intervals", "--out", tmp_path / "model", stderr=end)
    os.close(end)
    shown = ""
    while not re.search(r"watching: epoch 4, RMSE \d\.\d{4}", shown):
        shown += os.read(main, 1 << 16).decode()
    child.process.kill()
    child.process.communicate()
    os.close(main)
