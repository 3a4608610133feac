"""Draws the picture in the README: the error histogram of the built-in sample, as ``matinee demo`` shows it."""

from __future__ import annotations

from pathlib import Path

from matinee import RunOptions, TruncatedSVD, evaluate_hidden, figures, sample
from matinee.evaluation.plots.render import to_png

PICTURE = Path(__file__).resolve().parent / "images" / "error-histogram.png"


def main() -> None:
    """Write the picture; its bytes depend on matplotlib's version, so no test compares them."""
    result = evaluate_hidden(sample(20), TruncatedSVD(rank=20), 0.1, RunOptions(seed=20))
    PICTURE.write_bytes(to_png(figures(result)["error-histogram"]))


if __name__ == "__main__":
    main()
