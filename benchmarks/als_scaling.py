"""Seconds and memory of als against the number of ratings, 10⁵ to 10⁸: does the time grow as they do?

Ten sweeps at rank 64, exact, without early stopping, on planted ratings: up to 10⁷ in MovieLens 10M's shape, above in
Netflix's, each size in a process of its own. Seconds are of the whole fit, from ratings to model, planting left out.
The bars: an exponent of at most 1.1 from 10⁶ to 10⁸; 10⁸ ratings under 10 GB at the peak, the ratings included.
"Formula" is what the docstring of `matinee.models.als.ALS` says a fit takes beside the ratings.
"""

from __future__ import annotations

import argparse
import json
from typing import Any, Final

import numpy as np
from measure import finish, forget_peak, in_child, peak_memory, timed
from sets import SEED, planted_as_many

from matinee.fitting.options import RunOptions
from matinee.kernels.solve_rows import stride_of
from matinee.models.als import ALS

SIZES: Final = (100_000, 1_000_000, 10_000_000, 100_000_000)
_FEWEST: Final = 1_000_000
"""The exponent is fitted from here on: under it, a fit is over before its threads are warm."""


def once(size: int, rank: int, sweeps: int, implicit: float, threads: int) -> dict[str, Any]:
    """One fit: its seconds, those of its sweeps, and its peak over what was resident before."""
    planting, ratings = timed(lambda: planted_as_many(size, threads))
    config = ALS(rank=rank, sweeps=sweeps, patience=0, implicit_weight=implicit)
    before = forget_peak()
    seconds, model = timed(lambda: config.fit(ratings, RunOptions(seed=SEED, threads=threads, intervals=False)))
    peak, trace = peak_memory(), model.report.to_dict()["trace"]
    sides = len(ratings.users) + len(ratings.items)
    formula = 20 * len(ratings) + (16 if implicit else 8) * stride_of(rank) * sides
    return {
        "ratings": len(ratings),
        "users": len(ratings.users),
        "items": len(ratings.items),
        "rank": rank,
        "planting_seconds": planting,
        "seconds": seconds,
        "seconds a sweep": trace[-1]["seconds"] / len(trace),
        "seconds besides sweeps": seconds - trace[-1]["seconds"],
        "peak_gb": peak / 1e9,
        "peak over the start, GB": (peak - before) / 1e9,
        "formula, GB": formula / 1e9,
    }


def exponent(rows: list[dict[str, Any]]) -> float | None:
    """Of the least-squares line through the logarithms; ``None`` with fewer than two sizes."""
    large = [row for row in rows if row["ratings"] >= _FEWEST]
    if len(large) < 2:
        return None
    counts, seconds = (np.log([row[key] for row in large]) for key in ("ratings", "seconds"))
    return float(np.polyfit(counts, seconds, 1)[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", nargs=5, metavar="N", help="one measurement, for the script itself")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--ranks", type=int, nargs="+", default=[64])
    parser.add_argument("--sweeps", type=int, default=10)
    parser.add_argument("--implicit", type=float, default=0.0, help="weight of implicit features")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.once:
        size, rank, sweeps, implicit, threads = options.once
        print(json.dumps(once(int(size), int(rank), int(sweeps), float(implicit), int(threads))))
        return
    arguments = (options.sweeps, options.implicit, options.threads)
    rows = [
        in_child("als_scaling.py", "--once", size, rank, *arguments) for rank in options.ranks for size in options.sizes
    ]
    exponents = [
        {"rank": rank, "exponent": exponent([row for row in rows if row["rank"] == rank])} for rank in options.ranks
    ]
    facts = {"sweeps": options.sweeps, "implicit_weight": options.implicit, "threads": options.threads}
    finish("als_scaling", {**facts, "exponents": exponents, "sizes": rows})


if __name__ == "__main__":
    main()
