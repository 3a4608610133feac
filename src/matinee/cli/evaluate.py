"""``matinee evaluate``: hide, test or corrupt, predict, and report the errors."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
from matinee.evaluation.protocol import CORRUPT, PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matinee.data.ratings import Ratings
    from matinee.evaluation.result import Evaluation
    from matinee.fitting.model import Model
    from matinee.fitting.options import RunOptions

_SHOWN: Final = {
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
    option = "--corruption" if corruption != "remove" else "--verify" if verify else None
    if option and protocol != CORRUPT.name:
        other, remedy = ("--test", "take one of them") if test_file else ("--protocol hide", "add --protocol corrupt")
        raise click.UsageError(f"{option}: found with {other}; allowed with --protocol corrupt only; {remedy}.")


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
    if protocol["protocol"] == CORRUPT.name:
        corruption, replacement = _corruption(protocol["corruption"])
        verify = protocol["verify"]
        return evaluate_corrupted(ratings, config, protocol["fraction"], corruption, replacement, verify, options)
    return evaluate_hidden(ratings, config, protocol["fraction"], options)


def _corruption(text: str) -> tuple[str, float | None]:
    """A way to corrupt, or ``"value"`` and the number that replaces the entry."""
    try:
        return "value", float(text)
    except ValueError:
        return text, None


def _written(result: Evaluation, folder: Path | None) -> list[str]:
    """Write the folder, and list its main files."""
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

    measures = numbers["ranking"]
    low, high = measures["ndcg@10"]["interval"]
    model, popularity = ([f"{measures[name][key]:.4f}" for name in LABELS] for key in ("value", "popularity"))
    rows = [[numbers["model"], *model, f"{low:.4f} to {high:.4f}"], ["popularity", *popularity, ""]]
    return table(["", *LABELS.values(), "NDCG@10, 95 %"], rows)


def _remarks(numbers: dict[str, Any]) -> Iterator[str]:
    yield from _fit_of_predictions(numbers)
    yield from _corrupting(numbers["details"])
    yield from _course(numbers["details"], numbers["parameters"])
    yield _seconds(numbers)


def _fit_of_predictions(numbers: dict[str, Any]) -> Iterator[str]:
    if ranking := numbers.get("ranking"):
        yield (
            f"{ranking['liked']:,} hidden liked films of {ranking['users']:,} users, each ranked among all films the "
            "user has not rated."
        )
    if numbers["coverage"] is not None:
        level = f"{100 * numbers['coverage_level']:.0f} %"
        yield f"{100 * numbers['coverage']:.1f} % of the truths lie in their {level} interval."
    if scores := numbers["distribution"]:
        yield (
            f"Probabilities of stars: log score {scores['log_score']:.4f} nats, CRPS {scores['crps']:.4f} stars "
            f"({scores['log_score_one_spread']:.4f} and {scores['crps_one_spread']:.4f} with one spread for all)."
        )


def _corrupting(details: dict[str, Any]) -> Iterator[str]:
    if "held" in details:
        yield f"Held while corrupting: {details['held']}."
    if verified := details.get("verified"):
        difference = f"{verified['largest_difference']:.1e}"
        yield f"{verified['entries']} entries against refits: at most {difference} stars apart."


def _course(details: dict[str, Any], parameters: dict[str, Any]) -> Iterator[str]:
    """The course of the fit."""
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
