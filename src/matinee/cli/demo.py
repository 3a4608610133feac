"""``matinee demo``: the whole job on the built-in sample, step by step."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from matinee.cli.console import examples, table, write_json
from matinee.cli.options import json_option
from matinee.cli.progress import progress_bar

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings
    from matinee.evaluation.result import Evaluation
    from matinee.fitting.options import RunOptions

_RANK: Final = 20
_HIDDEN: Final = 0.1
_CORRUPTED: Final = 0.01


@click.command(epilog=examples("matinee demo --out first-look"))
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    default="matinee-demo",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the ratings, the report and the pictures go.",
)
@click.option("--seed", default=20, show_default=True, type=click.IntRange(min=0), help="Fixes every random choice.")
@click.option("--threads", type=click.IntRange(min=1), help="Processors to use; all if not given.")
@json_option
def command(folder: Path, seed: int, threads: int | None, json_file: str | None) -> None:
    """Run the main job on the built-in sample: ratings in, matrix, SVD, hide and predict, histogram, report.

    Needs no network and no file: the sample is made from the seed. Every step says what it does. Then open
    DIR/report.html.
    """
    from matinee.evaluation.report.summary import summary

    with redirect_stdout(sys.stderr if json_file == "-" else sys.stdout):
        best = _run(folder, seed, threads)
    if json_file:
        write_json(summary(best), json_file)


def _run(folder: Path, seed: int, threads: int | None) -> Evaluation:
    """Print every step, in order, and return the evaluation that is reported."""
    from matinee.fitting.options import RunOptions

    ratings = _read_sample(folder, seed)
    _show_matrix(ratings)
    with progress_bar() as progress:
        options = RunOptions(seed=seed, threads=threads, progress=progress)
        _show_decomposition(ratings, options)
        best = _compare_errors(ratings, options)
        _show_corruption(ratings, options)
        progress("drawing", 0.0)
        _write_report(best, folder, seed)
    return best


def _heading(number: int, text: str) -> None:
    click.secho(f"\n{number}. {text}", bold=True)


def _read_sample(folder: Path, seed: int) -> Ratings:
    from matinee.data.check import check
    from matinee.data.reading.read import read_ratings
    from matinee.data.synthetic.sample import sample
    from matinee.data.write import write_ratings

    _heading(1, "The ratings")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ratings.csv"
    write_ratings(sample(seed), file)
    report = check(file)
    ratings = read_ratings(file)
    problems = "no problems found" if report.sound else f"{len(report.problems)} problems found"
    click.echo(
        f"{file}: {len(ratings):,} ratings of {len(ratings.items):,} films by {len(ratings.users):,} users, "
        f"{ratings.scale} stars, {100 * ratings.density:.0f} % of the table filled; {problems}.\n"
        "The films are real, the ratings are made up (planted tastes and noise)."
    )
    return ratings


def _show_matrix(ratings: Ratings) -> None:
    import numpy as np

    _heading(2, "The matrix: one row a user, one column a film, empty where nobody rated")
    films = np.argsort(-np.bincount(ratings.item, minlength=len(ratings.items)), kind="stable")[:5]
    pivot = ratings.pivot()
    titles = ratings.catalogue.titles(ratings.items.decode(films))
    rows = [
        [str(pivot["user"][row]), *(_cell(pivot[str(ratings.items.ids[int(film)])][row]) for film in films)]
        for row in range(6)
    ]
    click.echo(table(["user", *(str(title)[:22] for title in titles)], rows))
    click.echo(f"… {len(pivot):,} rows × {len(ratings.items):,} columns in all")


def _cell(value: float | None) -> str:
    return "·" if value is None else f"{value:.1f}"


def _show_decomposition(ratings: Ratings, options: RunOptions) -> None:
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.truncated_svd import TruncatedSVD

    _heading(3, f"The decomposition: A = U Σ Vᵀ, the {_RANK} largest singular values kept")
    matrix = RatingMatrix.from_ratings(ratings, options.workers)
    _, svd = TruncatedSVD(rank=_RANK).decompose(matrix, options)
    certificate = svd.certificate
    click.echo("σ = " + ", ".join(f"{value:.1f}" for value in svd.values[:8]) + ", …")
    click.echo(
        f"U is {svd.left.shape[0]} × {_RANK}, V is {svd.right.shape[0]} × {_RANK}; they hold "
        f"{100 * certificate.share_of_variance:.0f} % of the variance that the biases leave.\n"
        f"Certificate: largest residual {certificate.worst_residual:.0e} σ₁, "
        f"U and V orthonormal to {certificate.orthogonality:.0e}."
    )


def _compare_errors(ratings: Ratings, options: RunOptions) -> Evaluation:
    from matinee.evaluation.protocols import evaluate_hidden
    from matinee.models.baselines import Bias, Mean
    from matinee.models.svdpp import SVDPlusPlus
    from matinee.models.truncated_svd import TruncatedSVD

    _heading(4, f"Hide {100 * _HIDDEN:.0f} % of the ratings, learn from the rest, predict what was hidden")
    best = TruncatedSVD(rank=_RANK)
    named = {
        "mean of all ratings": Mean(),
        "mean + biases of user and film": Bias(),
        "SVD, empty cells = 0 (the naive table)": TruncatedSVD(rank=_RANK, fill="zero"),
        "SVD, empty cells = the user's mean": TruncatedSVD(rank=_RANK, fill="user"),
        "SVD of what the biases leave": best,
        "SVD++, from the known cells alone": SVDPlusPlus(),
    }
    results = {name: evaluate_hidden(ratings, config, _HIDDEN, options) for name, config in named.items()}
    rows = [[name, *_error_cells(result)] for name, result in results.items()]
    click.echo(table(["predicted by", "RMSE", "95 % interval", "MAE"], rows))
    click.echo("Errors in stars, smaller is better.")
    return results["SVD of what the biases leave"]


def _error_cells(result: Evaluation) -> list[str]:
    from matinee.evaluation.report.summary import summary

    numbers = summary(result)
    low, high = numbers["rmse_interval"]
    return [f"{numbers['rmse']:.4f}", f"{low:.3f} to {high:.3f}", f"{numbers['mae']:.4f}"]


def _show_corruption(ratings: Ratings, options: RunOptions) -> None:
    from matinee.evaluation.protocols import evaluate_corrupted
    from matinee.models.truncated_svd import TruncatedSVD

    _heading(5, "Corrupt entries one at a time, all others intact, and read each back from the new SVD")
    config = TruncatedSVD(rank=_RANK, fill="user")
    result = evaluate_corrupted(ratings, config, _CORRUPTED, "opposite", verify=5, options=options)
    shown = result.rows.filter(result.rows["title"].is_not_null())[:: max(1, len(result.rows) // 6)][:6]
    columns = ("title", "user", "truth", "corrupted", "prediction")
    rows = [
        [f"{title:.30}", f"{user}", f"{truth:.1f}", f"{corrupted:.1f}", f"{prediction:.2f}"]
        for title, user, truth, corrupted, prediction in shown.select(columns).iter_rows()
    ]
    click.echo(table(["film", "user", "original", "corrupted", "predicted"], rows))
    verified = result.setting.details["verified"]
    click.echo(
        f"{len(result.rows):,} entries without refitting; {verified['entries']} compared with real refits: "
        f"largest difference {verified['largest_difference']:.0e} stars."
    )


def _write_report(result: Evaluation, folder: Path, seed: int) -> None:
    from matinee.evaluation.report.artifacts import write_evaluation

    command = f"matinee demo --out {folder} --seed {seed}"
    written = write_evaluation(result, folder, command)
    _heading(6, "The errors, to look at")
    click.echo(f"histogram  {os.fspath(written['error-histogram.png'])}")
    click.echo(f"report     {os.fspath(written['report.html'])}   (open it in a browser)")
    click.echo("\nYour own file:  matinee check ratings.csv      then:  matinee evaluate ratings.csv --out results")
