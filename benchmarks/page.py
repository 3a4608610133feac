"""The page of results: one section a question, a table of its numbers, a plot where one helps."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from plots import drawn

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Matinee: benchmarks</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
div { overflow-x: auto }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .2rem .8rem; border-bottom: 1px solid #8886 }
th:first-child, td:first-child { text-align: left }
.light svg, .dark svg { max-width: 100%; height: auto }
.dark { display: none }
@media (prefers-color-scheme: dark) { .dark { display: block } .light { display: none } }
</style>
<h1>Matinee: benchmarks</h1>
"""

_FIELD = re.compile("[a-z0-9_]+")
"""Names of fields, as against names of files and solvers, which keep their underscores."""

TITLES = {
    "accuracy_time": "MovieLens 1M: time against RMSE",
    "als_throughput": "Half-sweeps of als by rank: how much of the machine?",
    "als_speed": "als against cmfrec, MovieLens 10M's shape",
    "bayesian_throughput": "Whole sweeps of bayesian: how much of the machine?",
    "calibration": "bayesian: does the truth have any rank among draws equally often?",
    "bayesian_time": "bayesian against myFM on MovieLens 1M: seconds to the same RMSE",
    "bayesian_accuracy": "bayesian: RMSE and coverage on published splits, over seeds",
    "als_scaling": "als: time and memory against the number of ratings",
    "implicit_speed": "implicit-als against implicit: time to the same loss",
    "fold_in_speed": "New people folded in",
    "svd_speed": "Truncated SVD of MovieLens 1M: exact, and how fast?",
    "svd_netflix": "Truncated SVD in Netflix's shape: seconds and memory",
    "read_speed": "Reading in MovieLens 10M's shape, against a bare polars.read_csv",
    "corrupt_speed": "Corrupting every entry in turn",
    "sgd_speed": "sgd against LIBMF in MovieLens 10M's shape, and a whole command on MovieLens 1M",
    "svdpp_speed": "SVD++ against Surprise's on MovieLens 100K, and the defaults on published splits",
    "matrix_product": "The float32 matrix product of this machine",
    "start_up": "Start-up",
}


def write_page(results: Path) -> Path:
    """Results/index.html from every JSON file there is a title for."""
    sections = [_section(name, results / f"{name}.json") for name in TITLES if (results / f"{name}.json").exists()]
    page = results / "index.html"
    page.write_text(_HEAD + "\n".join(sections), encoding="utf-8")
    return page


def _section(name: str, file: Path) -> str:
    result: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    machine = ", ".join(f"{key} {value}" for key, value in result.pop("machine").items())
    plot = drawn(name, result)
    result.pop("plotted", None)
    parts = [
        f"<h2>{html.escape(TITLES[name])}</h2>",
        plot,
        *_tables(result),
        f"<p><small>{html.escape(machine)}</small>",
    ]
    return "\n".join(parts)


def _tables(result: dict[str, Any]) -> list[str]:
    """Single numbers in one table, every list or group of records in one of its own."""
    single = [[key, value] for key, value in result.items() if not isinstance(value, (dict, list))]
    tables = [_table(["", ""], single)]
    for key, value in result.items():
        if isinstance(value, dict):
            tables.append(_group(key, value))
        elif value and isinstance(value[0] if isinstance(value, list) else None, dict):
            tables.append(_table(list(value[0]), [list(row.values()) for row in value]))
    return tables


def _group(name: str, group: dict[str, Any]) -> str:
    first = next(iter(group.values()))
    if isinstance(first, dict):
        return _table([name, *first], [[key, *row.values()] for key, row in group.items()])
    return _table([name, ""], [[key, value] for key, value in group.items()])


def _table(head: list[str], rows: list[list[Any]]) -> str:
    def line(cells: list[Any], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(_shown(cell))}</{tag}>" for cell in cells) + "</tr>"

    return "<div><table>" + line(head, "th") + "".join(line(row, "td") for row in rows) + "</table></div>"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.3g}"
    return value.replace("_", " ") if _FIELD.fullmatch(value) else str(value)
