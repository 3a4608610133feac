"""``matinee check``: the report on a ratings file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matinee.cli.console import examples, write_json

if TYPE_CHECKING:
    from matinee.data.check import FileContents, Report
    from matinee.errors import Problem

_BAR = 40


@click.command(epilog=examples("matinee check ml-1m.zip", "matinee check votes.csv --columns uid,film,score"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--columns", metavar="NAMES", help="user,item,rating[,timestamp], or pairs like user=uid,item=film.")
@click.option("--scale", metavar="LOW:HIGH[:STEP]", help="The rating scale, like 0.5:5:0.5; found if not given.")
@click.option(
    "--movies",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Titles; found beside FILE if not given.",
)
@click.option(
    "--users",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Attributes of users; found beside FILE if not given.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the report as JSON; - is stdout.")
def command(
    file: Path,
    columns: str | None,
    scale: str | None,
    movies: Path | None,
    users: Path | None,
    json_file: str | None,
) -> None:
    """Say what is in a ratings FILE and what is wrong with it, with line numbers and the remedy.

    FILE is a CSV, TSV, '::'-separated or Parquet file, a Netflix Prize file, or a MovieLens or Kaggle folder
    or archive. Exits 0 if it can be read as it is, 2 if it has problems.
    """
    from matinee.data.check import check
    from matinee.data.scale import Scale

    report = check(file, columns=columns, scale=Scale.parse(scale) if scale else None, movies=movies, people=users)
    if json_file != "-":
        _print(report)
    if json_file:
        write_json(report.to_dict(), json_file)
    if not report.sound:
        click.echo(_verdict(report), err=True)
        sys.exit(2)


def _verdict(report: Report) -> str:
    serious = [problem for problem in report.problems if not problem.harmless]
    if len(serious) == 1:
        return f"matinee: {serious[0]}"
    others = f"{len(serious) - 1} more kind{'s' * (len(serious) > 2)} of problem"
    return f"matinee: {serious[0]} (and {others}, listed above)"


def _print(report: Report) -> None:
    click.echo(f"{report.source}{f' ({report.form})' if report.form else ''}")
    if report.contents:
        _print_contents(report, report.contents)
    if not report.problems:
        click.echo("\nNo problems found.")
        return
    click.echo(f"\n{_heading(report)}")
    for problem in report.problems:
        _print_problem(problem)


def _heading(report: Report) -> str:
    if report.sound:
        return "No problems found; worth knowing:"
    unusable = f", {report.left_out:,} of {report.rows:,} rows cannot be used" if report.left_out else ""
    return f"Problems found{unusable}:"


def _print_contents(report: Report, contents: FileContents) -> None:
    for name, value in _figures(report, contents):
        click.echo(f"  {name:<14}{value}")
    click.echo("  stars")
    largest = max(contents.stars.values())
    for star, count in sorted(contents.stars.items())[:_BAR]:
        bar = "█" * round(_BAR * count / largest)
        click.echo(f"  {star:>8g}  {count:>11,}  {count / contents.ratings:>6.1%}  {bar}")
    if len(contents.stars) > _BAR:
        click.echo(f"            and {len(contents.stars) - _BAR:,} more values")


def _figures(report: Report, contents: FileContents) -> list[tuple[str, str]]:
    user, item = contents.heaviest_user, contents.heaviest_item
    figures = [
        ("rows", f"{report.rows:,}"),
        ("ratings", f"{contents.ratings:,}"),
        ("users", f"{contents.users:,}" + (f" ({contents.described:,} with attributes)" if contents.described else "")),
        (
            "films",
            f"{contents.items:,}" + (f" ({contents.titled:,} with a title)" if contents.titled else ""),
        ),
        ("scale", f"{contents.scale}, mean {contents.mean:.3f}"),
        ("density", f"{contents.density:.3%}"),
        ("heaviest user", f"{user.id}, {_counted(user.ratings)}"),
        ("heaviest film", f"{item.title or item.id}, {_counted(item.ratings)}"),
    ]
    if contents.first and contents.last:
        figures.insert(6, ("time", f"{contents.first:%Y-%m-%d} to {contents.last:%Y-%m-%d}"))
    return figures


def _counted(ratings: int) -> str:
    return f"{ratings:,} rating{'s' * (ratings != 1)}"


def _print_problem(problem: Problem) -> None:
    mark = "·" if problem.harmless else "✗"
    click.echo(f"  {mark} {problem.kind}")
    click.echo(f"    {problem}")
