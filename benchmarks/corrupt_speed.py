"""Corrupting every one of the 100,004 ratings in turn, rank 20: seconds for each fill, and how exact it is.

Exactness: random entries against real refits. The bar: 120 s on 2 cores, and 1e-5 stars.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import finish, real_data, timed

from matinee.data.reading.read import read_ratings
from matinee.data.synthetic.planted import MOVIELENS_10M, planted
from matinee.evaluation.protocols import evaluate_corrupted
from matinee.fitting.options import RunOptions
from matinee.models.common.fill import FILLS
from matinee.models.truncated_svd import TruncatedSVD

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings


def ratings() -> Ratings:
    """The real small file where it is, planted ratings of about its shape elsewhere."""
    file = real_data() / "the-movies-dataset" / "ratings_small.csv"
    return read_ratings(file) if file.exists() else planted(MOVIELENS_10M.scaled(100_004))


def measured(data: Ratings, fill: str, rank: int, refits: int, options: RunOptions) -> dict[str, Any]:
    """Every entry in turn, timed; then some of them against refits."""
    model = TruncatedSVD(rank=rank, fill=fill)
    seconds, whole = timed(lambda: evaluate_corrupted(data, model, 1.0, options=options))
    few = evaluate_corrupted(data, model, refits / len(data), verify=refits, options=options)
    return {
        "fill": fill,
        "entries": len(whole.rows),
        "seconds": seconds,
        "ties": whole.setting.details["ties"],
        "refits": refits,
        "largest_difference": few.setting.details["verified"]["largest_difference"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rank", type=int, default=20)
    parser.add_argument("--refits", type=int, default=200)
    parser.add_argument("--fills", default=",".join(FILLS))
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    data, options = ratings(), RunOptions(threads=chosen.threads)
    fills = [measured(data, fill, chosen.rank, chosen.refits, options) for fill in chosen.fills.split(",")]
    finish(
        "corrupt_speed",
        {"data": Path(data.source).name, "rank": chosen.rank, "threads": chosen.threads, "fills": fills},
    )


if __name__ == "__main__":
    main()
