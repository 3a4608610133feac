"""``matinee predict``: predictions for a table of users and films."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from matinee.cli.console import examples, write_json
from matinee.cli.options import json_option
from matinee.cli.progress import progress_bar

if TYPE_CHECKING:
    from matinee.cli.predict_file import Target
    from matinee.predicting.fitted import FittedModel
    from matinee.predicting.table import ExtraColumns

STDOUT: Final = "-"


class _Out(click.types.StringParamType):
    """A file for predictions, or stdout."""

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002
        return "Give a file, as in --out predictions.csv, or --out - for stdout."


@click.command(
    epilog=examples(
        "matinee predict model pairs.csv --out predictions.csv",
        "matinee predict model pairs.csv --out sure.csv --coverage 0.8 --quantiles 0.1,0.5,0.9 --probabilities",
    )
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("pairs", metavar="PAIRS", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=_Out(),
    help="CSV, TSV (.tsv) or Parquet (.parquet) by its name; - is stdout.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    help="Which columns are the user, the film and, for a model that learnt from times, the time: "
    "user=uid,item=film,timestamp=when.",
)
@click.option(
    "--coverage",
    type=float,
    metavar="SHARE",
    help="Share of ratings that lower and upper are to hold, like 0.8. Default: 0.9.",
)
@click.option(
    "--quantiles",
    metavar="LEVELS",
    help="Add quantiles, as 0.1,0.5,0.9: q0.1 is the value that one rating in ten lies under.",
)
@click.option("--deviation", is_flag=True, help="Add the standard deviation of what a rating may be.")
@click.option("--probabilities", is_flag=True, help="Add the probability of each star: p1, p2 and so on.")
@json_option
def command(
    folder: Path,
    pairs: Path,
    out: str,
    columns: str | None,
    json_file: str | None,
    coverage: float | None,
    quantiles: str | None,
    deviation: bool,
    probabilities: bool,
) -> None:
    """Predict the ratings of the users and films in PAIRS with the model in DIR.

    PAIRS is a CSV, TSV or Parquet file with a column of users (userId) and one of films (movieId). A column of times
    (timestamp, date or the like) is used if the model learnt from times: predictions are then for those. FILE gets
    the rows in their order, all columns, and after them prediction (stars, not rounded; for a model that ranks, a
    preference that only orders a user's films), lower and upper (the interval) and source: model, bias, movie, user
    or mean, by what was known. More of what a rating may be is added after those if asked for: the standard
    deviation, quantiles, the probability of each star.
    """
    from matinee.cli.predict_file import target
    from matinee.errors import ConfigError

    out = STDOUT if out == "/dev/stdout" else out  # opened anew, it would be emptied
    if out == json_file == STDOUT:
        raise ConfigError("--out and --json: found '-' for both; allowed is stdout for one of them")
    extra = _extra(coverage, quantiles, deviation, probabilities)
    record = _predicted(folder, pairs, columns, target(out), extra)
    if STDOUT not in (out, json_file):
        _print(record)
    if json_file:
        write_json(record, json_file)


def _extra(coverage: float | None, quantiles: str | None, deviation: bool, probabilities: bool) -> ExtraColumns:
    """Columns beside the prediction; `ConfigError` for a level or a coverage that is not between 0 and 1."""
    from matinee.errors import ConfigError
    from matinee.predicting.table import ExtraColumns

    try:
        levels = tuple(float(level) for level in quantiles.split(",")) if quantiles else ()
    except ValueError:
        levels = (-1.0,)
    if any(not 0 < level < 1 for level in levels) or len(set(levels)) < len(levels):
        raise ConfigError(
            f"--quantiles: found '{quantiles}'; allowed are different numbers over 0 and under 1, like 0.1,0.5,0.9"
        )
    if coverage is not None and not 0 < coverage < 1:
        raise ConfigError(f"--coverage: found {coverage:g}; allowed is over 0 and under 1, like 0.8")
    return ExtraColumns(coverage, levels, deviation, probabilities)


def _predicted(folder: Path, pairs: Path, columns: str | None, out: Target, extra: ExtraColumns) -> dict[str, Any]:
    from matinee.data.pairs.read import read_pairs
    from matinee.data.paths import shown
    from matinee.predicting.sources import SOURCES_IN_WORDS
    from matinee.predicting.table import predict_pairs
    from matinee.store.load import load

    with progress_bar() as progress:
        progress("loading the model", 0.0)
        model = load(folder)
        progress("reading", 0.0)
        pairs_table = read_pairs(pairs, columns)
        progress("predicting", 0.0)
        table = predict_pairs(model, pairs_table, extra)
        progress("writing", 0.0)
        out.write(table, text=pairs_table.text)
    _explain_missing_limits(model)
    sources = dict(table["source"].value_counts().iter_rows())
    return {
        "model": model.config.name,
        "predicts": model.config.predicts,
        "pairs": len(table),
        "sources": {source: sources[source] for source in SOURCES_IN_WORDS if source in sources},
        "timed": model.scorer.timed,
        "times": pairs_table.time if model.scorer.timed else None,
        "interval_coverage": None if model.calibration is None else extra.coverage or model.calibration.coverage,
        "out": shown(out.name),
    }


def _explain_missing_limits(model: FittedModel) -> None:
    if model.config.predicts == "preference":
        click.echo(
            f"prediction is a preference, not stars: {model.config.name} ranks films, and only the order of a user's "
            "films means something; lower and upper are empty, for a preference has no interval",
            err=True,
        )
    elif model.calibration is None:
        click.echo(
            "lower and upper are empty: the model has no calibrated intervals (it was fitted with --no-intervals, or "
            "to too few ratings)",
            err=True,
        )


def _print(record: dict[str, Any]) -> None:
    from matinee.predicting.sources import SOURCES_IN_WORDS

    kind = "preferences" if record["predicts"] == "preference" else "predictions"
    click.echo(f"{record['pairs']:,} {kind} by {record['model']} in {record['out']}")
    for source, count in record["sources"].items():
        click.echo(f"  {source:<6} {count:>11,}  {SOURCES_IN_WORDS[source]}")
    if record["timed"]:
        click.echo(f"  {_when(record['times'])}")
    if record["interval_coverage"]:
        click.echo(f"  lower and upper are made to hold {record['interval_coverage']:.0%} of the truths")


def _when(column: str | None) -> str:
    from matinee.data.problems import quote

    if column is None:
        return (
            "for no particular time: no column of times was recognised in PAIRS (name it with --columns timestamp=NAME)"
        )
    return f"for the times in column {quote(column)}"
