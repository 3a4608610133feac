"""The bar: nothing in a pipe, nothing for what is quick, and nothing left behind."""

from __future__ import annotations

import io
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from matinee.cli import progress
from matinee.cli.progress import line, progress_bar
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(text: str) -> str:
    """What the line shows after all that was written to it."""
    cells: list[str] = []
    for part in text.split("\r"):
        cells[: len(part)] = part
    return "".join(cells).rstrip()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@contextmanager
def drawn_on(stream: io.StringIO) -> Iterator[None]:
    """Draw at once and often, so that tests are quick."""
    with (
        mock.patch("sys.stderr", stream),
        mock.patch.object(progress, "QUIET", 0.0),
        mock.patch.object(progress, "EVERY", 0.005),
    ):
        yield


def test_nothing_is_written_in_a_pipe() -> None:
    pipe = io.StringIO()
    with drawn_on(pipe), progress_bar() as show:
        show("fitting", 0.5)
        time.sleep(0.1)
    assert pipe.getvalue() == ""


def test_nothing_is_written_for_quick_work(terminal: Terminal) -> None:
    quick = mock.patch.object(progress, "QUIET", 1e6)
    with mock.patch("sys.stderr", terminal), quick, progress_bar() as show:
        show("fitting", 0.5)
    assert terminal.getvalue() == ""


def test_slow_work_is_shown_and_wiped_away(terminal: Terminal) -> None:
    with drawn_on(terminal), progress_bar() as show:
        show("decomposing", 0.5)
        wait_until(lambda: screen(terminal.getvalue()).startswith("decomposing"))
        assert "[###############...............]  50%" in screen(terminal.getvalue())
        show("", 0.0)
        assert screen(terminal.getvalue()) == "", "room for something else to be printed"
        show("saving", 0.0)
        wait_until(lambda: screen(terminal.getvalue()).startswith("saving"))
    assert screen(terminal.getvalue()) == ""
    assert terminal.getvalue().endswith("\r")
    assert "\n" not in terminal.getvalue()


def test_the_bar_ends_with_an_error(terminal: Terminal) -> None:
    def fail() -> None:
        with progress_bar() as show:
            show("fitting", 0.1)
            wait_until(lambda: screen(terminal.getvalue()).startswith("fitting"))
            raise InterruptedError

    with drawn_on(terminal), pytest.raises(InterruptedError):
        fail()
    assert screen(terminal.getvalue()) == ""


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "reading                       3 s"), (1.0, f"reading                       [{'#' * 30}] 100%  3 s")],
)
def test_one_line(share: float, shown: str) -> None:
    assert line("reading", share, 3.2) == shown
