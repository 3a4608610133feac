"""Entries changed one at a time in a decomposed matrix, each read back from the new truncated SVD."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels import _native

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DECADES: Final = 13


@dataclass(frozen=True)
class Changes:
    """Changes of A, one at a time, given in the basis of A's left singular vectors U (complete, m of them).

    With ``x = U[row]``, ``c = Uᵀ A[:, column]`` and ``e = extras[extra]``, the changed A' has
    ``Uᵀ A' A'ᵀ U = Σ² + W K Wᵗ``, ``W = [w0 w1]``, ``K = [[q, 1], [1, 0]]``, and ``right = Uᵀ A'[:, column]``:

    - a change within one row: ``w0 = x``, ``w1 = alpha e + beta c``, ``right = c + gamma x``;
    - a change within one column (``whole_column``): ``w0 = alpha e + beta x``, ``w1 = c``, ``right = c + w0``.

    All arrays have shape ``(n,)``; ``extras`` has shape ``(any, m)``.
    """

    row: NDArray[np.int32]
    column: NDArray[np.int32]
    extra: NDArray[np.int32]
    alpha: NDArray[np.float64]
    beta: NDArray[np.float64]
    gamma: NDArray[np.float64]
    q: NDArray[np.float64]
    extras: NDArray[np.float64]
    whole_column: bool = False


def one_hidden(
    squares: NDArray[np.float64],
    rank: int,
    basis: NDArray[np.float64],
    columns: NDArray[np.float64],
    changes: Changes,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Each changed entry read back from the new best rank-``rank`` approximation.

    Parameters: ``squares`` σ² descending, shape ``(m,)``; ``basis`` U, shape ``(any, m)``; ``columns``
    rows of AᵀU, shape ``(any, m)``; all float64, C order; ``rank`` < m.

    Returns the values, shape ``(n,)``, and where they are defined: where singular values ``rank`` and
    ``rank + 1`` of the changed matrix tie to rounding, the approximation is not unique and the value is 0.
    O(m) time a value: sign function of the changed matrix by Zolotarev's rational approximation.
    """
    table = sign_table()
    out = np.zeros(len(changes.row))
    defined = np.zeros(len(changes.row), dtype=bool)
    _native.one_hidden(
        squares, rank, table.smallest, table.starts, table.nodes, table.weights, basis, columns, changes.extras,
        changes.row, changes.column, changes.extra, changes.alpha, changes.beta, changes.gamma, changes.q,
        changes.whole_column, out, defined, threads,
    )  # fmt: skip
    return out, defined


@dataclass(frozen=True)
class SignTable:
    """``sign(x) ≈ Σ_j weights[j] x / (x² + nodes[j]²)`` on ``ℓ ≤ |x| ≤ 1``, to 2e-13.

    For the i-th ``ℓ = smallest[i]``, j runs from ``starts[i]`` to ``starts[i + 1] - 1``.
    """

    smallest: NDArray[np.float64]
    starts: NDArray[np.int64]
    nodes: NDArray[np.float64]
    weights: NDArray[np.float64]


@cache
def sign_table() -> SignTable:
    """Zolotarev's approximations for ℓ = 10⁻¹ … 10⁻¹³ (Akhiezer 1990, section 52)."""
    decades = np.arange(1, _DECADES + 1)
    pairs = [_zolotarev(10.0**-decade, 8 + 7 * decade) for decade in decades.tolist()]
    starts = np.concatenate([[0], np.cumsum([len(nodes) for nodes, _ in pairs])])
    nodes, weights = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return SignTable(np.power(10.0, -decades.astype(np.float64)), starts, nodes, weights)


def _zolotarev(ell: float, terms: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of the best approximation with ``terms`` poles above the real axis."""
    period = _quarter_period(ell)
    low = [_sc(j * period / (2 * terms), ell) for j in range(1, terms)]
    high = [1 / (ell * ratio) for ratio in low[::-1]]  # sc(K - u) = 1 / (k sc u): tan loses digits near its pole
    c = (ell * np.array([*low, ell**-0.5, *high])) ** 2
    poles = c[::2]
    zeros = c[1::2]
    weights = np.array([np.prod([(z - p) / (o - p) for z, o in zip(zeros, np.delete(poles, j), strict=True)])
                        for j, p in enumerate(poles)])  # fmt: skip
    x = np.geomspace(ell, 1.0, 4001)[:, None]
    value = (weights * x / (x * x + poles)).sum(axis=1)
    return np.sqrt(poles), weights * 2 / (value.min() + value.max())


def _quarter_period(ell: float) -> float:
    """Complete elliptic integral K(k') with complementary modulus ``ell``, by the arithmetic-geometric mean."""
    a = 1.0
    b = ell
    while abs(a - b) > 1e-15 * a:
        a, b = (a + b) / 2, float(np.sqrt(a * b))
    return float(np.pi / (2 * a))


def _sc(u: float, ell: float) -> float:
    """Jacobi's sn/cn at ``0 < u < K`` for complementary modulus ``ell`` (Bulirsch 1965).

    Sums of positive numbers alone: a Landen descent by arc sines loses half the digits where ``ell`` is small.
    """
    a = 1.0
    b = ell
    means = [1.0]
    roots = [ell]
    while abs(a - b) > 1e-15 * a:
        a, b = (a + b) / 2, float(np.sqrt(a * b))
        means.append(a)
        roots.append(b)
    middle = (a + b) / 2
    ratio = 1 / float(np.tan(middle * u))
    slope = 1.0
    cotangent = middle * ratio
    for mean, root in zip(means[::-1], roots[::-1], strict=True):
        ratio *= cotangent
        cotangent *= slope
        slope = (root + ratio) / (mean + ratio)
        ratio = cotangent / mean
    return 1 / cotangent
