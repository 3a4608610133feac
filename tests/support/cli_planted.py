"""A planted ratings file and models of it, saved, for the tests of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.stored import fitted, ratings

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.predicting.fitted import FittedModel

USERS, ITEMS = 40, 30


def model(*, words: bool = False) -> FittedModel:
    """Of integer users 1, 4, 7… and films 7, 17, 27… (``film 000``… as words), with measured intervals."""
    return fitted(1, words=words, users=USERS, items=ITEMS)


def ratings_file(folder: Path) -> Path:
    """The same ratings as a CSV file, with titles beside it."""
    table = ratings(1, users=USERS, items=ITEMS)
    path = folder / "ratings.csv"
    table.to_frame().rename({"user": "userId", "item": "movieId"}).write_csv(path)
    films = table.catalogue.films.select("item", "title", "genres")
    lines = [f"{item},{title},{'|'.join(genres)}" for item, title, genres in films.iter_rows()]
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *lines]) + "\n")
    return path
