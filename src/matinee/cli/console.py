"""Output of the commands: aligned tables, and JSON to a file or to stdout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """Columns under their headings; the first ``words`` columns to the left, numbers to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    cells = [
        [cell.ljust(widths[at]) if at < words else cell.rjust(widths[at]) for at, cell in enumerate(line)]
        for line in lines
    ]
    return "\n".join("  ".join(line).rstrip() for line in cells)


def examples(*commands: str) -> str:
    """The end of a help text: each command on a line of its own, to be copied."""
    return "\n".join(["\b", f"Example{'s' * (len(commands) > 1)}:", *(f"  {command}" for command in commands)])


def report(record: Any, json_file: str | None, show: Callable[[Any], None]) -> None:
    """``show`` the record unless its JSON goes to stdout, and write it to ``json_file``, if any."""
    if json_file != "-":
        show(record)
    if json_file:
        write_json(record, json_file)


def write_json(values: Any, target: str) -> None:
    """``values`` as JSON into the file named ``target``, whole or not at all; ``-`` is stdout."""
    text = json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        click.echo(text, nl=False)
        return
    from matinee.files import write_whole

    write_whole(Path(target), text.encode())
