"""The inverse in place, against LAPACK's."""

from __future__ import annotations

import numpy as np
import pytest

from matinee.models.common.inverse import invert


def definite(size: int, seed: int = 0) -> np.ndarray:
    """Of condition some 10⁴."""
    square = np.random.default_rng(seed).standard_normal((size, size))
    return square @ square.T / size + 1e-3 * np.eye(size)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_inverse_is_lapacks(size) -> None:
    matrix = definite(size)
    found = matrix.copy()
    invert(found, 2)
    np.testing.assert_allclose(found, np.linalg.inv(matrix), rtol=0, atol=1e-9 * np.linalg.cond(matrix))
    np.testing.assert_allclose(found @ matrix, np.eye(size), atol=1e-10 * np.linalg.cond(matrix))


def test_any_number_of_threads_gives_the_same_bits() -> None:
    found = [definite(700) for _ in range(3)]
    for matrix, threads in zip(found, (1, 2, 5), strict=True):
        invert(matrix, threads)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])


def test_progress_ends_at_the_end() -> None:
    told: list[float] = []
    invert(definite(600), 1, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
