"""New people with 20 ratings each folded in to 10,677 films at rank 64: µs a person in a batch, ms for one alone.

Both ways: `FittedModel.fold_in`, from a table of ratings made before to a model of these people, as whoever uses the
library calls it; and `Model.fold_in`, from compressed rows, the arithmetic alone. The bars: at most 100 µs a person
in a batch of 1,000, at most 1 ms for one alone. item-knn and ease, which have no such factors, take what they need.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from measure import finish, median, timed
from sets import SEED

from matinee.data.ratings import Ratings
from matinee.data.synthetic.planted import MOVIELENS_10M, planted
from matinee.data.vocabulary import Vocabulary
from matinee.fitting.options import RunOptions
from matinee.models.registry import MODELS, model_named
from matinee.predicting.fold_in import people_of
from matinee.predicting.pairs import encoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from matinee.fitting.model import Model
    from matinee.predicting.fitted import FittedModel

_PAUSE: Final = 0.02
_FEW: Final = {"sweeps": 2, "epochs": 2, "patience": 0}
"""How well the factors fit makes no difference to folding in."""


def configured(name: str, rank: int) -> Model:
    """The model at that rank, with as little to learn as can be."""
    kind = model_named(name)
    known = {field.name for field in fields(kind)}
    return kind(**{key: value for key, value in {**_FEW, "rank": rank}.items() if key in known})


def people(training: Ratings, count: int, each: int) -> Ratings:
    """New users who rate ``each`` films, drawn as the films of the training ratings are; only those in the table."""
    rng = np.random.default_rng(SEED)
    popularity = np.bincount(training.item, minlength=len(training.items)).astype(np.float64)
    shares = popularity / popularity.sum()
    films = np.concatenate([rng.choice(len(shares), each, replace=False, p=shares) for _ in range(count)])
    rated, item = np.unique(films, return_inverse=True)
    return Ratings(
        np.repeat(np.arange(count, dtype=np.int32), each),
        item.astype(np.int32),
        rng.choice(training.value, len(films)),
        Vocabulary(pl.Series(range(10**9, 10**9 + count), dtype=pl.Int64), "user"),
        Vocabulary(training.items.ids.gather(rated), "item"),
        training.scale,
        source="new people",
    )


def middle(call: Callable[[], Any], repeats: int) -> float:
    """Median seconds after one call that warms up."""
    return median([timed(call, _PAUSE)[0] for _ in range(repeats + 1)][1:])


def measured(model: FittedModel, batch: Ratings, alone: Ratings, repeats: int, threads: int) -> dict[str, Any]:
    """Both sizes, both ways."""

    def both(ratings: Ratings) -> tuple[float, float]:
        counted = model.config.counting(ratings)
        films = encoded(counted.items.ids, model.items, model.item_counts)
        new = people_of(counted, films, model.scale, threads)
        levelled = new.with_level(model.config.folded_fallback(model.baseline, new.rows, threads))
        arithmetic = middle(lambda: model.config.fold_in(model.scorer, levelled, threads), repeats)
        return middle(lambda: model.fold_in(ratings, threads), repeats), arithmetic

    (whole, rows), (one, row) = both(batch), both(alone)
    return {
        "model": model.config.name,
        "rank": model.rank,
        "batch, fold_in: µs a person": 1e6 * whole / len(batch.users),
        "batch, rows: µs a person": 1e6 * rows / len(batch.users),
        "alone, fold_in: ms": 1e3 * one,
        "alone, rows: ms": 1e3 * row,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--films", type=int, default=MOVIELENS_10M.items)
    parser.add_argument("--users", type=int, default=3_000, help="whose ratings the model is fitted to")
    parser.add_argument("--people", type=int, default=1_000, help="in the batch")
    parser.add_argument("--each", type=int, default=20, help="ratings of each of them")
    parser.add_argument("--repeats", type=int, default=25)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    ratings = min(100, options.films // 2) * options.users
    shape = replace(MOVIELENS_10M, users=options.users, items=options.films, ratings=ratings)
    training = planted(shape, SEED, options.threads)
    batch, alone = (people(training, count, options.each) for count in (options.people, 1))
    how = RunOptions(seed=SEED, threads=options.threads, intervals=False)
    rows = []
    for name in options.models:
        model = configured(name, options.rank).fit(training, how)
        rows.append(measured(model, batch, alone, options.repeats, options.threads))
    facts = {"films": options.films, "people": options.people, "ratings_each": options.each}
    finish("fold_in_speed", {**facts, "threads": options.threads, "repeats": options.repeats, "models": rows})


if __name__ == "__main__":
    main()
