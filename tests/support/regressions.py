"""Ridge regressions of rows on given factors, as the kernels take them."""

from __future__ import annotations

import dataclasses

import numpy as np

from matinee.kernels.solve_rows import Regressions, Ridge, padded

RIDGE = Ridge(0.7, 0.03, 0.4, 0.02)

EPS = float(np.finfo(np.float32).eps)


def regressions(a, rank: int, seed: int = 0, **changes) -> Regressions:
    rng = np.random.default_rng(seed)
    other = padded(rng.standard_normal((a.columns, rank)))
    offset = rng.standard_normal(a.columns).astype(np.float32)
    return dataclasses.replace(Regressions(a.compressed, other, rank, RIDGE, 0.3, offset), **changes)


def weighted(a, rank: int, seed: int = 0) -> Regressions:
    """As in implicit feedback: a base that all rows share, and weights."""
    rng = np.random.default_rng(seed + 1)
    half = padded(rng.standard_normal((rank, rank)))
    base = np.ascontiguousarray(half.T @ half)
    return regressions(a, rank, seed, weights=np.abs(a.compressed.values), base=base, offset=None, shift=0.0)


def with_prior(a, rank: int, seed: int = 0) -> Regressions:
    return regressions(a, rank, seed, prior=padded(np.random.default_rng(seed).standard_normal((a.rows, rank))))
