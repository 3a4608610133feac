"""Truncated SVD of 100 million planted ratings in Netflix's shape: seconds, peak memory, residual.

The bar: it finishes on 2 cores and 24 GiB, with at most 8 GB over the ratings themselves.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from measure import finish, forget_peak, peak_memory, timed

from matinee.data.synthetic.planted import NETFLIX, planted
from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.truncated_svd import TruncatedSVD

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings


def size_of(ratings: Ratings) -> int:
    """Bytes of the ratings themselves."""
    columns = (ratings.user, ratings.item, ratings.value, ratings.timestamp)
    return sum(column.nbytes for column in columns if column is not None)


def measured(ratings: Ratings, rank: int, threads: int) -> dict[str, Any]:
    """From ratings to matrix to decomposition, as a fit does it, with the ratings held throughout."""
    model, options = TruncatedSVD(rank=rank), RunOptions(threads=threads)
    resident = forget_peak()
    matrix_seconds, matrix = timed(lambda: RatingMatrix.from_ratings(ratings, threads))
    seconds, (_, found) = timed(lambda: model.decompose(matrix, options))
    peak = peak_memory()
    return {
        "matrix_seconds": matrix_seconds,
        "svd_seconds": seconds,
        "resident_before_gb": resident / 1e9,
        "ratings_gb": size_of(ratings) / 1e9,
        "peak_gb": peak / 1e9,
        "peak_over_ratings_gb": (peak - size_of(ratings)) / 1e9,
        "certificate": found.certificate.to_dict(),
        "first_values": [float(value) for value in found.values[:5]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ratings", type=int, default=NETFLIX.ratings, help="fewer: the same shape, smaller")
    parser.add_argument("--rank", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    shape = NETFLIX if options.ratings == NETFLIX.ratings else NETFLIX.scaled(options.ratings)
    plant_seconds, ratings = timed(lambda: planted(shape, threads=options.threads))
    facts = {"users": shape.users, "items": shape.items, "ratings": len(ratings), "rank": options.rank}
    found = measured(ratings, options.rank, options.threads)
    finish("svd_netflix", {**facts, "threads": options.threads, "plant_seconds": plant_seconds, **found})


if __name__ == "__main__":
    main()
