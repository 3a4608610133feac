"""The folder an evaluation leaves behind: numbers, predictions, pictures and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matinee.evaluation.plots.registry import PICTURES
from matinee.evaluation.plots.render import render, save_rendered
from matinee.evaluation.plots.style import LIGHT
from matinee.evaluation.report.page import report_html
from matinee.evaluation.report.summary import summary, to_json
from matinee.files import prepared, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from matinee.evaluation.result import Evaluation

__all__ = ["predictions_table", "summary", "write_evaluation"]


def write_evaluation(evaluation: Evaluation, directory: str | Path, command: str | None = None) -> dict[str, Path]:
    """Write ``predictions.csv``, every applicable picture, ``report.html`` and, last, ``result.json``.

    ``command`` is what was typed, for the report. Each file is written whole or not at all; pictures of an
    earlier evaluation that no longer apply are removed. Returns the paths by file name. Raises `InputError`
    where nothing was predicted or ``directory`` cannot be written.
    """
    numbers = summary(evaluation)
    folder = prepared(directory)
    light = render(evaluation, LIGHT)
    drawn = {name: picture.svg for name, picture in light.items()}
    report = report_html(evaluation, command, drawn, numbers=numbers)
    table = predictions_table(evaluation)
    written = {"predictions.csv": write_whole(folder / "predictions.csv", table.write_csv)}
    written |= save_rendered(light, folder)
    written["report.html"] = write_whole(folder / "report.html", report.encode())
    written["result.json"] = write_whole(folder / "result.json", to_json(numbers).encode())
    _remove_stale(folder, set(written))
    return written


def predictions_table(evaluation: Evaluation) -> pl.DataFrame:
    """The rows as ``predictions.csv`` holds them (`Evaluation.csv_columns`)."""
    return evaluation.rows.select(evaluation.csv_columns)


def _remove_stale(folder: Path, written: set[str]) -> None:
    """A picture left by another model would be taken for one of this evaluation."""
    for name in (f"{picture}.{ending}" for picture in PICTURES for ending in ("png", "svg")):
        if name not in written:
            (folder / name).unlink(missing_ok=True)
