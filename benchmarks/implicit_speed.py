"""implicit-als against the implicit package: seconds a sweep, the loss after each, and seconds to the same loss.

Every rating counts once: in implicit, whose confidence is ``alpha r``, alpha is 1 + our confidence, so that both
minimise the same loss over all cells. MovieLens 1M (the real one where it is) and planted ratings of MovieLens 10M's
shape; exactly, and by three steps of conjugate gradients. The bars, for a sweep: 2 times as fast exactly, 1.5 times by
conjugate gradients. "To the same loss": to the higher of the two last ones, in whole sweeps.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from measure import finish, median, ratio, timed
from peers import ask, write_problem
from sets import SEED, movielens_1m, movielens_10m

from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.implicit_als import ImplicitALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.data.ratings import Ratings

    Fit = Callable[[], dict[str, Any]]

SETS: Final = {"movielens-1m": movielens_1m, "movielens-10m planted": movielens_10m}
_PAUSE: Final = 0.02
"""Between our own sweeps, which leave no BLAS spinning."""


def ours(matrix: RatingMatrix, config: ImplicitALS, threads: int) -> dict[str, Any]:
    """Seconds and loss of each sweep; ``start``: of the half-sweep before the first."""
    start, fit = timed(lambda: config.start(matrix, RunOptions(seed=SEED, threads=threads)))
    sweeps = [timed(fit.sweep, _PAUSE) for _ in range(config.sweeps)]
    return {"start": start, "sweep_seconds": [taken for taken, _ in sweeps], "objectives": [loss for _, loss in sweeps]}


def implicits(problem: Path, config: ImplicitALS, threads: int) -> dict[str, Any]:
    """The same of implicit; its start is not counted."""
    return ask(
        "implicit", problem, rank=config.rank, sweeps=config.sweeps, threads=threads, alpha=1 + config.confidence,
        regularization=config.regularization, use_cg=config.solver == "cg",
    )  # fmt: skip


def until(answer: dict[str, Any], loss: float) -> float:
    """Seconds to the end of the first sweep whose loss is no higher."""
    sweeps = int(np.argmax(np.asarray(answer["objectives"]) <= loss)) + 1
    return float(answer.get("start", 0.0) + sum(answer["sweep_seconds"][:sweeps]))


def compared(fits: dict[str, Fit], rounds: int) -> dict[str, Any]:
    """Every fit once a round, by turns: medians of a sweep, the last losses, and ratios within a round."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in fits}
    for _ in range(rounds):
        for name, fit in fits.items():
            found[name].append(fit())
    sweep = {name: [median(answer["sweep_seconds"]) for answer in answers] for name, answers in found.items()}
    row: dict[str, Any] = {f"{name} seconds a sweep": median(taken) for name, taken in sweep.items()}
    row |= {f"{name} last loss": f"{answers[0]['objectives'][-1]:.1f}" for name, answers in found.items()}
    if "implicit" in found:
        loss = max(answers[0]["objectives"][-1] for answers in found.values()) * (1 + 1e-9)
        there = {name: [until(answer, loss) for answer in answers] for name, answers in found.items()}
        row |= {f"{name} seconds to the same loss": median(taken) for name, taken in there.items()}
        row["times as fast a sweep"] = ratio(sweep["implicit"], sweep["matinee"])
        row["times as fast to the same loss"] = ratio(there["implicit"], there["matinee"])
    row["traces"] = {name: _trace(answers[0]) for name, answers in found.items()}
    return row


def _trace(answer: dict[str, Any]) -> dict[str, list[float]]:
    """Loss against seconds, for the plot."""
    seconds = answer.get("start", 0.0) + np.cumsum(answer["sweep_seconds"])
    return {"seconds": seconds.tolist(), "loss": answer["objectives"]}


def compare_set(name: str, data: Ratings, options: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """Every rank and solver on one set."""
    viewed = replace(data, value=np.ones(len(data), np.float32))
    matrix = RatingMatrix.from_ratings(viewed, options.threads)
    problem = write_problem(folder / "problem.npz", viewed)
    rows = []
    for rank in options.ranks:
        for solver in ("cholesky", "cg"):
            config = ImplicitALS(rank=rank, solver=solver, sweeps=options.sweeps)
            fits: dict[str, Fit] = {"matinee": lambda c=config: ours(matrix, c, options.threads)}
            if options.peers:
                fits["implicit"] = lambda c=config: implicits(problem, c, options.threads)
            rows.append({"ratings": name, "rank": rank, "solver": solver, **compared(fits, options.rounds)})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--ratings", type=int, help="planted sets of this many")
    parser.add_argument("--ranks", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--sweeps", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = parser.parse_args()
    default = ImplicitALS()
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            row
            for name in options.sets
            for row in compare_set(name, SETS[name](options.ratings), options, Path(folder))
        ]
    traces = {f"{row['ratings']}, rank {row['rank']}, {row['solver']}": row.pop("traces") for row in rows}
    facts = {"confidence": default.confidence, "regularization": default.regularization, "sweeps": options.sweeps}
    finish(
        "implicit_speed",
        {**facts, "rounds": options.rounds, "threads": options.threads, "fits": rows, "plotted": traces},
    )


if __name__ == "__main__":
    main()
