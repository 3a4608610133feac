"""SVD++ on MovieLens: how many times as fast as Surprise's, and how good are the defaults?

Speed: MovieLens 100K, u1, the same rank and number of passes, no early stopping; five of ours (the median, for one is
over in a twentieth of a second) and one of theirs by turns, ratios of seconds within a round, both of the fit alone.
Surprise knows one thread, ours takes two. Needs the extra ``peers`` (`peers`) and the real ratings.
Accuracy: two published splits, predictions clipped, seconds with early stopping.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from measure import finish, median, timed
from peers import ask, write_problem
from sets import GLOCALK, cut

from matinee.fitting.options import RunOptions
from matinee.models.svdpp import SVDPlusPlus

if TYPE_CHECKING:
    from matinee.matrix.split import Split
    from matinee.predicting.fitted import FittedModel

OPTIONS = RunOptions(seed=20, threads=2, intervals=False)
SPLITS = ("ratings_small.hide10.seed20", GLOCALK)


def rmse(model: FittedModel, split: Split) -> float:
    """Of clipped predictions of all that is hidden, in stars."""
    predicted = model.shown(model.predict_pairs(model.pairs_of(split.hidden)).value)
    return float(np.sqrt(np.mean((predicted - split.hidden.value) ** 2)))


def speed(rank: int, passes: int, rounds: int) -> dict[str, dict[str, Any]]:
    """Seconds and RMSE of both, and how many times as long as ours theirs takes."""
    split = cut("u1")
    config = SVDPlusPlus(rank=rank, sweeps=passes, patience=0)
    ours, theirs = [], []
    model = config.fit(split.training, OPTIONS)
    with tempfile.TemporaryDirectory() as folder:
        problem = write_problem(Path(folder) / "u1.npz", split.training, split.hidden)
        for _ in range(rounds):
            ours.append(median([timed(lambda: config.fit(split.training, OPTIONS))[0] for _ in range(5)]))
            theirs.append(ask("surprise", problem, rank=rank, sweeps=passes))
    ratios = [their["seconds"] / own for own, their in zip(ours, theirs, strict=True)]
    return {
        "matinee svdpp": {
            "seconds": median(ours),
            "times_ours": 1.0,
            "least": 1.0,
            "rmse": rmse(model, split),
        },
        f"scikit-surprise {theirs[0]['version']} SVDpp": {
            "seconds": median([their["seconds"] for their in theirs]),
            "times_ours": median(ratios),
            "least": min(ratios),
            "rmse": theirs[0]["rmse"],
        },
    }


def accuracy(name: str) -> dict[str, Any]:
    """The defaults on a published split."""
    split = cut(name)
    seconds, model = timed(lambda: SVDPlusPlus().fit(split.training, OPTIONS))
    found = model.report.to_dict()
    return {"rmse": rmse(model, split), "seconds": seconds, "sweeps": found["sweeps"], "ended": found["ended"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=20)
    parser.add_argument("--passes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    defaults = {name: accuracy(name) for name in SPLITS}
    asked = {"rank": options.rank, "passes": options.passes, "rounds": options.rounds, "threads": OPTIONS.threads}
    compared = speed(options.rank, options.passes, options.rounds)
    finish("svdpp_speed", {"data": "MovieLens 100K, u1", **asked, "peers": compared, "defaults": defaults})


if __name__ == "__main__":
    main()
