"""sgd against LIBMF's own program: is it twice as fast at a lower RMSE, and how long does a whole command take?

Planted ratings of MovieLens 10M's shape, a tenth hidden, 15 epochs: seconds of the fit after reading, ours with all
that comes with a model, LIBMF's of `mf_train`; by turns, ratios within a round. LIBMF at its defaults, and at the
penalty that is best for it, out of a few, on a tenth of the *training* ratings; ours has its default. An epoch by
itself, on one thread and on two, whose factors must be the same to the last bit.
The command: reading MovieLens 1M, choosing when to stop, fitting, measuring intervals, predicting (published split).
The bars: 2 times as fast, lower RMSE; the command at most 2.5 s, RMSE at most 0.843.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import finish, median, ratio, timed
from peers import ask, write_problem
from sets import SEED, movielens_10m, published_split

from matinee.data.write import write_ratings
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.matrix.split import hide
from matinee.models.sgd import SGD, DescendingFit

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.data.ratings import Ratings
    from matinee.matrix.split import Split

    Fit = Callable[[], dict[str, float]]

RANKS: Final = (64, 50)
LIBMF_RANK: Final = 50
LIBMF_PENALTIES: Final = (0.03, 0.05, 0.07, 0.1)


def ours(split: Split, rank: int, epochs: int, threads: int) -> dict[str, float]:
    """Seconds and RMSE of the whole fit."""
    config, options = SGD(rank=rank, epochs=epochs, patience=0), RunOptions(seed=SEED, threads=threads, intervals=False)
    seconds, model = timed(lambda: config.fit(split.training, options))
    error = model.shown(model.predict_pairs(model.pairs_of(split.hidden)).value) - split.hidden.value
    return {"seconds": seconds, "rmse": float(np.sqrt(np.mean(error**2)))}


def libmfs(problem: Path, **options: Any) -> dict[str, float]:
    """Seconds and RMSE of LIBMF."""
    answer = ask("libmf", problem, rank=LIBMF_RANK, **options)
    return {"seconds": answer["seconds"], "rmse": answer["rmse_clipped"]}


def best_penalty(split: Split, folder: Path, **options: Any) -> float:
    """LIBMF's, on a tenth of the training ratings."""
    inner = hide(split.training, 0.1, SEED + 1)
    problem = write_problem(folder / "inner.npz", inner.training, inner.hidden)
    found = [libmfs(problem, regularisation=penalty, **options)["rmse"] for penalty in LIBMF_PENALTIES]
    return LIBMF_PENALTIES[int(np.argmin(found))]


def compared(fits: dict[str, Fit], rounds: int) -> list[dict[str, Any]]:
    """Each once a round, by turns; medians, and how many times as long as the first each takes."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in fits}
    for _ in range(rounds):
        for name, fit in fits.items():
            found[name].append(fit())
    first = [answer["seconds"] for answer in next(iter(found.values()))]
    return [
        {
            "fit": name,
            "seconds": median([answer["seconds"] for answer in answers]),
            "RMSE": f"{median([answer['rmse'] for answer in answers]):.4f}",
            "times as long": ratio([answer["seconds"] for answer in answers], first),
        }
        for name, answers in found.items()
    ]


def peers_fits(split: Split, folder: Path, epochs: int, threads: int) -> dict[str, Fit]:
    """LIBMF's: at its defaults, at its best penalty, and compiled for narrower registers."""
    problem = write_problem(folder / "problem.npz", split.training, split.hidden)
    best = best_penalty(split, folder, sweeps=epochs, threads=threads)
    variants: dict[str, dict[str, Any]] = {
        "LIBMF": {},
        f"LIBMF, penalty {best:g}": {"regularisation": best},
        "LIBMF, SSE": {"simd": "SSE"},
    }
    return {
        f"{name}, rank {LIBMF_RANK}": lambda own=own: libmfs(problem, sweeps=epochs, threads=threads, **own)
        for name, own in variants.items()
    }


def an_epoch(training: Ratings, epochs: int) -> dict[str, Any]:
    """Seconds an epoch at rank 64 on one thread and on two, and whether they come to the same factors."""
    matrix, row, factors = RatingMatrix.from_ratings(training), {}, []
    for threads in (1, 2):
        fit = DescendingFit(SGD(), matrix, RunOptions(seed=SEED, threads=threads))
        seconds = [timed(fit.sweep, pause=0.0)[0] for _ in range(epochs)]
        row[f"{threads} thread seconds"] = median(seconds)
        row[f"{threads} thread ns a rating and thread"] = 1e9 * threads * median(seconds) / len(training)
        factors.append(fit.scorer())
    sides = [(one.user_factors, one.item_factors, one.user_bias, one.item_bias) for one in factors]
    return {**row, "the same factors": all(np.array_equal(a, b) for a, b in zip(*sides, strict=True))}


def command(split: Split, folder: Path, rounds: int) -> dict[str, Any]:
    """``matinee evaluate`` with defaults, as a person would type it."""
    train, test = folder / "train.csv", folder / "test.csv"
    write_ratings(split.training, train)
    write_ratings(split.hidden, test)
    program = [sys.executable, "-m", "matinee", "evaluate", train, "--test", test, "--model", "sgd", "--json", "-"]
    seconds, printed = [], ""
    for _ in range(rounds):
        spent, done = timed(lambda: subprocess.run(program, check=True, capture_output=True, text=True))
        seconds.append(spent)
        printed = done.stdout
    numbers = json.loads(printed)
    return {
        "seconds": median(seconds),
        "of which fitting": numbers["fit_seconds"],
        "RMSE": f"{numbers['rmse']:.4f}",
        "epochs": numbers["details"]["sweeps"],
        "peak MB": numbers["peak_memory_mb"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--ratings", type=int, help="scale the shapes to this many")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = parser.parse_args()
    split = hide(movielens_10m(options.ratings), 0.1, SEED)
    name, published = published_split(options.ratings)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        whole = command(published, folder, options.rounds)
        epoch = an_epoch(split.training, options.epochs)
        fits: dict[str, Fit] = {
            f"matinee, rank {k}": lambda k=k: ours(split, k, options.epochs, options.threads) for k in RANKS
        }
        if options.peers:
            fits |= peers_fits(split, folder, options.epochs, options.threads)
            problem = write_problem(folder / "published.npz", published.training, published.hidden)
            whole["LIBMF RMSE, 40 epochs"] = f"{libmfs(problem, sweeps=40, threads=options.threads)['rmse']:.4f}"
        rows = compared(fits, options.rounds)
    facts = {"ratings": len(split.training), "epochs": options.epochs, "threads": options.threads}
    finish(
        "sgd_speed",
        {**facts, "rounds": options.rounds, "after reading": rows, "an epoch": epoch, f"command, {name}": whole},
    )


if __name__ == "__main__":
    main()
