"""A save that is killed, or runs out of disk, at any step: the old model or the new one is there, whole."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from matinee.errors import StoreError
from matinee.store.load import load
from matinee.store.save import save
from tests.support.interrupted import Killed, last_rename, stopping_at
from tests.support.stored import answers, fitted

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from matinee.store.save import save
from tests.support.interrupted import Killed, last_rename, stopping_at
from tests.support.stored import fitted
models = [fitted(seed) for seed in (1, 2)]
print("ready", flush=True)
while True:
    for model in models:
        save(model, sys.argv[1])
"""


def steps_of_a_save(folder: Path) -> list[str]:
    with stopping_at(0, Killed, for_good=False) as steps:
        save(fitted(2), folder)
    return steps


def test_a_kill_at_any_step_leaves_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    save(fitted(1), tmp_path / "counted")
    steps = steps_of_a_save(tmp_path / "counted")
    assert [steps.count(name) for name in ("open", "write", "replace")] == [5, 5, 5]
    old, new = answers(fitted(1)), answers(fitted(2))
    seen = []
    for step in range(1, len(steps) + 1):
        folder = tmp_path / str(step)
        save(fitted(1), folder)
        with pytest.raises(Killed), stopping_at(step, Killed, for_good=True):
            save(fitted(2), folder)
        seen.append(answers(load(folder)))
        assert seen[-1] in (old, new), steps[step - 1]
        save(fitted(2), folder)
        assert answers(load(folder)) == new
        assert len(list(folder.iterdir())) == 5, "what the dead left behind is removed"
    assert seen == sorted(seen, key=lambda found: found == new), "once the new one is there, it stays"
    assert seen[0] == old
    assert seen[-1] == new


def test_a_kill_at_any_step_of_the_first_save_leaves_no_half_model(tmp_path: Path) -> None:
    steps = steps_of_a_save(tmp_path / "counted")
    committed = last_rename(steps)
    for step in range(1, len(steps) + 1):
        folder = tmp_path / str(step)
        with pytest.raises(Killed), stopping_at(step, Killed, for_good=True):
            save(fitted(2), folder)
        if step <= committed:
            with pytest.raises(StoreError, match=r"this is not a model: it has no manifest\.json"):
                load(folder)
        else:
            assert answers(load(folder)) == answers(fitted(2))
        save(fitted(2), folder)
        assert answers(load(folder)) == answers(fitted(2))


def test_a_full_disk_at_any_step_leaves_the_old_model_and_no_litter(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    save(fitted(1), tmp_path)
    steps = steps_of_a_save(tmp_path)
    save(fitted(1), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for step in range(1, last_rename(steps) + 1):
        if steps[step - 1] == "unlink":
            continue
        says = r"the model cannot be saved .*No space left on device.*older model there is untouched"
        with stopping_at(step, lambda: full, for_good=False), pytest.raises(StoreError, match=says):
            save(fitted(2), tmp_path)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_error_once_the_new_manifest_is_there_leaves_the_new_model(tmp_path: Path) -> None:
    broken = OSError(errno.EIO, os.strerror(errno.EIO))
    save(fitted(1), tmp_path / "counted")
    steps = steps_of_a_save(tmp_path / "counted")
    for step in range(last_rename(steps) + 1, len(steps) + 1):
        folder = tmp_path / str(step)
        save(fitted(1), folder)
        with stopping_at(step, lambda: broken, for_good=False), suppress(StoreError):
            save(fitted(2), folder)
        assert answers(load(folder)) == answers(fitted(2)), steps[step - 1]


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    save(fitted(1), tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StoreError, match=r"the model cannot be saved \(File too large\)"):
            save(fitted(2), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {path.name for path in tmp_path.iterdir()} == before
    assert answers(load(tmp_path)) == answers(fitted(1))


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.long)])
def test_kill_9_at_random_moments(kills: int, tmp_path: Path) -> None:
    save(fitted(1), tmp_path)
    either = (answers(fitted(1)), answers(fitted(2)))
    moments = random.Random(20)
    for _ in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        with writer.stdout as out:
            assert out.readline() == "ready\n"
            time.sleep(moments.uniform(0, 0.06))
            writer.kill()
            assert writer.wait() == -signal.SIGKILL
        assert answers(load(tmp_path)) in either
    save(fitted(1), tmp_path)
    assert len(list(tmp_path.iterdir())) == 5


def test_readers_while_it_is_saved_over(tmp_path: Path) -> None:
    models = [fitted(1), fitted(2)]
    save(models[0], tmp_path)
    either = [answers(model) for model in models]

    def write() -> None:
        for number in range(60):
            save(models[number % 2], tmp_path)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        while not writer.done():
            assert answers(load(tmp_path)) in either
        writer.result()


def test_writers_take_turns(tmp_path: Path) -> None:
    models = [fitted(seed) for seed in (1, 2, 3)]
    with ThreadPoolExecutor(len(models)) as writers:
        list(writers.map(lambda model: [save(model, tmp_path) for _ in range(15)], models))
    assert answers(load(tmp_path)) in [answers(model) for model in models]
    assert len(list(tmp_path.iterdir())) == 5
