"""``matinee download``, as people and scripts use it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from matinee.cli.download import command
from matinee.data.download.fetch import download
from matinee.data.download.sources import SOURCES
from tests.support.download_kit import ZIP, data_set, is_whole, pinned

if TYPE_CHECKING:
    from tests.support.misbehaving_server import MisbehavingServer

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tiny(server: MisbehavingServer, monkeypatch: pytest.MonkeyPatch) -> MisbehavingServer:
    """The command knows one small data set only."""
    sources = data_set(pinned(server.add("/a.zip", ZIP)))
    monkeypatch.setitem(download.__kwdefaults__, "sources", sources)
    return server


def test_it_says_where_it_lies_and_what_comes_next(tiny: MisbehavingServer, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["ml-tiny", "--dir", str(tmp_path / "my data")])
    place = tmp_path / "my data" / "ml-tiny"
    assert result.exit_code == 0
    assert result.stdout == f"ml-tiny lies in {place}\nNext:  matinee check '{place}'\n"
    assert result.stderr == ""
    assert is_whole(place)


def test_json_goes_to_a_file_or_alone_to_stdout(tiny: MisbehavingServer, tmp_path: Path) -> None:
    wanted = {"name": "ml-tiny", "folder": str(tmp_path / "ml-tiny"), "next": f"matinee check {tmp_path / 'ml-tiny'}"}
    out = CliRunner().invoke(command, ["ml-tiny", "--dir", str(tmp_path), "--json", "-"]).stdout
    assert json.loads(out) == wanted
    CliRunner().invoke(command, ["ml-tiny", "--dir", str(tmp_path), "--json", str(tmp_path / "it.json")])
    assert json.loads((tmp_path / "it.json").read_text("utf-8")) == wanted


def test_the_help_names_every_set_and_gives_an_example() -> None:
    out = CliRunner().invoke(command, ["--help"]).stdout
    assert all(re.search(rf"^  {re.escape(source.name)} ", out, re.MULTILINE) for source in SOURCES)
    assert "\n    matinee download ml-1m --dir data\n" in out


def test_an_unknown_name_exits_2_with_one_line() -> None:
    run = [sys.executable, "-c", "from matinee.cli.main import main; main()", "download", "ml-9m"]
    result = subprocess.run(run, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert re.fullmatch(r"matinee: data set 'ml-9m': .*allowed: the-movies-dataset, .*\n", result.stderr)
    assert result.stdout == ""


BAR = """
    import sys
    from matinee.cli.download import command
    from matinee.data.download.fetch import download
    from tests.support.download_kit import data_set, pinned
    download.__kwdefaults__["sources"] = data_set(pinned(sys.argv[1]))
    command(["ml-tiny", "--dir", sys.argv[2]])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar(server: MisbehavingServer, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    run = [sys.executable, "-c", textwrap.dedent(BAR), server.add("/a.zip", ZIP), str(tmp_path)]
    process = subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True)
    out, _ = process.communicate()
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    assert process.returncode == 0
    assert "ml-tiny" in shown
    assert "100%" in shown
    assert "%" not in out
