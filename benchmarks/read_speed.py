"""Reading ratings in MovieLens 10M's shape to a ready matrix, against a bare polars.read_csv of the same file.

Each in its own process, by turns; seconds without imports; peak memory over a process that only imports the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import finish, in_child, median, peak_memory

RATINGS = 10_000_054


def once(what: str, file: str) -> dict[str, float]:
    """Seconds and peak bytes of one reading, or of nothing, with the imports made before."""
    import polars as pl

    from matinee.data.reading.read import read_ratings
    from matinee.matrix.sparse import RatingMatrix

    work = {
        "nothing": lambda: None,
        "polars": lambda: pl.read_csv(file),
        "matinee": lambda: RatingMatrix.from_ratings(read_ratings(file)),
    }[what]
    started = time.perf_counter()
    kept = work()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak": peak_memory(), "rows": 0 if kept is None else len(kept)}


def rounds(file: Path, count: int) -> dict[str, list[dict[str, float]]]:
    """Every kind of process, ``count`` times, by turns; the first round, which warms the disk, is left out."""
    kinds = ("matinee", "polars", "nothing")
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for turn in range(count + 1):
        for kind in kinds:
            measured = in_child("read_speed.py", "--once", kind, file)
            if turn:
                found[kind].append(measured)
    return found


def summary(found: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    """Medians, and the median of the ratios within a round."""
    ours, bare = ([row["seconds"] for row in found[kind]] for kind in ("matinee", "polars"))
    peaks = {kind: median([row["peak"] for row in rows]) for kind, rows in found.items()}
    rows = found["matinee"][0]["rows"]
    return {
        "ratings": rows,
        "seconds": median(ours),
        "polars_seconds": median(bare),
        "times_polars": median([own / other for own, other in zip(ours, bare, strict=True)]),
        "peak_bytes_a_rating": (peaks["matinee"] - peaks["nothing"]) / rows,
        "polars_peak_bytes_a_rating": (peaks["polars"] - peaks["nothing"]) / rows,
        "imports_peak_mb": peaks["nothing"] / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", nargs=2, metavar=("KIND", "FILE"), help="one measurement, for the script itself")
    parser.add_argument("--ratings", type=int, default=RATINGS)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(once(*options.once)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.csv"
        shapes = Path(__file__).with_name("shapes.py")
        size = [] if options.ratings == RATINGS else ["--ratings", str(options.ratings)]
        subprocess.run([sys.executable, shapes, "movielens-10m", file, *size], check=True)
        megabytes = file.stat().st_size / 1e6
        found = rounds(file, options.rounds)
    finish("read_speed", {"file_mb": megabytes, "rounds": options.rounds, **summary(found)})


if __name__ == "__main__":
    main()
