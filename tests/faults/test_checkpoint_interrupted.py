"""A checkpoint whose writing is killed, or runs out of disk, at any step: the old or the new one is there, whole."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from matinee.errors import StoreError
from matinee.fitting.options import RunOptions
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.run import resume
from matinee.store.checkpoint import NAME, DirectoryCheckpoint
from tests.support.checkpoints import same, state
from tests.support.interrupted import Killed, last_rename, stopping_at
from tests.support.planted import planted

if TYPE_CHECKING:
    from pathlib import Path


def steps_of_a_save(folder: Path) -> list[str]:
    with stopping_at(0, Killed, for_good=False) as steps:
        DirectoryCheckpoint(folder).save(state(2))
    return steps


def test_a_kill_at_any_step_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    DirectoryCheckpoint(tmp_path / "counted").save(state(1))
    steps = steps_of_a_save(tmp_path / "counted")
    for step in range(1, len(steps) + 1):
        checkpoint = DirectoryCheckpoint(tmp_path / str(step))
        checkpoint.save(state(1))
        with pytest.raises(Killed), stopping_at(step, Killed, for_good=True):
            checkpoint.save(state(2))
        found = checkpoint.load()
        assert same(found, state(1 if step <= last_rename(steps) else 2)), steps[step - 1]
        checkpoint.save(state(3))
        assert len(list((tmp_path / str(step)).iterdir())) == 2, "what the dead left behind is removed"


def test_a_full_disk_at_any_step_leaves_the_old_one_and_no_litter(tmp_path: Path) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    checkpoint = DirectoryCheckpoint(tmp_path)
    checkpoint.save(state(1))
    steps = steps_of_a_save(tmp_path)
    checkpoint.save(state(1))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for step in range(1, last_rename(steps) + 1):
        if steps[step - 1] == "unlink":
            continue
        says = r"the checkpoint cannot be saved .*No space left on device.*the same command goes on from it"
        with stopping_at(step, lambda: full, for_good=False), pytest.raises(StoreError, match=says):
            checkpoint.save(state(2))
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_disk_that_fills_up_ends_the_fit_which_goes_on_once_there_is_room(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(resume, "_EVERY", 0.0)
    monkeypatch.setattr(resume, "_SHARE", 0.0)
    config, ratings = Bayesian(rank=2, draws=12, burn_in=4, user_features=4, item_features=4), planted(40, 30, 0.4)
    checkpoint = DirectoryCheckpoint(tmp_path)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with stopping_at(60, lambda: full, for_good=False), pytest.raises(StoreError, match="No space left"):
        config.fit(ratings, RunOptions(intervals=False, checkpoint=checkpoint))
    assert (tmp_path / NAME).exists()
    model = config.fit(ratings, RunOptions(intervals=False, checkpoint=checkpoint))
    assert 1 <= model.report.to_dict()["resumed"] < 16
    whole = config.fit(ratings, RunOptions(intervals=False))
    assert model.scorer.user_factors.tobytes() == whole.scorer.user_factors.tobytes()
