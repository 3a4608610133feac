"""Every example runs, page by page, as a reader would type it.

A page's blocks run in order, in one folder that holds ``ratings.csv``, ``movies.csv`` (the built-in sample) and
the same as ``the-movies-dataset/``. Python blocks share their names. A comment right above a block says more:

- ``<!-- file: votes.csv -->``: the block is the content of that file;
- ``<!-- exits 2 -->``: the command refuses, as the page says;
- ``<!-- not run: needs the network -->``: why it is not run.

A ``text`` block is what the block above it prints, as are the lines without ``$`` in a ``console`` block.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from matinee import sample
from matinee.data.write import write_ratings
from tests.support.hostile import matinee
from tests.support.pages import Block, Command, Page, pages
from tests.support.shown import missing

if TYPE_CHECKING:
    from pathlib import Path

RUN = ("python", "console", "sh", "text")
REASONS = (
    "for work on the project",
    "names files of your own",
    "needs the network",
    "sets up the environment",
)
WITH_EXAMPLES = [page for page in pages() if any(block.language in RUN or block.mark for block in page.blocks())]


@pytest.fixture(scope="session")
def sample_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_ratings(sample(), folder / "ratings.csv")
    kaggle = folder / "the-movies-dataset"
    kaggle.mkdir()
    shutil.copy(folder / "ratings.csv", kaggle / "ratings_small.csv")
    shutil.copy(folder / "movies.csv", kaggle)
    return folder


class Reader:
    """Somebody who types what a page says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "docs"}
        self.printed = ""

    def follow(self, block: Block) -> None:
        if block.mark.startswith("file: "):
            (self.folder / block.mark.removeprefix("file: ")).write_text(block.body, encoding="utf-8")
        elif block.mark.startswith("not run: "):
            assert block.mark.removeprefix("not run: ") in REASONS, f"{block.place}: allowed are {REASONS}"
        elif block.language == "python":
            self.run_python(block)
        elif block.language in ("console", "sh"):
            for command in block.commands:
                self.type(command, block)
        elif block.language == "text":
            assert missing(block.body, self.printed) == [], f"{block.place}: shown, but not printed:\n{self.printed}"

    def run_python(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.body, block.page.name, "exec")
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, self.names)
        self.printed = out.getvalue()

    def type(self, command: Command, block: Block) -> None:
        program, *words = command.words
        assert program == "matinee", f"{block.place}: cannot run '{program}' here"
        code, out, err = matinee(*words)
        expected = int(block.mark.removeprefix("exits ")) if block.mark.startswith("exits ") else 0
        self.printed = out + err
        assert code == expected, f"{block.place}: {command.text}\n{self.printed}"
        assert missing(command.output, self.printed) == [], f"{block.place}: shown, but not printed:\n{self.printed}"


def test_there_are_pages_with_examples() -> None:
    assert len(WITH_EXAMPLES) > 8
    assert "README.md" in {page.name for page in WITH_EXAMPLES}


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: page.name)
def test_a_page_s_examples_run(page: Page, sample_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(sample_files, folder)
    monkeypatch.chdir(folder)
    reader = Reader(folder)
    for block in page.blocks():
        reader.follow(block)
