"""The state of a fit on the disk: what comes back, and what is refused."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from matinee.errors import StoreError
from matinee.store.checkpoint import NAME, DirectoryCheckpoint
from matinee.store.manifest import seal
from tests.support.checkpoints import same, state

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    checkpoint = DirectoryCheckpoint(tmp_path / "new" / "folder")
    assert checkpoint.load() is None
    for number in (1, 2, 2, 3):
        checkpoint.save(state(number))
        assert same(checkpoint.load(), state(number))
        assert len(list((tmp_path / "new" / "folder").iterdir())) == 2, "older ones are removed"
    assert checkpoint.place == str(tmp_path / "new" / "folder")


def test_what_the_dead_left_behind_is_removed(tmp_path: Path) -> None:
    for name in (".checkpoint.json.123.tmp", ".state-0123456789abcdef.safetensors.9.tmp"):
        (tmp_path / name).write_text("half")
    checkpoint = DirectoryCheckpoint(tmp_path)
    assert checkpoint.load() is None
    checkpoint.save(state())
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    checkpoint = DirectoryCheckpoint(tmp_path)
    for use in (checkpoint.check, checkpoint.load, lambda: checkpoint.save(state())):
        with pytest.raises(StoreError, match=r"holds other files than a checkpoint; found '?thesis\.tex"):
            use()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(StoreError, match="a file is in the way"):
        DirectoryCheckpoint(tmp_path / "thesis.tex").check()


def test_where_nothing_may_be_written_is_said_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    for folder in (tmp_path, tmp_path / "new"):
        with pytest.raises(StoreError, match=r"cannot be saved \(Permission denied\); allowed: a directory"):
            DirectoryCheckpoint(folder).check()


def damaged(folder: Path) -> dict[str, object]:
    """Ways to spoil a checkpoint, by what is then said."""
    manifest, (arrays,) = folder / NAME, folder.glob("state-*")
    content, numbers = manifest.read_bytes(), arrays.read_bytes()

    def told(**values: object):
        changed = {**json.loads(content), **values}
        return lambda: manifest.write_text(json.dumps({**changed, "seal": seal(changed)}))

    return {
        "it is not JSON": lambda: manifest.write_bytes(content[:50]),
        "its checksum is wrong": lambda: manifest.write_bytes(content.replace(b'"drawn": 1', b'"drawn": 2')),
        "this is not a checkpoint": told(format="matinee-model"),
        "it is of another matinee; found '?schema 2": told(schema=2),
        "a part of the checkpoint is missing": arrays.unlink,
        "a part of the checkpoint is cut off": lambda: arrays.write_bytes(numbers[:-1]),
        "its SHA-256 is wrong": lambda: arrays.write_bytes(numbers[:-1] + bytes([numbers[-1] ^ 1])),
        "the file is too large": lambda: arrays.write_bytes(numbers + b"x"),
        "none of a checkpoint's": told(arrays={"name": "../secret", "bytes": 3, "sha256": "abc"}),
        "not a set of values": told(arrays=None),
        "its values is": told(values=[1]),
    }


@pytest.mark.parametrize("at", range(11))
def test_a_damaged_one_is_refused(at: int, tmp_path: Path) -> None:
    checkpoint = DirectoryCheckpoint(tmp_path)
    checkpoint.save(state())
    says, spoil = list(damaged(tmp_path).items())[at]
    spoil()
    with pytest.raises(StoreError, match=says) as caught:
        checkpoint.load()
    assert str(caught.value).startswith(str(tmp_path))
    assert "to begin anew" in str(caught.value)
