"""Sources of a prediction."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

SOURCES_IN_WORDS: Final = {
    "model": "user and film both known",
    "bias": "user and film both known, by their biases",
    "movie": "film known, user not",
    "user": "user known, film not",
    "mean": "neither known, or the model has nothing else",
}
"""The meaning of each of `SOURCES` for a pair, for people. Known is who has training ratings."""


class Source(IntEnum):
    """Factors; biases of both sides; of the film alone; of the user alone; the mean."""

    MODEL = 0
    BIAS = 1
    MOVIE = 2
    USER = 3
    MEAN = 4


SOURCES: Final = tuple(source.name.lower() for source in Source)
"""The name of each `Source`."""
