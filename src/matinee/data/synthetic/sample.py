"""The built-in sample: real films, planted ratings, made from a seed when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import SCHEMA, Catalogue
from matinee.data.ratings import Ratings
from matinee.data.scale import Scale
from matinee.data.seeds import check_seed
from matinee.data.synthetic.activity import share_out
from matinee.data.synthetic.films import sample_films
from matinee.data.synthetic.tastes import AXES, coordinates, standardised
from matinee.data.vocabulary import Vocabulary
from matinee.kernels.plant import Planting, plant
from matinee.kernels.streams import Stream, normals, uniforms
from matinee.kernels.threads import available_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from matinee.data.synthetic.films import KnownFilm

USERS: Final = 671
RATINGS: Final = 100_000
SCALE: Final = Scale(0.5, 5.0, 0.5)

_LEAST: Final = 20
_ACTIVITY: Final = 1.3
_SATIETY: Final = 8.0
"""There are several hundred films, not thousands: nobody gives many times more ratings than most."""
_FAME: Final = 0.45
_MEAN: Final = 3.45
_USER_SPREAD: Final = 0.5
_QUALITY: Final = 0.28
_ITEM_SPREAD: Final = 0.22
_TASTE: Final = 0.6
_QUIRKS: Final = 10
_QUIRK_STRENGTH: Final = 0.25
_NOISE: Final = 0.73
_PULL: Final = 0.6
_WHOLE_STARS: Final = 0.49

_DAY: Final = 86_400
_START: Final = 826_000_000  # March 1996
_END: Final = 1_500_000_000  # July 2017


def sample(seed: int = 20) -> Ratings:
    """About 100,000 half-star ratings by 671 users of several hundred real films, planted from ``seed``.

    What is real are the films: title, year, genres. Users' tastes lie along genre, age and renown
    (`matinee.data.synthetic.tastes`), popularity and activity have heavy tails, and timestamps (seconds since
    1970) lie between 1996 and 2017, none before the film. User and item ids are integers from 1; rows go by user,
    then item. ``seed``: 0 to 2⁶⁴ - 1, else `ConfigError`; the same seed gives the same ratings on every machine.
    """
    check_seed(seed)
    films = sample_films()
    planting = _planting(seed, films)
    item, value = plant(planting, available_threads())
    user = np.repeat(np.arange(USERS, dtype=np.int32), np.diff(planting.offsets))
    return Ratings(
        user,
        item,
        value,
        users=Vocabulary(pl.Series(np.arange(1, USERS + 1)), "user"),
        items=Vocabulary(pl.Series(np.arange(1, len(films) + 1)), "item"),
        scale=SCALE,
        timestamp=_timestamps(seed, films, user, item),
        catalogue=_catalogue(films),
        source=f"the built-in sample, seed {seed}",
    )


def _planting(seed: int, films: Sequence[KnownFilm]) -> Planting:
    lively = np.exp(_ACTIVITY * normals(seed, Stream.SAMPLE_ACTIVITY, USERS))
    counts = share_out(RATINGS, lively / (1 + lively / _SATIETY), _LEAST, len(films))
    weights = np.exp(
        _FAME * np.array([film.fame for film in films]) + 0.35 * normals(seed, Stream.SAMPLE_FAME, len(films))
    )
    user_factors, item_factors = _tastes(seed, films, weights)
    return Planting(
        seed=seed,
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        weights=weights,
        mean=_MEAN,
        noise=_NOISE,
        low=SCALE.low,
        high=SCALE.high,
        step=np.where(uniforms(seed, Stream.SAMPLE_HABIT, USERS) <= _WHOLE_STARS, 1.0, 0.5),
        user_bias=(_USER_SPREAD * normals(seed, Stream.SAMPLE_USER_BIAS, USERS)).astype(np.float32),
        item_bias=_item_bias(seed, films, weights),
        user_factors=user_factors.astype(np.float32),
        item_factors=item_factors.astype(np.float32),
        pull=_PULL,
    )


def _item_bias(seed: int, films: Sequence[KnownFilm], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    quality = np.array([film.quality for film in films], dtype=np.float64)
    quality -= np.average(quality, weights=weights)
    bias = _QUALITY * quality + _ITEM_SPREAD * normals(seed, Stream.SAMPLE_ITEM_BIAS, len(films))
    return bias.astype(np.float32)


def _tastes(
    seed: int, films: Sequence[KnownFilm], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors along the axes of taste, and some of each film's own that no genre explains."""
    quirks = normals(seed, Stream.SAMPLE_FILM_QUIRK, len(films) * _QUIRKS).reshape(len(films), _QUIRKS)
    item = np.hstack([coordinates(films, weights), standardised(quirks, weights)])
    fading = _QUIRK_STRENGTH * np.arange(1, _QUIRKS + 1) ** -0.5
    strength = np.concatenate([[axis.strength for axis in AXES], fading])
    strength *= _TASTE / np.sqrt((strength**2).sum())
    user = normals(seed, Stream.SAMPLE_TASTE, USERS * len(strength)).reshape(USERS, len(strength))
    return user * np.sqrt(strength), item * np.sqrt(strength)


def _timestamps(
    seed: int, films: Sequence[KnownFilm], user: NDArray[np.int32], item: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Most ratings fall in one sitting soon after joining; of films released later, at some later return."""
    joined = _START + (_END - 400 * _DAY - _START) * uniforms(seed, Stream.SAMPLE_JOINING, USERS)
    sitting = joined[user] + 3 * _DAY * uniforms(seed, Stream.SAMPLE_SITTING, len(user)) ** 3
    released = np.array([(film.year - 1970 + 1) * 365.25 * _DAY for film in films])[item]
    again = released + (_END - released) * uniforms(seed, Stream.SAMPLE_RETURN, len(user)) ** 2
    return np.where(released > sitting, again, sitting).astype(np.int64)


def _catalogue(films: Sequence[KnownFilm]) -> Catalogue:
    columns = {
        "item": range(1, len(films) + 1),
        "title": [film.title for film in films],
        "year": [film.year for film in films],
        "genres": [list(film.genres) for film in films],
    }
    return Catalogue(pl.DataFrame(columns, schema=SCHEMA), source="the built-in sample")
