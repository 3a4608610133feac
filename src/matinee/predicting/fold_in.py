"""New people folded into a fitted model: their biases and factors from their ratings alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from matinee.errors import DataError
from matinee.kernels.compress import compress
from matinee.kernels.solve_rows import Regressions, padded, solve_rows
from matinee.kernels.spmm import spmm
from matinee.models.bayesian.periods import at_home, in_periods
from matinee.predicting.factors import check_finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.kernels.compress import Compressed
    from matinee.kernels.solve_rows import Ridge
    from matinee.models.bayesian.periods import Periods
    from matinee.predicting.factors import Factors
    from matinee.predicting.fitted import FittedModel


def folded(model: FittedModel, ratings: Ratings, threads: int) -> FittedModel:
    """``model`` for the users of ``ratings``; see `FittedModel.fold_in`."""
    counted = model.config.counting(ratings)
    rows = rows_of(model, counted, threads)
    periods, seen, own = _in_periods(model, counted, rows)
    bias, factors = model.config.fold_rows(seen, own, threads)
    check_finite(model.config.name, ratings.users, bias, factors)
    noise, doubt = model.config.fold_uncertainty(_whose(seen, bias, factors), own, threads)
    people = _whose(model.factors, bias, factors)
    baseline, new = model.config.folded_fallback(model.baseline, rows, threads), people.newcomers
    if new is not None:
        level = np.asarray(baseline.mean + baseline.user, dtype=np.float64)
        link = people.link
        new = new.of_people(people, level if link is None else link.latent(np.asarray(model.scale.clip(level))))
    people = replace(people, user_noise=noise, user_doubt=doubt, newcomers=new)
    return replace(
        model,
        factors=people if periods is None else at_home(people, periods),
        baseline=baseline,
        users=ratings.users,
        user_counts=rows.lengths,
    )


def _whose(factors: Factors, bias: NDArray[np.float32], rows: NDArray[np.float32]) -> Factors:
    """``factors`` of other people, of whom no more is known so far."""
    return replace(factors, user_bias=bias, user_factors=rows, user_noise=None, user_doubt=None, moods=None)


def rows_of(model: FittedModel, ratings: Ratings, threads: int) -> Compressed:
    """The ratings of films that ``model`` knows, in compressed rows over its items.

    Raises `DataError` where it knows none of them, or where one lies outside its scale.
    """
    item, seen = _known_films(model, ratings)
    if len(ratings) and not seen.any():
        raise DataError(
            f"{ratings.source}: none of its {len(ratings):,} ratings is of a film that the model was fitted to; "
            "give ratings of films it knows, with the ids it was fitted with"
        )
    _check_scale(model, ratings, seen)
    return compress(ratings.user[seen], item[seen], ratings.value[seen], len(ratings.users), threads)


def _known_films(model: FittedModel, ratings: Ratings) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The item of ``model`` that each rating is of, int32, and whether the model knows it, shape ``(n,)`` each."""
    item, known = model.items.encode(ratings.items.ids)
    of_each = item[ratings.item].astype(np.int32)
    return of_each, known[ratings.item] & (model.item_counts[of_each] > 0)


def _in_periods(model: FittedModel, ratings: Ratings, rows: Compressed) -> tuple[Periods | None, Factors, Compressed]:
    """The model's periods with homes of these people, and what they are folded in with: see `in_periods`."""
    periods = model.factors.periods
    if periods is None:
        return None, model.factors, rows
    item, seen = _known_films(model, ratings)
    as_rows = np.lexsort((item[seen], ratings.user[seen]))
    time = None if ratings.timestamp is None else ratings.timestamp[seen][as_rows]
    by_item = (name for name, axes in model.config.folding_axes.items() if axes.startswith("n"))
    return in_periods(model.factors, periods, rows, time, by_item)


def _check_scale(model: FittedModel, ratings: Ratings, seen: NDArray[np.bool_]) -> None:
    outside = np.flatnonzero(seen & ((ratings.value < model.scale.low) | (ratings.value > model.scale.high)))
    if len(outside):
        row = int(outside[0])
        raise DataError(
            f"{ratings.source}: user {ratings.users.ids[int(ratings.user[row])]!r} rated item "
            f"{ratings.items.ids[int(ratings.item[row])]!r} {ratings.value[row]:g}; the model was fitted to ratings "
            f"of {model.scale}; bring the ratings to that scale"
        )


def met(rows: Compressed) -> tuple[Compressed, NDArray[np.int32]]:
    """``rows`` over the items that occur in them alone, and those items: folding in need not copy all the others."""
    items, column = np.unique(rows.indices, return_inverse=True)
    return rows._replace(indices=column.astype(np.int32).ravel()), items


def damped_bias(
    rows: Compressed, mean: float, item_bias: NDArray[np.float32], damping: float, threads: int
) -> NDArray[np.float32]:
    """``Σ (r - mean - item bias) / (n + damping)`` of each row; 0 for a row without ratings. Stars, shape ``(b,)``."""
    sums = residual_sums(rows, mean, item_bias, threads)
    return np.asarray(sums / np.maximum(rows.lengths + damping, 1e-12), np.float32)


def residual_sums(rows: Compressed, mean: float, item_bias: NDArray[np.float32], threads: int) -> NDArray[np.float64]:
    """``Σ (r - mean - item bias)`` of each row, float64, shape ``(b,)``."""
    left = residual_rows(rows, mean, item_bias)
    return spmm(left, np.ones((len(item_bias), 1)), threads)[:, 0]


def residual_rows(rows: Compressed, mean: float, item_bias: NDArray[np.float32]) -> Compressed:
    """``rows`` with ``mean + item bias`` taken off each rating."""
    return rows.with_values((rows.values - np.float32(mean)) - item_bias[rows.indices])


def ridge_rows(
    factors: Factors, rows: Compressed, ridge: Ridge, threads: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Biases ``(b,)`` and factors ``(b, k)`` that fit each row best, the items' biases and factors as they are.

    Minimises ``Σ (r - mean - b_u - b_i - p·q)²`` and what ``ridge`` asks for, exactly. Raises `NumericalError`,
    naming the row, where that leaves the answer open.
    """
    people, (rows, items) = rows.row_count, met(rows)
    folded, bias = padded(np.zeros((people, factors.rank), np.float32)), np.empty(people, np.float32)
    other = padded(factors.item_factors[items])
    problem = Regressions(rows, other, factors.rank, ridge, factors.mean, factors.item_bias[items])
    solve_rows(problem, folded, bias, threads)
    return bias, np.ascontiguousarray(folded[:, : factors.rank])
