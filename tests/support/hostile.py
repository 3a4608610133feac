"""Bad ratings files, each with what must be said of it, and the three ways of saying it."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from matinee.cli.main import main
from matinee.data.check import check
from matinee.data.reading.read import read_ratings
from matinee.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = b"userId,movieId,rating,timestamp\n"
GOOD_ROWS = 12


def good(rows: int = GOOD_ROWS) -> bytes:
    """Well-formed rows of three users, four films each, half stars, on lines 2 to 13 below a header."""
    return b"".join(
        b"%d,%d,%.1f,%d\n" % (1 + k // 4, 10 + k % 4, (k % 10 + 1) / 2, 1260759144 + k) for k in range(rows)
    )


@dataclass(frozen=True)
class Hostile:
    """A bad file: its bytes, the kind of problem, parts of the message, the lines, what skipping leaves.

    ``left`` is how many ratings ``on_bad_rows="skip"`` reads; ``None`` where it must refuse as well.
    """

    name: str
    content: bytes
    kind: str
    says: tuple[str, ...]
    lines: tuple[int, ...] = ()
    left: int | None = None
    file: str = "ratings.csv"
    count: int | None = None
    """How many lines have the problem, where not all are named."""

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)
        return path


def line(text: bytes, kind: str, *says: str, name: str = "", lines: tuple[int, ...] = (14,)) -> Hostile:
    """A well-formed file with one bad line, the fourteenth, at its end."""
    return Hostile(name or f"{kind}: {text!r}", HEADER + good() + text, kind, says, lines, GOOD_ROWS)


def each(cases: list[Hostile]) -> pytest.MarkDecorator:
    """Parametrise a test over ``cases``, by name."""
    assert len({case.name for case in cases}) == len(cases)
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def assert_refused(case: Hostile, path: Path) -> None:
    """Reading raises, with the kind, the lines and the words; the file is named; a remedy is given."""
    with pytest.raises(DataError) as raised:
        read_ratings(path)
    found = {problem.kind: problem for problem in raised.value.problems}
    assert case.kind in found, str(raised.value)
    assert found[case.kind].lines == case.lines
    assert found[case.kind].remedy
    for words in (*case.says, path.name):
        assert words in str(raised.value)


def assert_skipped(case: Hostile, path: Path) -> None:
    """Reading with skip gives what is left and says what is not, or refuses where nothing can be read."""
    if case.left is None:
        with pytest.raises(DataError, match=path.name):
            read_ratings(path, on_bad_rows="skip")
        return
    ratings = read_ratings(path, on_bad_rows="skip")
    assert len(ratings) == case.left
    assert case.kind in {note.kind for note in ratings.notes}


def assert_reported(case: Hostile, path: Path) -> None:
    """The doctor finds it, counts its lines, and does not raise."""
    report = check(path)
    assert not report.sound
    (found,) = (problem for problem in report.problems if problem.kind == case.kind)
    assert found.count == (case.count or len(case.lines))
    assert (0 if report.contents is None else report.contents.ratings) == (case.left or 0)


def assert_said_on_the_command_line(case: Hostile, path: Path) -> None:
    """``matinee check`` exits 2 with one line on stderr and no traceback."""
    code, out, err = matinee("check", str(path))
    assert code == 2, err
    assert err.startswith("matinee: ")
    assert err.count("\n") == 1
    assert "Traceback" not in out + err
    for words in case.says:
        assert words in out + err


def matinee(*arguments: str) -> tuple[int, str, str]:
    """Run the command line in this process: exit status, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        mock.patch.object(sys, "argv", ["matinee", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
    return int(str(code or 0)), out.getvalue(), err.getvalue()


def assert_everywhere(case: Hostile, folder: Path) -> None:
    """Refused, skipped, reported and said on the command line as the case demands."""
    path = case.write(folder)
    assert_refused(case, path)
    assert_skipped(case, path)
    assert_reported(case, path)
    assert_said_on_the_command_line(case, path)
