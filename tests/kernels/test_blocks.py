from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.blocks import FEWEST_GROUPS, Blocks, Groups, group_count
from matinee.kernels.reference.blocks import cut, dealt_out
from matinee.kernels.reference.sgd import unpacked
from matinee.kernels.streams import uniform, words
from tests.support.arrays import THREADS, Triplets, draw_triplets, triplets


def in_words(blocks: Blocks, block: int) -> list[tuple[int, int, float]]:
    """The entries of a block with users and items by their own numbers."""
    group, other = divmod(block, len(blocks.users.starts) - 1)
    entries = unpacked(blocks.entries[blocks.offsets[block] : blocks.offsets[block + 1]])
    user, item = blocks.users.order[blocks.users.starts[group] :], blocks.items.order[blocks.items.starts[other] :]
    return [(int(user[u]), int(item[i]), value) for u, i, value in entries]


def same_as_the_twin(a: Triplets, threads: int) -> None:
    blocks = Blocks.cut(a.compressed, a.columns, 0.0, 1.0, threads)
    users, items, expected = cut(a.compressed, a.columns)
    for groups, members in ((blocks.users, users), (blocks.items, items)):
        assert [part.tolist() for part in np.split(groups.order, groups.starts[1:-1])] == members
    assert [in_words(blocks, block) for block in range(len(expected))] == expected
    assert blocks.offsets[-1] == len(a.value)


@given(a=triplets(most=70), threads=st.sampled_from(THREADS))
@settings(max_examples=40)
def test_blocks_are_their_twin(a: Triplets, threads: int) -> None:
    same_as_the_twin(a, threads)


def test_more_users_than_take_a_turn_in_each_group() -> None:
    same_as_the_twin(draw_triplets(900, 40, 6_000, seed=3), 2)


def test_threads_change_not_one_bit() -> None:
    a = draw_triplets(2_000, 300, 60_000, seed=6)
    first, *others = (Blocks.cut(a.compressed, a.columns, 0.5, 2.0, threads) for threads in THREADS)
    for other in others:
        np.testing.assert_array_equal(first.entries, other.entries)
        np.testing.assert_array_equal(first.offsets, other.offsets)


def test_values_are_shifted_then_scaled() -> None:
    a = draw_triplets(30, 20, 100, seed=1)
    blocks = Blocks.cut(a.compressed, a.columns, 3.25, 0.5, 1)
    found = sorted(value for _, _, value in unpacked(blocks.entries))
    expected = np.sort(((a.value.astype(np.float64) - 3.25) * 0.5).astype(np.float32))
    np.testing.assert_array_equal(np.array(found, np.float32), expected)


def test_groups_hold_about_as_many_ratings_each() -> None:
    counts = np.random.default_rng(0).pareto(1.2, 5_000).astype(np.int64) % 400
    groups = Groups.balanced(counts, 16)
    loads = np.add.reduceat(groups.counts, groups.starts[:-1])
    assert loads.max() - loads.min() <= counts.max()
    assert [part.tolist() for part in np.split(groups.order, groups.starts[1:-1])] == dealt_out(counts, 16)


@pytest.mark.parametrize(("rows", "groups"), [(1, FEWEST_GROUPS), (16 << 16, 16), ((16 << 16) + 1, 17), (1 << 22, 64)])
def test_a_row_can_be_counted_in_16_bits(rows: int, groups: int) -> None:
    assert group_count(rows, 5) == group_count(5, rows) == groups


def test_random_rows_follow_their_stream_whatever_their_group() -> None:
    counts = np.array([3, 0, 9, 1, 4])
    groups = Groups.balanced(counts, 2)
    first, *others = (groups.scattered(77, 5, 0.3, threads) for threads in THREADS)
    own = np.empty_like(first)
    own[groups.order] = first
    drawn = 2.0 * uniform(words(77, np.arange(25))).reshape(5, 5) - 1.0
    drawn[1] = 0.0
    np.testing.assert_allclose(own[:, :5], 0.3 * np.sqrt(3 / 5) * drawn, rtol=1e-6)
    assert not own[:, 5:].any()
    for other in others:
        np.testing.assert_array_equal(first, other)


def test_random_rows_have_the_mean_square_length_asked_for() -> None:
    rows = Groups.balanced(np.ones(4_000, np.int64), 16).scattered(1, 40, 0.25, 2)
    assert np.mean(np.sum(rows.astype(np.float64) ** 2, axis=1)) == pytest.approx(0.25**2, rel=0.02)
