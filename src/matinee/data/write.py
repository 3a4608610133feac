"""Ratings and their titles written as MovieLens does: ``ratings.csv`` and ``movies.csv``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from matinee.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.data.ratings import Ratings


def write_ratings(ratings: Ratings, file: Path) -> None:
    """Write ``file`` (userId,movieId,rating[,timestamp]) and, where titles are known, ``movies.csv`` beside it.

    Each file is written whole or not at all.
    """
    names = {"user": "userId", "item": "movieId"}
    write_whole(file, ratings.to_frame().rename(names).write_csv)
    films = ratings.catalogue.films
    if len(films):
        year = pl.when(pl.col("year").is_not_null()).then(pl.format(" ({})", "year")).otherwise(pl.lit(""))
        table = films.select(
            pl.col("item").alias("movieId"),
            (pl.col("title") + year).alias("title"),
            pl.col("genres").list.join("|").alias("genres"),
        )
        write_whole(file.with_name("movies.csv"), table.write_csv)
