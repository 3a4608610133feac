from __future__ import annotations

import numpy as np
import pytest

from matinee.models.bayesian.posterior.average import MeanProduct, MeanVector


def draws(count: int, rank: int, seed: int = 0):
    """Draws about one truth, each turned and scaled as it likes."""
    rng = np.random.default_rng(seed)
    p, q = rng.standard_normal((60, rank)), rng.standard_normal((40, rank))
    for _ in range(count):
        turn = np.linalg.qr(rng.standard_normal((rank, rank)))[0] * rng.uniform(0.5, 2, rank)
        noisy = [part + 0.1 * rng.standard_normal(part.shape) for part in (p, q)]
        yield (noisy[0] @ turn).astype(np.float32), (noisy[1] @ np.linalg.inv(turn).T).astype(np.float32)


@pytest.mark.parametrize("rank", [1, 3])
def test_with_room_enough_it_is_the_mean(rank: int) -> None:
    mean = MeanProduct(50, 40)
    exact = np.zeros((60, 40))
    for left, right in draws(30, rank):
        mean.add(left, right, np.ones(rank))
        exact += left.astype(float) @ right.T / 30
    left, right = mean.factors()
    np.testing.assert_allclose(left @ right.T, exact, atol=1e-4)


def test_what_is_cut_is_the_weakest() -> None:
    mean, exact = MeanProduct(60, 3), np.zeros((60, 40))
    for left, right in draws(200, 3):
        mean.add(left, right, np.ones(3))
        exact += left.astype(float) @ right.T / 200
    left, right = mean.factors()
    assert left.shape == (60, 3)
    assert right.shape == (40, 3)
    best = np.linalg.svd(exact)[1][3:]
    found = np.linalg.norm(left @ right.T - exact)
    assert found <= 1.5 * np.linalg.norm(best) + 0.01 * np.linalg.norm(exact)


def test_rows_come_out_with_the_variance_they_were_drawn_with() -> None:
    """Rows of L vary by 4 and 0.25 about nothing: in the coordinates that come out, by 1 each, the stronger first."""
    rng = np.random.default_rng(1)
    p, q = rng.standard_normal((4_000, 2)) * [2.0, 0.5], np.linalg.qr(rng.standard_normal((40, 2)))[0]
    mean = MeanProduct(4_000, 2)
    for left, right in ((p, q), (-p, -q), (p[:, ::-1], q[:, ::-1])):
        mean.add(left.astype(np.float32), right.astype(np.float32), left.var(0))
    left, right = mean.factors()
    np.testing.assert_allclose(left.var(0), 1.0, rtol=0.01)
    np.testing.assert_allclose(np.linalg.norm(right, axis=0), [2.0, 0.5], rtol=0.01)
    np.testing.assert_allclose(left @ right.T, p @ q.T, atol=1e-4)


def test_mean_of_vectors() -> None:
    mean = MeanVector()
    for numbers in ([1.0, 2.0], [3.0, 6.0]):
        mean.add(np.array(numbers, np.float32))
    assert mean.value.tolist() == [2.0, 4.0]
