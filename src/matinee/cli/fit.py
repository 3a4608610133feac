"""``matinee fit``: a model fitted to a ratings file, and saved."""

from __future__ import annotations

import shlex
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from matinee.cli.choosing import Choosing
from matinee.cli.console import examples, report
from matinee.cli.iteration import how_it_converged, how_it_ended, say_interrupted, what_it_learnt_from
from matinee.cli.options import chosen_run, json_option, model_options, ratings_options, read_chosen, run_options
from matinee.cli.progress import progress_bar

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings
    from matinee.predicting.fitted import FittedModel
    from matinee.store.checkpoint import DirectoryCheckpoint

_APART: Final = ("singular_values", "certificate", "posterior_traces")
"""Details that have a place of their own, or are saved with the model alone."""


@click.command(
    epilog=examples(
        "matinee fit ratings.csv --model truncated-svd --set rank=20 --out model",
        "matinee fit ratings.csv --model bayesian --set draws=1000 --checkpoint saved --out model",
        "matinee predict model pairs.csv --out predictions.csv",
    )
)
@ratings_options
@model_options("chosen for the ratings")
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the model is saved: a new or empty directory, or one with a model to replace.",
)
@run_options
@click.option(
    "--checkpoint",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Save the fit there about once a minute and at its end; the same command goes on from it. For: bayesian.",
)
@json_option
def command(
    file: Path,
    columns: str | None,
    scale: str | None,
    movies: Path | None,
    users: Path | None,
    on_bad_rows: str,
    model: str | None,
    settings: tuple[str, ...],
    folder: Path,
    seed: int,
    threads: int | None,
    intervals: bool,
    time_limit: float | None,
    checkpoint: Path | None,
    json_file: str | None,
) -> None:
    """Fit a model to the ratings in FILE and save it in DIR.

    FILE is a CSV, TSV, '::'-separated or Parquet file, a Netflix Prize file, or a MovieLens or Kaggle folder
    or archive. An older model in DIR is replaced only once the new one is whole on the disk.

    Without --model it takes the most accurate that is done in about a minute, or in --time-limit, and says which and
    why; --set then applies to the model it chose.

    Ctrl-C while an iterative model learns ends it after the running sweep, and the best so far is saved, without
    intervals; a second Ctrl-C ends the command at once and saves nothing. With --checkpoint the same command goes on
    later, also with more draws, and gives what it would have given at once.
    """
    from matinee.store.save import check_target, save

    choosing = Choosing(model, settings)
    check_target(folder)
    with progress_bar() as progress:
        options = chosen_run(seed, threads, intervals, time_limit, progress)
        options = replace(options, checkpoint=_chosen_checkpoint(checkpoint, folder))
        choosing.check(options)
        progress("reading", 0.0)
        ratings = read_chosen(file, columns, scale, movies, users, on_bad_rows)
        config = choosing.for_ratings(ratings, options)
        progress("fitting", 0.0)
        started = time.perf_counter()
        fitted = config.fit(ratings, options)
        seconds = time.perf_counter() - started
        progress("saving", 0.0)
        save(fitted, folder)
    say_interrupted(fitted.report.to_dict())
    record = {**_record(fitted, ratings, folder, seconds), "chosen": choosing.reason}
    report(record, json_file, _print)


def _chosen_checkpoint(directory: Path | None, folder: Path) -> DirectoryCheckpoint | None:
    """The checkpoint of ``--checkpoint``, checked; `UsageError` where it lies in the folder that the model goes to."""
    if directory is None:
        return None
    from matinee.store.checkpoint import DirectoryCheckpoint

    if folder.resolve() in (directory.resolve(), *directory.resolve().parents):
        raise click.UsageError(f"--checkpoint: found {directory}, in the folder of --out; give a folder beside it.")
    chosen = DirectoryCheckpoint(directory)
    chosen.check()
    return chosen


def _record(model: FittedModel, ratings: Ratings, folder: Path, seconds: float) -> dict[str, Any]:
    from importlib.metadata import version

    from matinee.data.paths import shown

    details = model.report.to_dict()
    return {
        "model": model.config.name,
        "parameters": model.config.to_dict(),
        "predicts": model.config.predicts,
        "file": ratings.source,
        "ratings": int(model.user_counts.sum()),
        "users": len(ratings.users),
        "films": len(ratings.items),
        "titled": int(model.catalogue.titles(ratings.items.ids).count()),
        "scale": {"low": model.scale.low, "high": model.scale.high, "step": model.scale.step},
        "rank": model.rank,
        "seed": model.report.seed,
        "fit_seconds": model.report.seconds,
        "interval_seconds": None if model.calibration is None else seconds - model.report.seconds,
        "certificate": details.get("certificate"),
        "details": {name: value for name, value in details.items() if name not in _APART},
        "interval_coverage": None if model.calibration is None else model.calibration.coverage,
        "directory": shown(folder),
        "next": f"matinee predict {shlex.quote(shown(folder))} PAIRS --out predictions.csv",
        "version": version("matinee"),
    }


def _print(record: dict[str, Any]) -> None:
    settings = ", ".join(f"{name} {value}" for name, value in record["parameters"].items())
    click.echo(f"{record['model']}{f' ({settings})' if settings else ''}")
    for name, value in _figures(record):
        click.echo(f"  {name:<14}{value}")
    click.echo(f"Next:  {record['next']}")


def _figures(record: dict[str, Any]) -> list[tuple[str, str]]:
    titled = f" ({record['titled']:,} with a title)" if record["titled"] else ""
    figures = (
        ("ratings", f"{record['ratings']:,} from {record['file']}"),
        ("learnt from", what_it_learnt_from(record["details"])),
        ("users", f"{record['users']:,}"),
        ("films", f"{record['films']:,}{titled}"),
        ("rank", _rank(record)),
        ("fitted in", _seconds(record)),
        ("certificate", record["certificate"] and _certificate(record["certificate"])),
        ("learnt in", how_it_ended(record["details"], record["parameters"])),
        ("chains", how_it_converged(record["details"])),
        ("intervals", _intervals(record)),
        ("saved in", record["directory"]),
    )
    return [(name, text) for name, text in figures if text]


def _rank(record: dict[str, Any]) -> str:
    """The rank of the parameters, and the number of columns saved where that differs."""
    saved = record["rank"]
    rank = record["parameters"].get("rank", saved)
    return f"{saved}" if rank == saved else f"{rank}, saved as {saved} column{'s' * (saved != 1)}"


def _seconds(record: dict[str, Any]) -> str:
    measured = record["interval_seconds"]
    more = "" if measured is None else f", intervals in {measured:.2f} s"
    return f"{record['fit_seconds']:.2f} s{more} (seed {record['seed']})"


def _certificate(certificate: dict[str, Any]) -> str:
    verdict = "" if certificate["holds"] else "NOT REACHED, "
    return (
        f"{verdict}residuals at most {certificate['worst_residual']:.1e} σ₁ ({certificate['tolerance']:.0e} asked), "
        f"orthonormal to {certificate['orthogonality']:.0e}, {certificate['share_of_variance']:.1%} of the variance, "
        f"by {certificate['method']}"
    )


def _intervals(record: dict[str, Any]) -> str:
    coverage = record["interval_coverage"]
    if record["predicts"] == "preference":
        return "none: the model predicts a preference, which ranks films and is not in stars"
    if coverage is None:
        return "none: not measured (predictions will have no lower and upper)"
    return f"to hold {coverage:.0%} of the truths, measured on held-out ratings"
