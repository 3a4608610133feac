from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.blocks import Blocks, Groups
from matinee.kernels.reference.sgd import DescentSide
from matinee.kernels.reference.sgd import sgd_epoch as twin
from matinee.kernels.sgd import Pace, Rows, sgd_epoch
from tests.support.arrays import INSTRUCTION_SETS, THREADS, Triplets, draw_triplets, running, triplets

PACE = Pace(rate=0.03, bias_rate=0.4, ridge=0.07, bias_ridge=0.02)
RANKS = (1, 3, 15, 16, 17, 32, 48, 50, 64, 65, 100, 128, 130, 200)


def rows_of(groups: Groups, rank: int, key: int) -> Rows:
    rng = np.random.default_rng(key)
    sides = np.stack([rng.normal(0, 0.2, len(groups.order)), rng.uniform(0.3, 1.0, len(groups.order))], axis=1)
    return Rows(groups.scattered(key, rank, 0.8, 1), sides.astype(np.float32))


def start(a: Triplets, rank: int) -> tuple[Blocks, Rows, Rows]:
    blocks = Blocks.cut(a.compressed, a.columns, 0.0, 0.5, 2)
    return blocks, rows_of(blocks.users, rank, 1), rows_of(blocks.items, rank, 2)


def side(rows: Rows) -> DescentSide:
    return DescentSide(*(part.astype(np.float64) for part in (rows.factors, rows.sides[:, 0], rows.sides[:, 1])))


def same_as_the_twin(a: Triplets, rank: int, threads: int) -> None:
    """Two epochs: each step multiplies what rounding left by little over 1, and adds its own."""
    blocks, users, items = start(a, rank)
    exact_users, exact_items = side(users), side(items)
    for _ in range(2):
        found = sgd_epoch(blocks, users, items, PACE, threads)
        expected = twin(blocks, exact_users, exact_items, PACE)
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-6)
    for rows, exact in ((users, exact_users), (items, exact_items)):
        np.testing.assert_allclose(rows.factors, exact.factors, rtol=0, atol=2e-5)
        np.testing.assert_allclose(rows.sides[:, 0], exact.bias, rtol=0, atol=2e-5)
        np.testing.assert_array_equal(rows.sides[:, 1], exact.step)
        assert not rows.factors[:, rank:].any()


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(a=triplets(most=40), rank=st.integers(1, 40), threads=st.sampled_from(THREADS))
@settings(max_examples=30)
def test_an_epoch_is_its_twin(name: str, a: Triplets, rank: int, threads: int) -> None:
    with running(name):
        same_as_the_twin(a, rank, threads)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", RANKS)
def test_every_width_of_a_row(name: str, rank: int) -> None:
    with running(name):
        same_as_the_twin(draw_triplets(60, 30, 500, seed=rank), rank, 2)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("rank", [5, 64, 150])
def test_threads_change_not_one_bit(name: str, rank: int) -> None:
    a, found = draw_triplets(3_000, 400, 80_000, seed=6), []
    with running(name):
        for threads in THREADS:
            blocks, users, items = start(a, rank)
            objectives = [sgd_epoch(blocks, users, items, PACE, threads) for _ in range(2)]
            found.append((objectives, users, items))
    for objectives, users, items in found[1:]:
        assert objectives == found[0][0]
        for rows, first in ((users, found[0][1]), (items, found[0][2])):
            np.testing.assert_array_equal(rows.factors, first.factors)
            np.testing.assert_array_equal(rows.sides, first.sides)


def test_the_objective_of_rows_that_do_not_move() -> None:
    """With a rate of 0 it is the objective of where one stands, summed in float64."""
    a = draw_triplets(50, 40, 700, seed=9)
    blocks, users, items = start(a, 20)
    found = sgd_epoch(blocks, users, items, replace(PACE, rate=0.0), 2)
    own = [np.empty((len(rows.factors), 33), np.float64) for rows in (users, items)]
    for table, rows, groups in zip(own, (users, items), (blocks.users, blocks.items), strict=True):
        table[groups.order] = np.hstack([rows.sides[:, :1], rows.factors])
    p, q = own[0][a.row], own[1][a.column]
    error = 0.5 * a.value - p[:, 0] - q[:, 0] - np.sum(p[:, 1:] * q[:, 1:], axis=1)
    expected = np.sum(error**2)
    for part in (p, q):
        expected += PACE.ridge * np.sum(part[:, 1:] ** 2) + PACE.bias_ridge * np.sum(part[:, 0] ** 2)
    assert found == pytest.approx(expected, rel=1e-6)


def test_without_ratings_nothing_moves() -> None:
    a = draw_triplets(20, 10, 0, seed=0)
    blocks, users, items = start(a, 4)
    assert sgd_epoch(blocks, users, items, PACE, 2) == 0.0
    assert not users.factors.any()
