"""The ``matinee`` command: imports each subcommand on first use, and says errors in one line."""

from __future__ import annotations

import importlib
import io
import sys
from typing import NoReturn

import click

from matinee.cli.console import examples

_COMMANDS = {
    "demo": "the whole job on the built-in sample: read, fit, hide and predict, histogram, report",
    "download": "fetch a public data set: resumed, verified, safely extracted",
    "check": "what is in a ratings file and what is wrong with it, with line numbers",
    "fit": "fit a model to a ratings file and save it",
    "predict": "predict ratings for a table of users and films",
    "evaluate": "hide or corrupt ratings, predict them, report the errors",
    "models": "every model with its parameters and when to use it",
}


class _Commands(click.Group):
    """Imports ``matinee.cli.<name>`` on first use, so that ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"matinee.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS:
            ctx.fail(f"No such command '{args[0]}'; allowed: {', '.join(_COMMANDS)}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples("matinee demo", "matinee check ratings.csv"),
)
@click.version_option(package_name="matinee")
def cli() -> None:
    """Predict film ratings with the singular value decomposition, and see how far off they are."""


def main() -> None:
    """Run the command line: exit 0 on success, 2 on bad usage or input, 1 on an internal failure."""
    from matinee.errors import InputError, MatineeError

    _show_what_can_be_shown()
    try:
        cli.main(prog_name="matinee", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        _leave("stopped", 130)
    except BrokenPipeError:
        sys.exit(1)
    except (click.ClickException, InputError, OSError) as error:
        _leave(_message(error), 2)
    except MatineeError as error:
        _leave(str(error), 1)


def _leave(message: str, status: int) -> NoReturn:
    click.echo(f"matinee: {message}", err=True)
    sys.exit(status)


def _message(error: Exception) -> str:
    """The error in one line; of a usage error with where to read more."""
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "matinee"
        return f"{error.format_message().rstrip('.')}. See: {command} --help"
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError):
        return f"{error.filename or 'file'}: {error.strerror or error}"
    return str(error)


def _show_what_can_be_shown() -> None:
    """A letter that the terminal does not have is shown as ``?`` and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
