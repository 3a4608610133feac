"""Ranks of hidden films among all films that a user has not rated: the whole catalogue, not the hidden ones alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.errors import DataError
from matinee.evaluation.rows import predicted_rows
from matinee.kernels.blas import single_threaded_blas
from matinee.kernels.compress import compress
from matinee.predicting.pairs import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.fitting.options import RunOptions
    from matinee.fitting.preference import PreferenceModel
    from matinee.kernels.compress import Compressed
    from matinee.predicting.fitted import FittedModel
    from matinee.predicting.pairs import Pairs

    Scores = Callable[[Side], NDArray[np.float32]]

_USERS: Final = 64
"""Users ranked at once: fixed, so that results do not depend on the number of threads."""


def ranked_rows(
    model: FittedModel, config: PreferenceModel, training: Ratings, test: Ratings, options: RunOptions
) -> pl.DataFrame:
    """`predicted_rows` of ``test`` with ``rank`` and ``popularity_rank``, 1 for the first, null where not liked.

    Candidates are all films of the model that the user has no rating of in ``training``, liked or not. Of equal
    scores every other film comes first (the pessimistic rule). Films without training ratings that count come
    last, and films the model does not have after them. The popularity ranks the same cells by `Model.fallback`.

    Raises `DataError` where no rating of ``test`` counts as liked.
    """
    liked = np.flatnonzero(config.likes(test.value))
    if not len(liked):
        raise DataError(
            f"{test.source}: none of the {len(test):,} ratings to predict counts as liked (liked is {config.liked:g}); "
            "a ranking is judged by liked films alone; hide a larger share, or set liked lower"
        )
    cells = model.pairs_of(test).take(liked)
    rated = _rated(model, training, options.workers)
    columns = {"rank": model.score_rows, "popularity_rank": _popularity(model)}
    ranks = pl.DataFrame({name: np.zeros(len(test), np.int64) for name in columns})
    for name, scores in columns.items():
        place = np.zeros(len(test), np.int64)
        place[liked] = _ranks(cells, model, rated, scores, options)
        ranks = ranks.with_columns(pl.Series(name, place))
    return predicted_rows(model, test).with_columns(ranks.select(pl.all().replace(0, None)))


def _rated(model: FittedModel, training: Ratings, threads: int) -> Compressed:
    """The training ratings of the model's users and items, in its own indices."""
    pairs = model.pairs_of(training)
    known = pairs.user.in_vocabulary & pairs.item.in_vocabulary
    user, item = (side.index[known].astype(np.int32) for side in (pairs.user, pairs.item))
    return compress(user, item, training.value[known], len(model.users), threads)


def _popularity(model: FittedModel) -> Scores:
    return lambda users: np.repeat(model.baseline.item[None], len(users), axis=0)


def _ranks(
    cells: Pairs, model: FittedModel, rated: Compressed, scores: Scores, options: RunOptions
) -> NDArray[np.int64]:
    """The rank of each cell, int64, shape ``(n,)``."""
    code = np.where(cells.user.in_vocabulary, cells.user.index, -1)
    order = np.argsort(code, kind="stable")
    users, starts = np.unique(code[order], return_index=True)
    edges = np.append(starts, len(order))
    ranks = np.empty(len(order), np.int64)

    def rank(first: int) -> None:
        people = users[first : first + _USERS]
        rows = order[edges[first] : edges[first + len(people)]]
        table = _candidates(people, model, rated, scores)
        place = np.searchsorted(people, code[rows])
        ranks[rows] = _places(table, place, cells.item.index[rows], cells.item.in_vocabulary[rows])

    with single_threaded_blas(), ThreadPoolExecutor(options.workers) as pool:
        for done, _ in enumerate(pool.map(rank, range(0, len(users), _USERS))):
            options.progress("ranking", min(1.0, (done + 1) * _USERS / len(users)))
    return ranks


def _candidates(
    people: NDArray[np.integer], model: FittedModel, rated: Compressed, scores: Scores
) -> NDArray[np.float32]:
    """The score of every film for ``people`` (-1: unknown): NaN where it is rated, −∞ where nobody else rated it."""
    table = scores(Side.of(np.maximum(people, 0), people >= 0, model.user_counts))
    table[:, model.item_counts == 0] = -np.inf
    for row, user in enumerate(people):
        if user >= 0:
            table[row, rated.columns_of(user)] = np.nan
    return table


def _places(
    table: NDArray[np.float32], row: NDArray[np.intp], item: NDArray[np.integer], known: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Number of candidates that score as high as each cell's film, itself included; one more than all if unknown."""
    places = np.empty(len(row), np.int64)
    for index in range(len(table)):
        cells = np.flatnonzero(row == index)
        ordered = np.sort(table[index][~np.isnan(table[index])])
        scores = np.where(known[cells], table[index, item[cells]], np.float32(np.nan))
        below = np.where(known[cells], np.searchsorted(ordered, scores), -1)
        places[cells] = len(ordered) - below
    return places
