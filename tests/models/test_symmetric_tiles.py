"""The inverse of a symmetric matrix in tiles, against LAPACK's."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.models.common.symmetric_tiles import SymmetricTiles

SIZES = [1, 2, 3, 383, 384, 385, 600, 1_153]


def definite(size: int, seed: int = 0) -> np.ndarray:
    """Of condition some 10⁴."""
    square = np.random.default_rng(seed).standard_normal((size, size))
    return square @ square.T / size + 1e-3 * np.eye(size)


def tiles_of(matrix: np.ndarray, ridge: float = 0.0) -> SymmetricTiles:
    tiles = SymmetricTiles(len(matrix))
    tiles.fill(lambda part: matrix[part], ridge)
    return tiles


def whole(tiles: SymmetricTiles) -> np.ndarray:
    return np.vstack([tiles.rows(part) for part in tiles.blocks()])


@pytest.mark.parametrize("size", SIZES)
def test_a_matrix_is_kept_to_the_bit(size: int) -> None:
    matrix, tiles = definite(size), SymmetricTiles(size)
    tiles.fill(lambda part: np.where(np.arange(size) < part.stop, matrix[part], np.nan), ridge=0.25)
    expected = matrix + 0.25 * np.eye(size)
    np.testing.assert_array_equal(whole(tiles), expected)
    np.testing.assert_array_equal(tiles.diagonal(), expected.diagonal())
    factors = np.random.default_rng(1).standard_normal(size)
    scaled = tiles.scaled(factors)
    assert (scaled.dtype, scaled.shape, scaled.flags.c_contiguous) == (np.float32, (size, size), True)
    np.testing.assert_array_equal(scaled, (expected * factors).astype(np.float32))


@pytest.mark.parametrize("size", SIZES)
def test_inverse_is_lapacks(size: int) -> None:
    matrix = definite(size)
    tiles = tiles_of(matrix)
    tiles.invert(2)
    inverse = whole(tiles)
    np.testing.assert_allclose(inverse, np.linalg.inv(matrix), rtol=0, atol=1e-9 * np.linalg.cond(matrix))
    np.testing.assert_allclose(inverse @ matrix, np.eye(size), atol=1e-10 * np.linalg.cond(matrix))


def test_any_number_of_threads_gives_the_same_bits() -> None:
    inverses = []
    for threads in (1, 2, 5):
        tiles = tiles_of(definite(1_000))
        tiles.invert(threads)
        inverses.append(whole(tiles))
    np.testing.assert_array_equal(inverses[0], inverses[1])
    np.testing.assert_array_equal(inverses[0], inverses[2])


def test_progress_ends_at_the_end() -> None:
    shares: list[float] = []
    tiles_of(definite(1_000)).invert(1, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_memory_is_that_of_a_float32_square_and_a_few_columns_of_tiles() -> None:
    """What NumPy allocates, as `tracemalloc` counts it."""
    import tracemalloc

    size = 2_000
    tracemalloc.start()
    tiles = SymmetricTiles(size)
    tiles.fill(lambda part: np.eye(part.stop - part.start, size, part.start), 1.0)
    tiles.invert(2)
    tiles.scaled(tiles.diagonal())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 4 * size**2 + 8 * 6 * 384 * size
