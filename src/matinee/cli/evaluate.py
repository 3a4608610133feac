"""``matinee evaluate``: hide, test or corrupt, predict, and report the errors."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matinee.cli.console import examples, table, write_json
from matinee.cli.iteration import how_it_converged, how_it_ended, say_interrupted, what_it_learnt_from
from matinee.cli.options import (
    DEFAULT_MODEL,
    chosen_model,
    chosen_run,
    json_option,
    model_options,
    ratings_options,
    read_chosen,
    run_options,
)
from matinee.cli.progress import progress_bar
from matinee.evaluation.protocol import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matinee.data.ratings import Ratings
    from matinee.evaluation.result import Evaluation
    from matinee.fitting.model import Model
    from matinee.fitting.options import RunOptions

_SHOWN = {
    "report": "report.html",
    "histogram": "error-histogram.png",
    "recall": "recall-by-length.png",
    "predictions": "predictions.csv",
}


@click.command(
    epilog=examples(
        "matinee evaluate ratings.csv --model truncated-svd --set rank=20 --out results",
        "matinee evaluate training.csv --test test.csv --model bayesian --out results",
        "matinee evaluate ratings.csv --protocol corrupt --fraction 1 --verify 20 --out corrupted",
    )
)
@ratings_options
@model_options(f"{DEFAULT_MODEL}, unlike fit, which chooses")
@click.option(
    "--test",
    "test_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file of ratings to predict; all of the first file is learnt from.",
)
@click.option(
    "--protocol",
    type=click.Choice([protocol.name for protocol in PROTOCOLS.values() if protocol.help]),
    help="; ".join(f"{protocol.name}: {protocol.help}" for protocol in PROTOCOLS.values() if protocol.help)
    + ". Default: hide, unless --test names a file.",
)
@click.option(
    "--fraction",
    type=float,
    default=0.1,
    show_default=True,
    metavar="SHARE",
    help="Share of the ratings that are hidden, or corrupted in turn (1: every one).",
)
@click.option(
    "--corruption",
    default="remove",
    show_default=True,
    metavar="HOW",
    help="What becomes of a corrupted entry: remove, zero, random (another rating), opposite (other end of the "
    "scale), or a number.",
)
@click.option(
    "--verify", type=click.IntRange(min=0), default=0, metavar="N", help="Compare N entries with real refits."
)
@run_options
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where predictions.csv, result.json, report.html and the pictures go.",
)
@json_option
def command(
    file: Path,
    model: str | None,
    settings: tuple[str, ...],
    seed: int,
    threads: int | None,
    intervals: bool,
    time_limit: float | None,
    columns: str | None,
    scale: str | None,
    movies: Path | None,
    users: Path | None,
    on_bad_rows: str,
    folder: Path | None,
    json_file: str | None,
    **protocol: Any,
) -> None:
    """Fit to a part of the ratings in FILE, predict the rest, and say how large the errors are and for whom.

    A model that ranks (ease, item-knn, implicit-als) is judged by where hidden films come in its ranking of all.
    Three protocols: hide a share of the ratings (the default), predict the ratings of another file (--test), or
    corrupt known entries one at a time and read each back from the recomputed decomposition. With --out, DIR
    gets predictions.csv, result.json, report.html and every picture as PNG and SVG.

    Ctrl-C while an iterative model learns ends it after the running sweep, and the best so far is evaluated; a
    second Ctrl-C ends the command at once.
    """
    from matinee.evaluation.report.summary import summary

    _check_protocol(**protocol)
    config = chosen_model(model, settings)

    def read(path: Path) -> Ratings:
        return read_chosen(path, columns, scale, movies, users if path == file else None, on_bad_rows)

    with progress_bar() as progress:
        options = chosen_run(seed, threads, intervals, time_limit, progress)
        result = _evaluated(read, file, config, options, **protocol)
        numbers = summary(result)
        written = _written(result, folder)
    say_interrupted(result.setting.details)
    if json_file != "-":
        _print(numbers)
        for place in written:
            click.echo(place)
    if json_file:
        write_json(numbers, json_file)


def _check_protocol(test_file: Path | None, protocol: str | None, corruption: str, verify: int, **_: Any) -> None:
    if test_file is not None and protocol is not None:
        raise click.UsageError("--test names the ratings to predict, --protocol a way to choose them: give one")
    given = "--corruption" if corruption != "remove" else "--verify" if verify else None
    if given and protocol != "corrupt":
        found, remedy = ("--test", "take one of them") if test_file else ("--protocol hide", "add --protocol corrupt")
        raise click.UsageError(f"{given}: found with {found}; allowed with --protocol corrupt only; {remedy}.")


def _evaluated(
    read: Callable[[Path], Ratings],
    file: Path,
    config: Model,
    options: RunOptions,
    test_file: Path | None,
    **protocol: Any,
) -> Evaluation:
    from matinee.evaluation.protocols import evaluate_corrupted, evaluate_hidden, evaluate_test

    ratings = read(file)
    if test_file is not None:
        return evaluate_test(ratings, read(test_file), config, options)
    if protocol["protocol"] == "corrupt":
        how, value = _how(protocol["corruption"])
        return evaluate_corrupted(ratings, config, protocol["fraction"], how, value, protocol["verify"], options)
    return evaluate_hidden(ratings, config, protocol["fraction"], options)


def _how(corruption: str) -> tuple[str, float | None]:
    """A way to corrupt, or a number that replaces the entry."""
    try:
        return "value", float(corruption)
    except ValueError:
        return corruption, None


def _written(result: Evaluation, folder: Path | None) -> list[str]:
    """Write the folder; lines that say where things lie."""
    if folder is None:
        return ["With --out DIR: the report, the pictures and every prediction."]
    from matinee.evaluation.report.artifacts import write_evaluation

    written = write_evaluation(result, folder, shlex.join(["matinee", *sys.argv[1:]]))
    return [f"{name:<12}{written[file]}" for name, file in _SHOWN.items() if file in written]


def _print(numbers: dict[str, Any]) -> None:
    click.echo(
        f"{numbers['model']}: {numbers['train_ratings']:,} ratings to learn from, "
        f"{numbers['test_ratings']:,} predicted (protocol {numbers['protocol']}, seed {numbers['seed']})\n"
    )
    click.echo(_ranks(numbers) if numbers["predicts"] == "preference" else _errors(numbers))
    for line in _remarks(numbers):
        click.echo(line)


def _errors(numbers: dict[str, Any]) -> str:
    low, high = numbers["rmse_interval"]
    interval = f"{low:.4f} to {high:.4f}" if low < high else "too few users to tell"
    rows = [
        [numbers["model"], f"{numbers['rmse']:.4f}", interval, f"{numbers['mae']:.4f}"],
        ["biases alone", f"{numbers['baseline_rmse']:.4f}", "", ""],
    ]
    return table(["", "RMSE", "95 % interval", "MAE"], rows)


def _ranks(numbers: dict[str, Any]) -> str:
    from matinee.evaluation.metrics.ranking import LABELS

    found = numbers["ranking"]
    low, high = found["ndcg@10"]["interval"]
    rows = [
        [name, *(f"{found[measure][key]:.4f}" for measure in LABELS), interval]
        for name, key, interval in (
            (numbers["model"], "value", f"{low:.4f} to {high:.4f}"),
            ("popularity", "popularity", ""),
        )
    ]
    return table(["", *LABELS.values(), "NDCG@10, 95 %"], rows)


def _score(found: dict[str, Any]) -> str:
    return (
        f"Probabilities of stars: log score {found['log_score']:.4f} nats, CRPS {found['crps']:.4f} stars "
        f"({found['log_score_one_spread']:.4f} and {found['crps_one_spread']:.4f} with one spread for all)."
    )


def _remarks(numbers: dict[str, Any]) -> Iterator[str]:
    details = numbers["details"]
    if "ranking" in numbers:
        liked, users = numbers["ranking"]["liked"], numbers["ranking"]["users"]
        yield f"{liked:,} hidden liked films of {users:,} users, each ranked among all films the user has not rated."
    if numbers["coverage"] is not None:
        level, share = numbers["coverage_level"], numbers["coverage"]
        yield f"{100 * share:.1f} % of the truths lie in their {100 * level:.0f} % interval."
    if numbers.get("distribution"):
        yield _score(numbers["distribution"])
    if "held" in details:
        yield f"Held while corrupting: {details['held']}."
    if "verified" in details:
        checked = details["verified"]
        yield f"{checked['entries']} entries against refits: at most {checked['largest_difference']:.1e} stars apart."
    yield from _course(details, numbers["parameters"])
    yield _seconds(numbers)


def _course(details: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """How the fit went."""
    if sources := what_it_learnt_from(details):
        yield f"Learnt from {sources}."
    if learnt := how_it_ended(details, parameters):
        yield f"Learnt in {learnt}."
    if converged := how_it_converged(details):
        yield f"{converged[0].upper()}{converged[1:]}."


def _seconds(numbers: dict[str, Any]) -> str:
    measured = numbers["details"].get("interval_seconds")
    more = "" if measured is None else f", intervals in {measured:.2f} s"
    return f"Fitted in {numbers['fit_seconds']:.2f} s{more}, predicted in {numbers['predict_seconds']:.2f} s."
