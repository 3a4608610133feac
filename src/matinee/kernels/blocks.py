"""Ratings cut into blocks that threads can take side by side without meeting in a row of factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from matinee.kernels import _native
from matinee.kernels.aligned import aligned_zeros
from matinee.kernels.solve_rows import stride_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

FEWEST_GROUPS: Final = 16
"""Groups of either side, so up to so many threads find work at a time."""

_MOST_IN_A_GROUP: Final = 1 << 16

USERS_IN_TURN: Final = 16
"""A block goes through so many users at a time, one entry of each in turn; ``users_in_turn`` in native/blocks.hpp."""


@dataclass(frozen=True)
class Groups:
    """Rows in groups of about as many ratings each.

    ``order`` (int32, ``(rows,)``) names the rows group by group, those with most ratings first; group g is
    ``order[starts[g]:starts[g + 1]]``, at most 65,536 rows. ``starts``: int64, ``(groups + 1,)``.
    ``counts`` (int64, ``(rows,)``): ratings of each row, in this order.
    """

    order: NDArray[np.int32]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def balanced(cls, counts: NDArray[np.int64], groups: int) -> Groups:
        """Rows dealt out by falling number of ratings, to and fro over the groups. O(rows log rows)."""
        by_count = np.argsort(-counts, kind="stable")
        place = np.arange(len(counts)) % (2 * groups)
        group = np.minimum(place, 2 * groups - 1 - place)
        order = by_count[np.argsort(group, kind="stable")]
        starts = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))])
        return cls(order.astype(np.int32), starts.astype(np.int64), counts[order])

    def scattered(self, key: int, rank: int, length: float, threads: int) -> NDArray[np.float32]:
        """Random rows of mean square length ``length``, in this order, padded; zeros for a row without ratings.

        Numbers ``r rank`` and on of the stream ``key``, evenly spread around 0, are row r's, whatever its group.
        Float32, shape ``(rows, stride)``; see `matinee.kernels.solve_rows.padded`.
        """
        out = aligned_zeros(len(self.order), stride_of(rank))
        limit = length * np.sqrt(3.0 / max(rank, 1))
        _native.scatter_rows(key, self.order, self.counts, rank, limit, out, threads)
        return out


@dataclass(frozen=True)
class Blocks:
    """Ratings in ``groups²`` blocks.

    The block of user group g and item group h has the entries ``offsets[groups g + h]`` and on, up to the next
    offset. An entry (uint64) holds its user in the lowest 16 bits, its item in the next 16, both counted from the
    first row of their group, and a float32 in the upper 32. Blocks with different users and different items share
    nothing. Memory: 8 bytes a rating.
    """

    users: Groups
    items: Groups
    offsets: NDArray[np.int64]
    entries: NDArray[np.uint64]

    @classmethod
    def cut(cls, by_user: Compressed, items: int, shift: float, scale: float, threads: int) -> Blocks:
        """The ratings of compressed rows, as ``(value - shift) * scale``.

        A block goes through its users by falling number of ratings, `USERS_IN_TURN` at a time, and takes one
        entry of each in turn. The result does not depend on ``threads``. O(ratings).
        """
        groups = group_count(by_user.row_count, items)
        user_groups = Groups.balanced(by_user.lengths, groups)
        item_groups = Groups.balanced(np.bincount(by_user.indices, minlength=items), groups)
        entries = np.empty(len(by_user.indices), np.uint64)
        out = cls(user_groups, item_groups, np.empty(groups**2 + 1, np.int64), entries)
        _native.cut_blocks(
            *by_user, user_groups.order, user_groups.starts, item_groups.order, item_groups.starts, shift, scale,
            out.offsets, out.entries, threads,
        )  # fmt: skip
        return out


def group_count(users: int, items: int) -> int:
    """Groups of each side: enough that the rows of one can be counted in 16 bits."""
    return max(FEWEST_GROUPS, -(-max(users, items) // _MOST_IN_A_GROUP))
