"""The options that several commands share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matinee.data.ratings import Ratings
    from matinee.data.reading.read import OnBadRows
    from matinee.fitting.model import Model
    from matinee.fitting.options import Progress, RunOptions

    Decorator = Callable[[Any], Any]

Function = TypeVar("Function", bound="Callable[..., Any]")

DEFAULT_MODEL: Final = "truncated-svd"
"""The model where none is named, but for ``matinee fit``, which chooses."""

_RATINGS: Final = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--columns", metavar="NAMES", help="user,item,rating[,timestamp], or pairs like user=uid,item=film."),
    click.option("--scale", metavar="LOW:HIGH[:STEP]", help="The rating scale, like 0.5:5:0.5; found if not given."),
    click.option(
        "--movies", metavar="FILE", type=click.Path(path_type=Path), help="Titles; found beside FILE if not given."
    ),
    click.option(
        "--users",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Attributes of users (u.user, users.dat, a CSV with a header); found beside FILE if not given.",
    ),
    click.option(
        "--on-bad-rows",
        metavar="refuse|skip",
        default="refuse",
        show_default=True,
        help="Where lines have problems: stop, or leave them out and say so.",
    ),
)
_SETTINGS: Final = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="A parameter of the model, like rank=50; repeatable.",
)
_RUN: Final = (
    click.option("--seed", type=int, default=0, metavar="N", show_default=True, help="Fixes every random choice."),
    click.option("--threads", type=int, metavar="N", help="Processors to use, all if not given; results are the same."),
    click.option(
        "--intervals/--no-intervals",
        default=True,
        help="Measure how wide intervals must be (the default), by further fits: one, or three short ones for "
        "bayesian; or leave that out.",
    ),
    click.option(
        "--time-limit",
        type=float,
        metavar="SECONDS",
        help="Stop a fit after so long, with the best so far; measuring intervals may take as long again.",
    ),
)
json_option: Final = click.option(
    "--json", "json_file", metavar="FILE", help="Write the machine-readable result; - is stdout."
)


def ratings_options(function: Function) -> Function:
    """Add FILE, ``--columns``, ``--scale``, ``--movies``, ``--users`` and ``--on-bad-rows``, for `read_chosen`."""
    return _with(_RATINGS, function)


def model_options(default: str) -> Decorator:
    """Add ``--model``, whose help names ``default``, and ``--set``, for `chosen_model`."""
    named = click.option("--model", metavar="NAME", help=f"See them with: matinee models. Default: {default}.")
    return lambda function: _with((named, _SETTINGS), function)


def run_options(function: Function) -> Function:
    """Add ``--seed``, ``--threads``, ``--no-intervals`` and ``--time-limit``, for `chosen_run`."""
    return _with(_RUN, function)


def _with(options: Iterable[Decorator], function: Function) -> Function:
    for option in reversed(tuple(options)):
        function = option(function)
    return function


def read_chosen(
    file: Path, columns: str | None, scale: str | None, movies: Path | None, users: Path | None, on_bad_rows: str
) -> Ratings:
    """The ratings in ``file``, with notes on stderr of lines skipped or repaired; `DataError` or `ConfigError`."""
    from matinee.data.reading.read import read_ratings
    from matinee.data.scale import Scale

    ratings = read_ratings(
        file,
        columns=columns,
        scale=Scale.parse(scale) if scale else None,
        on_bad_rows=cast("OnBadRows", on_bad_rows),
        movies=movies,
        people=users,
    )
    for note in ratings.notes:
        if not note.harmless:
            click.echo(f"note: {note}", err=True)
    return ratings


def chosen_run(
    seed: int, threads: int | None, intervals: bool, time_limit: float | None, progress: Progress
) -> RunOptions:
    """The options of a run; `ConfigError` where one is out of range."""
    from matinee.fitting.options import RunOptions

    return RunOptions(seed=seed, threads=threads, intervals=intervals, progress=progress, time_limit=time_limit)


def chosen_model(name: str | None, settings: tuple[str, ...]) -> Model:
    """The model named on the command line with its ``--set`` parameters; `ConfigError` for what it does not have.

    Without a name it is `DEFAULT_MODEL`, with a note on stderr.
    """
    from matinee.models.registry import model_named

    if name is None:
        click.echo(f"no --model given: taking {DEFAULT_MODEL} (see the others with: matinee models)", err=True)
    return model_named(name or DEFAULT_MODEL).from_strings(parse_settings(settings))


def parse_settings(settings: tuple[str, ...]) -> dict[str, str]:
    """``("rank=20", …)`` as a mapping; `ConfigError` for anything else, or for a key given twice."""
    from matinee.errors import ConfigError

    parsed: dict[str, str] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not (key and equals and value):
            raise ConfigError(f"--set: found '{setting}'; allowed is KEY=VALUE, like rank=20; see: matinee models")
        if key in parsed:
            raise ConfigError(f"--set: found '{key}' twice, {parsed[key]} and {value}; give it once")
        parsed[key] = value
    return parsed
