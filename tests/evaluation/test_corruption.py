"""Entries read back without refitting, against real refits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.errors import ConfigError
from matinee.evaluation import corruption
from matinee.evaluation.corruption import Entries, read_back, refit_one
from matinee.matrix.sparse import RatingMatrix
from matinee.models.common.fill import FILLS
from matinee.models.truncated_svd import TruncatedSVD


def planted(users: int, items: int, density: float, seed: int) -> RatingMatrix:
    """Half-star ratings with some structure; every user and item has at least one."""
    rng = np.random.default_rng(seed)
    known = rng.random((users, items)) < density
    known[np.arange(users), rng.integers(0, items, users)] = True
    known[rng.integers(0, users, items), np.arange(items)] = True
    taste = rng.standard_normal((users, 2)) @ rng.standard_normal((2, items))
    stars = np.clip(np.round(2 * (3.5 + 0.7 * taste + 0.5 * rng.standard_normal(taste.shape))) / 2, 0.5, 5)
    user, item = np.nonzero(known)
    value = stars[user, item].astype(np.float32)
    return RatingMatrix.from_triplets(user.astype(np.int32), item.astype(np.int32), value, (users, items), 1)


def every_entry(matrix: RatingMatrix, removed: bool, seed: int = 0) -> Entries:
    offsets, item, value = matrix.by_user
    user = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(offsets))
    replacement = np.random.default_rng(seed).integers(1, 11, len(value)) / 2
    return Entries(user, item, value.astype(np.float64), replacement, removed)


def largest_difference(matrix: RatingMatrix, config: TruncatedSVD, entries: Entries, threads: int = 1) -> float:
    back = read_back(matrix, config, entries, threads, lambda share: None)
    refitted = [refit_one(matrix, config, entries, index, threads) for index in range(len(entries))]
    return float(np.max(np.abs(back.value - refitted)))


@pytest.mark.parametrize("removed", [True, False], ids=["removed", "replaced"])
@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("shape", [(14, 23), (23, 14)], ids=["wide", "tall"])
def test_every_entry_equals_a_refit(shape, fill, removed):
    matrix = planted(*shape, 0.4, seed=3)
    entries = every_entry(matrix, removed)
    if fill == "mean" and not removed:
        entries = entries.take(np.arange(0, len(entries), 5))
    assert largest_difference(matrix, TruncatedSVD(rank=3, fill=fill), entries) < 1e-5


@settings(max_examples=25)
@given(
    users=st.integers(3, 12), items=st.integers(3, 12), density=st.floats(0.05, 0.9), seed=st.integers(0, 999),
    fill=st.sampled_from(FILLS), removed=st.booleans(), data=st.data(),
)  # fmt: skip
def test_a_few_entries_of_any_matrix_equal_refits(users, items, density, seed, fill, removed, data):
    matrix = planted(users, items, density, seed)
    rank = data.draw(st.integers(1, min(users, items) - 1))
    entries = every_entry(matrix, removed, seed)
    entries = entries.take(np.random.default_rng(seed).permutation(len(entries))[:4])
    config = TruncatedSVD(rank=rank, fill=fill)
    gap = min(gap_of_refit(matrix, config, entries, index) for index in range(len(entries)))
    if gap > 1e-3:
        assert largest_difference(matrix, config, entries) < 1e-4


def gap_of_refit(matrix: RatingMatrix, config: TruncatedSVD, entries: Entries, index: int) -> float:
    """How far singular values k and k + 1 of the corrupted matrix lie apart: without a gap nothing is defined."""
    changed = corruption._corrupted(matrix, entries.take(np.array([index])))
    whole = changed if config.fill != "bias" else matrix
    fill = corruption.fill_of(whole, config.fill, config.damping, 1)
    residual = changed.residual(fill.mean, fill.user, fill.item)
    dense = np.zeros(matrix.shape)
    offsets, item, value = residual.by_user
    dense[np.repeat(np.arange(matrix.shape[0]), np.diff(offsets)), item] = value
    values = np.linalg.svd(dense, compute_uv=False)
    return float(values[config.rank - 1] - values[config.rank])


def test_the_mean_is_recomputed_and_not_held():
    matrix = planted(10, 12, 0.5, seed=1)
    entries = every_entry(matrix, removed=True)
    held = corruption._fill_after(matrix, "zero", corruption.fill_of(matrix, "zero", 0, 1), entries)
    back = read_back(matrix, TruncatedSVD(rank=2, fill="mean"), entries, 1, lambda share: None)
    assert not np.allclose(back.value, held + matrix.mean, atol=1e-3)
    assert largest_difference(matrix, TruncatedSVD(rank=2, fill="mean"), entries) < 1e-6


def test_threads_and_blocks_do_not_change_the_answer(monkeypatch):
    matrix = planted(30, 60, 0.3, seed=2)
    entries, config = every_entry(matrix, removed=True), TruncatedSVD(rank=5, fill="item")
    one = read_back(matrix, config, entries, 1, lambda share: None).value
    two = read_back(matrix, config, entries, 2, lambda share: None).value
    monkeypatch.setattr(corruption, "_BLOCK_NUMBERS", 7 * 30)
    blocks = read_back(matrix, config, entries, 2, lambda share: None).value
    assert np.array_equal(one, two)
    assert np.array_equal(one, blocks)


def test_ties_are_read_from_a_refit_and_counted():
    user, item = np.arange(6, dtype=np.int32), np.arange(6, dtype=np.int32)
    matrix = RatingMatrix.from_triplets(user, item, np.full(6, 4, np.float32), (6, 6), 1)
    entries = every_entry(matrix, removed=False).take(np.array([0]))
    back = read_back(matrix, TruncatedSVD(rank=3, fill="zero"), entries, 1, lambda share: None)
    assert back.tied == 1
    assert np.isfinite(back.value).all()


def test_a_rank_that_is_not_under_the_shorter_side_is_refused():
    matrix = planted(5, 8, 0.5, seed=0)
    with pytest.raises(ConfigError, match="rank: found 5; corrupting single entries needs a rank under 5"):
        read_back(matrix, TruncatedSVD(rank=5), every_entry(matrix, removed=True), 1, lambda share: None)


def test_too_many_different_means_are_refused():
    matrix = planted(12, 20, 0.9, seed=0)
    entries = every_entry(matrix, removed=False)
    entries = Entries(entries.user, entries.item, entries.value, np.linspace(0.5, 5, len(entries)), removed=False)
    with pytest.raises(ConfigError, match="different means"):
        read_back(matrix, TruncatedSVD(rank=2, fill="mean"), entries, 1, lambda share: None)


def test_a_side_too_long_to_decompose_is_refused(monkeypatch):
    monkeypatch.setattr("matinee.evaluation.full_svd.LONGEST_SIDE", 4)
    matrix = planted(6, 7, 0.5, seed=0)
    with pytest.raises(ConfigError, match="the shorter side may have at most 4"):
        read_back(matrix, TruncatedSVD(rank=2), every_entry(matrix, removed=True), 1, lambda share: None)
