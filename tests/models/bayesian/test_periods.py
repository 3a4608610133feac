"""The normal equations of periods, against every rating written out."""

from __future__ import annotations

import numpy as np

from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian.chain.chain import Chain
from matinee.models.bayesian.chain.columns import columns_of

RANK = 3


def a_chain() -> tuple[Chain, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((40, 25)) < 0.3)
    value = rng.standard_normal(len(user)).astype(np.float32)
    matrix = RatingMatrix.from_triplets(user.astype(np.int32), item.astype(np.int32), value, (40, 25), 1)
    chain = Chain(matrix, RANK, ((), ()), True, 3, 1, rng.integers(0, 1_000, len(user)), 6)
    for _ in range(4):
        chain.sweep()
    return chain, user, item


def test_equations_are_those_of_every_rating() -> None:
    chain, user, item = a_chain()
    periods, left, weight = chain.periods, chain.residual(), chain.noise.of_ratings()
    np.testing.assert_allclose(
        weight, chain.noise.all * chain.noise.user.precision[user] * chain.noise.item.precision[item]
    )
    matrix, side = periods.equations(left, weight, chain.items)
    row = np.column_stack([chain.items.factors[item, :RANK], np.ones(len(item))]).astype(np.float64)
    for period in range(6):
        of_it = periods.period == period
        expected = (row[of_it] * weight[of_it, None]).T @ row[of_it] + np.diag(periods.precision)
        np.testing.assert_allclose(matrix[period], expected, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(side[period], row[of_it].T @ (weight * left)[of_it], rtol=1e-10, atol=1e-10)


def test_what_periods_add_is_the_same_everywhere() -> None:
    """To a rating, to a pair, and to the columns that films are drawn from."""
    chain, user, item = a_chain()
    periods, users = chain.periods, chain.users
    added = periods.at(item, periods.period, chain.items)
    np.testing.assert_allclose(periods.of_ratings(chain.items, 1), added, rtol=1e-5, atol=1e-6)
    columns = periods.beside(columns_of(users, chain.by_item, chain.noise.user))
    across = np.argsort(item, kind="stable")
    of_entry = columns.rows.indices
    assert columns.factors.shape[0] == len(np.unique(np.column_stack([user, periods.period]), axis=0))
    q = chain.items.factors[item[across]]
    told = np.einsum("ek,ek->e", columns.factors[of_entry], q) + columns.bias[of_entry]
    own = np.einsum("ek,ek->e", users.factors[user], chain.items.factors[item]) + users.bias[user]
    np.testing.assert_allclose(told, (own + added)[across], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(columns.scale[of_entry] ** 2, chain.noise.user.precision[user[across]], rtol=1e-5)
