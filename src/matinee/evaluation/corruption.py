"""Entries corrupted one at a time, all others intact, and read back from the recomputed truncated SVD.

Exact without refitting: changing an entry, or the row or column that its mean moves, changes ``A Aᵀ`` by a
matrix of rank two, and `matinee.kernels.one_hidden` reads the entry back from the changed decomposition in
time linear in the shorter side. What is recomputed and what is held, for each fill:

==========  ====================================================================================
``zero``    nothing to recompute: the entry alone changes
``mean``    the mean is recomputed, and with it every known cell: one decomposition for each
            distinct change of the mean, at most `MOST_MEANS`
``user``    the user's mean is recomputed, and with it her row
``item``    the film's mean is recomputed, and with it its column
``bias``    the mean and all biases are **held** at what the whole file gives; they have seen the
            entry, so errors come out smaller than for ratings never seen (use ``hide`` for those)
==========  ====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.evaluation.full_svd import FullSVD, full_svd
from matinee.kernels.one_hidden import Changes, one_hidden
from matinee.matrix.sparse import RatingMatrix
from matinee.models.common.fill import fill_of
from matinee.models.svd.solve import truncated_svd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from matinee.matrix.biases import Baseline
    from matinee.models.truncated_svd import TruncatedSVD

MOST_MEANS: Final = 64
"""Distinct changes of the mean for which fill ``mean`` is recomputed."""

_REFIT_TOLERANCE: Final = 1e-10
_BLOCK_NUMBERS: Final = 1 << 25
"""Numbers in one block of projected columns (256 MB)."""


@dataclass(frozen=True)
class Entries:
    """Entries to corrupt: where they are, what they were, and what replaces them (NaN-free; see ``removed``).

    ``user``, ``item`` int32 and ``value``, ``replacement`` float64, shape ``(n,)``; ``removed``: the entry
    becomes unknown, and ``replacement`` means nothing.
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    value: NDArray[np.float64]
    replacement: NDArray[np.float64]
    removed: bool

    def __len__(self) -> int:
        return len(self.value)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Entries:
        """The entries at ``rows``."""
        return Entries(self.user[rows], self.item[rows], self.value[rows], self.replacement[rows], self.removed)


@dataclass(frozen=True)
class ReadBack:
    """Entries read back: ``value`` in stars, float64, shape ``(n,)``, not clipped, and the number that ``tied``.

    Where singular values k and k + 1 of the corrupted matrix tie, its truncation is not unique; those entries
    are read from a refit, which takes one of the possible ones.
    """

    value: NDArray[np.float64]
    tied: int


def read_back(
    matrix: RatingMatrix,
    config: TruncatedSVD,
    entries: Entries,
    threads: int,
    progress: Callable[[float], None],
) -> ReadBack:
    """Every entry read back from the rank-k SVD of the matrix in which it alone is corrupted.

    Raises `ConfigError` where the rank is not under the shorter side, where that is too long to decompose
    completely, or where fill ``mean`` would need more than `MOST_MEANS` decompositions.
    """
    _check(matrix, config)
    if config.fill == "mean":
        return _with_recomputed_mean(matrix, config, entries, threads, progress)
    fill = fill_of(matrix, config.fill, config.damping, threads)
    after = _fill_after(matrix, config.fill, fill, entries)
    svd = full_svd(matrix.residual(fill.mean, fill.user, fill.item), threads)
    return _read(matrix, config, svd, _Change(entries, fill, after, config.fill), threads, progress)


def refit_one(matrix: RatingMatrix, config: TruncatedSVD, entries: Entries, index: int, threads: int) -> float:
    """The same for one entry the slow way: corrupt it, fill, decompose, read it back. Stars, not clipped."""
    entry = entries.take(np.array([index]))
    held = fill_of(matrix, "bias", config.damping, threads) if config.fill == "bias" else None
    changed = _corrupted(matrix, entry)
    fill = held or fill_of(changed, config.fill, config.damping, threads)
    residual = changed.residual(fill.mean, fill.user, fill.item)
    svd = truncated_svd(residual, config.rank, tolerance=_REFIT_TOLERANCE, threads=threads)
    factors = svd.left[entry.user[0]] * svd.values
    return float(fill.predict(entry.user, entry.item)[0] + factors @ svd.right[entry.item[0]])


@dataclass(frozen=True)
class _Change:
    """Entries with the fill at their cell before and after."""

    entries: Entries
    fill: Baseline
    after: NDArray[np.float64]
    kind: str

    @property
    def before(self) -> NDArray[np.float64]:
        return self.fill.predict(self.entries.user, self.entries.item)

    @property
    def cell_before(self) -> NDArray[np.float64]:
        return self.entries.value - self.before

    @property
    def cell_after(self) -> NDArray[np.float64]:
        if self.entries.removed:
            return np.zeros(len(self.entries))
        return self.entries.replacement - self.after

    def take(self, rows: NDArray[np.integer]) -> _Change:
        return _Change(self.entries.take(rows), self.fill, self.after[rows], self.kind)


def _check(matrix: RatingMatrix, config: TruncatedSVD) -> None:
    short = min(matrix.shape)
    if config.rank >= short:
        raise ConfigError(
            f"rank: found {config.rank}; corrupting single entries needs a rank under {short}, the number of users "
            "or items, whichever is smaller; choose a smaller rank"
        )


def _fill_after(matrix: RatingMatrix, kind: str, fill: Baseline, entries: Entries) -> NDArray[np.float64]:
    """The fill at each entry's cell once that entry is corrupted."""
    before = fill.predict(entries.user, entries.item)
    if kind not in ("user", "item"):
        return before
    count = (matrix.user_counts[entries.user] if kind == "user" else matrix.item_counts[entries.item]).astype(float)
    if not entries.removed:
        return np.asarray(before + (entries.replacement - entries.value) / count)
    overall = (matrix.mean * len(matrix) - entries.value) / max(1, len(matrix) - 1)
    others = (before * count - entries.value) / np.maximum(count - 1, 1)
    return np.asarray(np.where(count > 1, others, overall))


def _with_recomputed_mean(
    matrix: RatingMatrix, config: TruncatedSVD, entries: Entries, threads: int, progress: Callable[[float], None]
) -> ReadBack:
    distinct, group = np.unique(_means_without(matrix, entries), return_inverse=True)
    if len(distinct) > MOST_MEANS:
        raise ConfigError(
            f"fill 'mean': corrupting these entries gives {len(distinct):,} different means, and each needs a "
            f"decomposition; at most {MOST_MEANS} are made; use another fill"
        )
    value = np.empty(len(entries))
    tied = 0
    for index, mean in enumerate(distinct):
        rows = np.flatnonzero(group == index)
        fill = fill_of(matrix, "zero", 0.0, threads)
        shifted = type(fill)(float(mean), fill.user, fill.item)
        svd = full_svd(matrix.residual(shifted.mean, shifted.user, shifted.item), threads)
        change = _Change(entries.take(rows), shifted, np.full(len(rows), mean), "mean")
        part = _read(matrix, config, svd, change, threads, _part_of(progress, index, len(distinct)))
        value[rows] = part.value
        tied += part.tied
    return ReadBack(value, tied)


def _means_without(matrix: RatingMatrix, entries: Entries) -> NDArray[np.float64]:
    """The mean of the matrix once each entry is corrupted."""
    others = matrix.mean * len(matrix) - entries.value
    if entries.removed:
        return np.asarray(others / max(1, len(matrix) - 1))
    return np.asarray((others + entries.replacement) / len(matrix))


def _part_of(progress: Callable[[float], None], index: int, parts: int) -> Callable[[float], None]:
    return lambda share: progress((index + share) / parts)


def _read(
    matrix: RatingMatrix,
    config: TruncatedSVD,
    svd: FullSVD,
    change: _Change,
    threads: int,
    progress: Callable[[float], None],
) -> ReadBack:
    """Read back in blocks of columns, so that only a block's projections are held at once."""
    column = change.entries.user if svd.turned else change.entries.item
    row = change.entries.item if svd.turned else change.entries.user
    order = np.argsort(column, kind="stable")
    side = len(svd.squares)
    width = max(1, _BLOCK_NUMBERS // side)
    value = np.empty(len(column))
    defined = np.empty(len(column), dtype=bool)
    extras = _Extras(svd, change.kind)
    edges = np.searchsorted(column[order], np.arange(0, svd.length + width, width))
    for block, (begin, end) in enumerate(pairwise(edges.tolist())):
        first = block * width
        columns = svd.columns(first, min(first + width, svd.length))
        local_extras = extras.of_block(first, min(first + width, svd.length))
        for part in np.array_split(order[begin:end], max(1, (end - begin) // 8192)):
            changes = _changes(change.take(part), row[part], column[part] - first, extras, local_extras, matrix)
            value[part], defined[part] = one_hidden(svd.squares, config.rank, svd.basis, columns, changes, threads)
            progress(float(end) / max(1, len(order)))
    value += change.after
    for index in np.flatnonzero(~defined):
        value[index] = refit_one(matrix, config, change.entries, int(index), threads)
    return ReadBack(value, int((~defined).sum()))


class _Extras:
    """Further products for a moved mean: for a row ``Uᵀ A 1``, for a column ``Uᵀ 1``, over its known cells."""

    def __init__(self, svd: FullSVD, kind: str) -> None:
        self._svd = svd
        self.moves_row = kind == ("item" if svd.turned else "user")
        self.moves_column = kind == ("user" if svd.turned else "item")
        self._rows = svd.row_sums() if self.moves_row else np.zeros((1, len(svd.squares)))

    def of_block(self, first: int, last: int) -> NDArray[np.float64]:
        return self._svd.column_sums(first, last) if self.moves_column else self._rows


def _changes(
    change: _Change,
    row: NDArray[np.int32],
    column: NDArray[np.int32],
    extras: _Extras,
    vectors: NDArray[np.float64],
    matrix: RatingMatrix,
) -> Changes:
    """The changes as the kernel takes them; see `Changes` for the algebra."""
    moved = change.before - change.after
    cell = change.cell_after - change.cell_before
    first = np.zeros(len(row), dtype=np.int32)
    zeros = np.zeros(len(row))
    if extras.moves_column:
        return Changes(row, column, column, moved, cell - moved, zeros, np.ones(len(row)), vectors, True)
    if extras.moves_row:
        counts = (
            matrix.user_counts[change.entries.user]
            if change.kind == "user"
            else matrix.item_counts[change.entries.item]
        )
        squared = moved**2 * (counts - 1) + cell**2
        return Changes(row, column, row, moved, cell - moved, cell, squared, vectors)
    return Changes(row, column, first, zeros, cell, cell, cell**2, vectors)


def _corrupted(matrix: RatingMatrix, entry: Entries) -> RatingMatrix:
    """The matrix with one entry removed or replaced, built anew."""
    offsets, item, value = matrix.by_user
    user = np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(offsets))
    cell = (user == entry.user[0]) & (item == entry.item[0])
    if entry.removed:
        return RatingMatrix.from_triplets(user[~cell], item[~cell], value[~cell], matrix.shape)
    replaced = np.where(cell, np.float32(entry.replacement[0]), value)
    return RatingMatrix.from_triplets(user, item, replaced, matrix.shape)
