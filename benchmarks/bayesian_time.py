"""Seconds that bayesian takes to predict as well as myFM's Gibbs sampler in the end, on MovieLens 1M.

The published split ml-1m.glocalk1234 where the real ratings are, a hidden tenth of planted ones elsewhere; rank 32,
features of SVD++ both ways. myFM knows one thread. What a draw of it takes is measured in every round from two short
runs, whose difference leaves out how it starts; ``--full`` makes all its draws once, and takes their seconds and RMSE.
Without that, myFM's RMSE is that of 512 draws on that split, 0.8197, or, on planted ratings, of the longer short run.
Ours: whole fits of some numbers of draws, without intervals; medians of rounds. Which of them is enough is read off the
test RMSE, on both sides. The bar: on two threads an eighth of myFM's seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import finish, median, timed
from peers import ask, write_problem
from sets import SEED, published_split

from matinee.evaluation.rows import predicted_rows
from matinee.fitting.options import RunOptions
from matinee.models.bayesian.model import Bayesian

if TYPE_CHECKING:
    from matinee.matrix.split import Split

PUBLISHED: Final = {"ml-1m.glocalk1234": 0.8197}
"""What 512 draws of myFM at rank 32 reached, measured in full."""

SHORT: Final = (8, 16)


def ours(split: Split, config: Bayesian, threads: int, seed: int) -> dict[str, float]:
    """Seconds and RMSE of one fit."""
    options = RunOptions(seed=seed, threads=threads, intervals=False)
    seconds, model = timed(lambda: config.fit(split.training, options))
    rows = predicted_rows(model, split.hidden)
    error = model.shown(rows["prediction"].to_numpy()) - split.hidden.value
    return {"seconds": seconds, "rmse": float(np.sqrt(np.mean(error**2)))}


def a_draw(problem: Path, rank: int) -> tuple[float, float]:
    """Seconds that myFM takes for one more draw, and the RMSE of the longer run."""
    short, long = (ask("myfm", problem, rank=rank, draws=draws) for draws in SHORT)
    return (long["seconds"] - short["seconds"]) / (SHORT[1] - SHORT[0]), long["rmse_clipped"]


def summary(answers: list[dict[str, float]]) -> dict[str, Any]:
    """Medians of rounds, each of which has a seed of its own."""
    errors = [answer["rmse"] for answer in answers]
    return {
        "seconds": median([answer["seconds"] for answer in answers]),
        "RMSE": f"{median(errors):.4f}",
        "worst RMSE": f"{max(errors):.4f}",
    }


def verdict(rows: list[dict[str, Any]], target: float, theirs: float) -> dict[str, Any]:
    """For each number of threads the quickest fit that predicts as well, and its share of myFM's seconds."""
    found = {}
    for threads in sorted({row["threads"] for row in rows}):
        good = [row for row in rows if row["threads"] == threads and float(row["RMSE"]) <= target]
        best = min(good, key=lambda row: row["seconds"], default=None)
        found[f"{threads} threads"] = {
            "draws": best and best["draws"],
            "seconds": best and best["seconds"],
            "of myFM's seconds": best and best["seconds"] / theirs,
            "myFM's seconds over ours": best and theirs / best["seconds"],
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--draws", type=int, nargs="+", default=[20, 40, 60, 100], help="of ours")
    parser.add_argument("--burn-in", type=int, default=20, help="of ours")
    parser.add_argument("--their-draws", type=int, default=512, help="of myFM, from which its seconds are reckoned")
    parser.add_argument("--full", action="store_true", help="make all of myFM's draws: a quarter of an hour")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="ours alone")
    parser.add_argument("--ratings", type=int, help="planted ratings of this many")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    name, split = published_split(options.ratings)
    with tempfile.TemporaryDirectory() as folder:
        problem = write_problem(Path(folder) / "problem.npz", split.training, split.hidden)
        rows, drawn = measured(split, problem, options)
        peer = theirs(problem, drawn, options, PUBLISHED.get(name))
    facts = {"split": name, "training": len(split.training), "test": len(split.hidden), "rank": options.rank}
    result: dict[str, Any] = {**facts, "burn in": options.burn_in, "rounds": options.rounds, "matinee": rows}
    if peer:
        result |= {"myFM": peer, "as good": verdict(rows, float(peer["RMSE"]), peer["seconds"])}
    finish("bayesian_time", result)


def measured(
    split: Split, problem: Path, options: argparse.Namespace
) -> tuple[list[dict[str, Any]], list[tuple[float, float]]]:
    """Every fit of ours and myFM's draw once a round, by turns."""
    kinds = [(threads, draws) for threads in options.threads for draws in options.draws]
    found: dict[tuple[int, int], list[dict[str, float]]] = {kind: [] for kind in kinds}
    drawn = []
    for turn in range(options.rounds):
        if options.peers:
            drawn.append(a_draw(problem, options.rank))
        for threads, draws in kinds:
            config = Bayesian(rank=options.rank, draws=draws, burn_in=options.burn_in)
            found[threads, draws].append(ours(split, config, threads, SEED + turn))
    rows = [{"threads": kind[0], "draws": kind[1], **summary(answers)} for kind, answers in found.items()]
    return rows, drawn


def theirs(
    problem: Path, drawn: list[tuple[float, float]], options: argparse.Namespace, published: float | None
) -> dict[str, Any] | None:
    """What myFM takes and reaches in the end; ``None`` where it is not asked."""
    if not drawn:
        return None
    a_draw_takes = median([seconds for seconds, _ in drawn])
    told = {"draws": options.their_draws, "seconds a draw": a_draw_takes, "in full": options.full}
    if options.full:
        answer = ask("myfm", problem, rank=options.rank, draws=options.their_draws)
        return {**told, "seconds": answer["seconds"], "RMSE": f"{answer['rmse_clipped']:.4f}"}
    reached = published or median([rmse for _, rmse in drawn])
    return {**told, "seconds": a_draw_takes * options.their_draws, "RMSE": f"{reached:.4f}"}


if __name__ == "__main__":
    main()
