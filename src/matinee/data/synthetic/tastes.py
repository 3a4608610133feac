"""Tastes in films as a few axes, along which genres, age and renown lie.

A user's taste is a position on every axis. A film's coordinate adds up over its genres, tempered so that a film
of four does not count four times. The strengths fall off as singular values of real ratings do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from matinee.data.synthetic.films import KnownFilm

_TEMPER: Final = 0.7


@dataclass(frozen=True)
class Axis:
    """One way in which tastes differ: ``strength`` in stars, the pull of genres, of age and of renown.

    ``age``: films of 1925 count 1, of 2015 -1. ``renown``: quality above fame counts 1.
    """

    strength: float
    genres: Mapping[str, float] = field(default_factory=dict)
    age: float = 0.0
    renown: float = 0.0


AXES: Final = (
    Axis(
        1.0,
        {"Action": 1.0, "Adventure": 0.8, "Sci-Fi": 1.0, "Thriller": 0.4, "Fantasy": 0.3, "Drama": -0.9,
         "Romance": -0.9, "Documentary": -0.8, "Musical": -0.6, "Film-Noir": -0.4},
        age=-0.3,
    ),
    Axis(
        0.9,
        {"Children": 1.0, "Animation": 1.0, "Musical": 0.8, "Fantasy": 0.6, "Romance": 0.4, "Crime": -0.8,
         "Horror": -0.9, "Thriller": -0.7, "Film-Noir": -0.6, "War": -0.5, "Western": -0.3},
    ),
    Axis(0.8, {"Film-Noir": 0.6, "Western": 0.5, "Documentary": 0.2, "Children": -0.2}, age=1.6, renown=0.6),
    Axis(0.6, {"Comedy": 1.0, "Romance": 0.2, "Drama": -0.5, "War": -0.5, "Mystery": -0.4, "Thriller": -0.4}),
    Axis(0.55, {"Horror": 1.2, "Sci-Fi": 0.2, "War": -0.4, "Western": -0.4, "Romance": -0.3, "Drama": -0.2}),
    Axis(0.5, {"Sci-Fi": 1.0, "Fantasy": 0.5, "Animation": 0.4, "Crime": -0.7, "Western": -0.6, "War": -0.3}),
    Axis(0.4, {"Western": 1.0, "War": 1.0, "Musical": -0.5, "Mystery": -0.4, "Horror": -0.3}),
    Axis(0.4, {"Romance": 1.0, "Musical": 0.5, "Drama": 0.2, "Documentary": -1.0, "Animation": -0.5}),
    Axis(0.35, {"Crime": 0.8, "Mystery": 0.7, "Adventure": -0.6, "Musical": -0.3, "Documentary": -0.4}),
    Axis(0.35, {"Documentary": 0.6}, renown=1.2),
)  # fmt: skip


def coordinates(films: Sequence[KnownFilm], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coordinates of films on `AXES`, shape ``(films, axes)``: per axis mean 0, mean square 1 under ``weights``."""
    raw = np.array([[_coordinate(film, axis) for axis in AXES] for film in films])
    return standardised(raw, weights)


def standardised(columns: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns with weighted mean 0 and weighted mean square 1."""
    centred = columns - np.average(columns, axis=0, weights=weights)
    return np.asarray(centred / np.sqrt(np.average(centred**2, axis=0, weights=weights)))


def _coordinate(film: KnownFilm, axis: Axis) -> float:
    pulls = [axis.genres.get(genre, 0.0) for genre in film.genres]
    age = (1970 - film.year) / 45
    renown = (film.quality - film.fame) / 4
    return float(sum(pulls) / len(pulls) ** _TEMPER + axis.age * age + axis.renown * renown)
