"""``matinee download``: a public data set, fetched and unpacked."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matinee.cli.console import examples, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click._termui_impl import ProgressBar

    from matinee.data.download.transfer import Progress


class _Named(click.Command):
    """Lists the data sets in the help, when it is asked for."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_help_text(ctx, formatter)
        from matinee.data.download.sources import SOURCES

        with formatter.section("Names"):
            formatter.write_dl([(source.name, source.about) for source in SOURCES])


@click.command(cls=_Named, epilog=examples("matinee download ml-1m --dir data", "matinee check data/ml-1m"))
@click.argument("name")
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    default=".",
    type=click.Path(path_type=Path),
    help="Where to put it: it comes to lie in DIR/NAME. The folder you are in, if not given.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write what was fetched as JSON; - is stdout.")
def command(name: str, folder: Path, json_file: str | None) -> None:
    """Fetch the public data set NAME: resumed where it broke off, verified, and safely unpacked.

    Run again after an interruption, it goes on where it stopped; run again after success, it does nothing.
    """
    from matinee.data.download.fetch import download

    with _bar(name) as progress:
        place = download(name, folder, progress=progress)
    following = f"matinee check {shlex.quote(str(place))}"
    if json_file != "-":
        click.echo(f"{name} lies in {place}")
        click.echo(f"Next:  {following}")
    if json_file:
        write_json({"name": name, "folder": str(place), "next": following}, json_file)


@contextmanager
def _bar(label: str) -> Iterator[Progress | None]:
    """A progress bar on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(label)
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    """A bar that learns how long it is with the first bytes, and starts anew with each file."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: ProgressBar[int] | None = None
        self._total: int | None = None
        self._done = 0

    def show(self, done: int, total: int | None) -> None:
        """Draw ``done`` of ``total`` bytes."""
        if self._bar is None or total != self._total or done < self._done:
            self.close()
            self._total, self._done = total, 0
            self._bar = click.progressbar(length=total or 0, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def close(self) -> None:
        """End the line."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None
