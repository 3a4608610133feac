"""Planted ratings whose films have genres and years that matter, and whose users have attributes that do, or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import Catalogue
from matinee.data.metadata.people import People
from tests.support.planted import ratings_from

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings

GENRES = ("Comedy", "Drama", "Horror", "War")


def described(users: int = 150, items: int = 120, share: float = 0.25, seed: int = 0, strength: float = 1.0) -> Ratings:
    """Films differ by genre and year, by ``strength``; tastes go by genre; the old are milder; hair is noise."""
    rng = np.random.default_rng(seed)
    genre, year = rng.integers(0, len(GENRES), items), rng.integers(1930, 2010, items)
    age, hair = rng.integers(10, 80, users), rng.integers(0, 3, users)
    taste = 0.4 * rng.standard_normal((users, len(GENRES)))
    level = strength * (np.array([0.6, 0.2, -0.8, 0.0])[genre] + 0.01 * (1970 - year)) + 0.03 * (age[:, None] - 45)
    truth = 3.0 + level + strength * taste[:, genre] + 0.3 * rng.standard_normal((users, 1))
    user, item = np.nonzero(rng.random((users, items)) < share)
    value = truth[user, item] + 0.3 * rng.standard_normal(len(user))
    ratings = ratings_from(user, item, np.clip(value, 0.5, 5.0), users=users, items=items)
    return replace(ratings, catalogue=films(ratings, genre, year), people=people(ratings, age, hair))


def films(ratings: Ratings, genre: np.ndarray, year: np.ndarray) -> Catalogue:
    ids = ratings.items.ids.to_list()
    names = [[GENRES[own]] for own in genre]
    table = {"item": ids, "title": [f"Film {raw}" for raw in ids], "year": year.astype(np.int32), "genres": names}
    return Catalogue(pl.DataFrame(table), source="planted")


def people(ratings: Ratings, age: np.ndarray, hair: np.ndarray) -> People:
    shades = np.array(["brown", "black", "red"])[hair]
    return People(pl.DataFrame({"user": ratings.users.ids, "age": age.astype(np.float64), "hair": shades}), "planted")
