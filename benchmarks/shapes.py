"""Writes planted ratings in the shape of a well-known set as MovieLens' CSV: userId,movieId,rating,timestamp."""

from __future__ import annotations

import argparse
from pathlib import Path

from matinee.data.synthetic.planted import planted
from matinee.data.synthetic.planted_shape import NAMED_SHAPES
from matinee.data.write import write_ratings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=NAMED_SHAPES)
    parser.add_argument("path", type=Path)
    parser.add_argument("--ratings", type=int, help="scale the shape to this many ratings")
    parser.add_argument("--seed", type=int, default=20)
    options = parser.parse_args()
    shape = NAMED_SHAPES[options.shape]
    write_ratings(planted(shape.scaled(options.ratings) if options.ratings else shape, options.seed), options.path)


if __name__ == "__main__":
    main()
