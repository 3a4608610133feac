from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ellipj, ellipkm1

from matinee.kernels.one_hidden import _quarter_period, _sc, sign_table

DECADES = range(1, 14)


def row_of(decade: int) -> tuple[np.ndarray, np.ndarray]:
    table = sign_table()
    here = slice(table.starts[decade - 1], table.starts[decade])
    return table.nodes[here], table.weights[here]


@pytest.mark.parametrize("decade", DECADES)
def test_every_row_is_the_sign_down_to_its_smallest_number(decade: int) -> None:
    nodes, weights = row_of(decade)
    x = np.geomspace(10.0**-decade, 1.0, 20_011)[:, None]
    for side in (1.0, -1.0):
        approximate = np.sum(weights * (side * x) / (x**2 + nodes**2), axis=1)
        assert np.max(np.abs(approximate - side)) < 2e-13


@pytest.mark.parametrize("decade", DECADES)
def test_quarter_period_is_scipys(decade: int) -> None:
    assert _quarter_period(10.0**-decade) == pytest.approx(ellipkm1(10.0 ** (-2 * decade)), rel=1e-14)


@pytest.mark.parametrize("decade", [1, 2, 3])
def test_elliptic_function_is_scipys(decade: int) -> None:
    """SciPy takes ``1 - ℓ²``, whose rounding is ``eps / ℓ²`` of ℓ²: it can judge the large ℓ alone."""
    ell = 10.0**-decade
    u = np.linspace(0.02, 0.9, 30) * _quarter_period(ell)
    sn, cn, _, _ = ellipj(u, 1 - ell**2)
    np.testing.assert_allclose([_sc(at, ell) for at in u], sn / cn, rtol=1e-15 / ell**2 + 1e-12)


def test_table_is_laid_out_as_the_kernel_reads_it() -> None:
    table = sign_table()
    np.testing.assert_allclose(table.smallest, [10.0**-decade for decade in DECADES])
    assert table.starts[0] == 0
    assert table.starts[-1] == len(table.nodes) == len(table.weights)
    assert np.all(np.diff(table.starts) > 0)
    assert np.all(table.nodes > 0)
    assert np.all(table.weights > 0)
