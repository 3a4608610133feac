"""How long 100 million planted ratings of Netflix's shape take, and how much memory: one line of JSON.

The bar: under 3 minutes and under 8 GB on 2 threads.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from matinee.data.synthetic.planted import NETFLIX, planted
from matinee.kernels.threads import available_threads


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=int, default=NETFLIX.ratings)
    parser.add_argument("--threads", type=int, default=available_threads())
    parser.add_argument("--seed", type=int, default=20)
    options = parser.parse_args()
    shape = NETFLIX if options.ratings == NETFLIX.ratings else NETFLIX.scaled(options.ratings)
    start = time.perf_counter()
    ratings = planted(shape, options.seed, options.threads)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        json.dumps(
            {
                "users": len(ratings.users),
                "items": len(ratings.items),
                "ratings": len(ratings),
                "threads": options.threads,
                "seconds": round(seconds, 2),
                "peak_memory_mb": round(peak / 1e6),
                "mean": round(float(ratings.value.mean(dtype="float64")), 4),
            }
        )
    )


if __name__ == "__main__":
    main()
