from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.kernels.project_out import BLOCK, project_out
from matinee.kernels.reference.project_out import project_out as twin
from tests.support.arrays import INSTRUCTION_SETS, THREADS, rounding, running

FLOATS = (np.float32, np.float64)


def draw(blocks: int, rows: int, dtype: object, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((blocks, rows, BLOCK)) / np.sqrt(rows)
    return basis.astype(dtype), rng.standard_normal((rows, BLOCK)).astype(dtype)


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@given(
    blocks=st.integers(1, 5),
    rows=st.one_of(st.integers(1, 40), st.integers(500, 1100)),
    dtype=st.sampled_from(FLOATS),
    seed=st.integers(0, 99),
)
@settings(max_examples=30)
def test_projection_is_its_twin(name: str, blocks: int, rows: int, dtype: object, seed: int) -> None:
    basis, panel = draw(blocks, rows, dtype, seed)
    known = np.concatenate(list(basis), axis=1).astype(np.float64)
    ours, theirs = panel.copy(), panel.copy()
    with running(name):
        parts = project_out(basis, ours, 2)
    expected = twin(basis, theirs)
    products = np.abs(known).T @ np.abs(panel.astype(np.float64))
    off = rounding(dtype, min(rows, 512)) * products
    assert np.all(np.abs(parts - expected) <= off)
    carried = np.abs(known) @ (off + rounding(dtype, blocks * BLOCK) * (np.abs(expected) + products))
    assert np.all(np.abs(ours.astype(np.float64) - theirs) <= carried + rounding(dtype, 1) * np.abs(panel))


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_threads_change_not_one_bit(name: str, dtype: object) -> None:
    basis, panel = draw(3, 5_000, dtype)
    results = []
    with running(name):
        for threads in THREADS:
            rest = panel.copy()
            results.append((project_out(basis, rest, threads), rest))
    for parts, rest in results[1:]:
        np.testing.assert_array_equal(parts, results[0][0])
        np.testing.assert_array_equal(rest, results[0][1])


@pytest.mark.parametrize("name", INSTRUCTION_SETS)
@pytest.mark.parametrize("dtype", FLOATS)
def test_nothing_of_an_orthonormal_basis_is_left(name: str, dtype: object) -> None:
    rng = np.random.default_rng(1)
    vectors = np.linalg.qr(rng.standard_normal((700, 2 * BLOCK)))[0]
    basis = np.ascontiguousarray(vectors.reshape(700, 2, BLOCK).swapaxes(0, 1)).astype(dtype)
    panel = rng.standard_normal((700, BLOCK)).astype(dtype)
    with running(name):
        project_out(basis, panel, 2)
    assert np.max(np.abs(vectors.T @ panel)) <= rounding(dtype, 700)


def test_no_basis_takes_nothing_out() -> None:
    panel = np.ones((30, BLOCK), np.float32)
    assert project_out(np.empty((0, 30, BLOCK), np.float32), panel, 2).shape == (0, BLOCK)
    assert (panel == 1).all()
