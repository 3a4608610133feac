"""NumPy twin of `matinee.kernels.blocks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matinee.kernels.blocks import USERS_IN_TURN, group_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.kernels.compress import Compressed

    Entry = tuple[int, int, float]


def dealt_out(counts: NDArray[np.int64], groups: int) -> list[list[int]]:
    """The rows of each group: those with most ratings first, to and fro over the groups."""
    out: list[list[int]] = [[] for _ in range(groups)]
    for place, row in enumerate(sorted(range(len(counts)), key=lambda row: (-counts[row], row))):
        turn, group = divmod(place, groups)
        out[groups - 1 - group if turn % 2 else group].append(row)
    return out


def cut(by_user: Compressed, items: int) -> tuple[list[list[int]], list[list[int]], list[list[Entry]]]:
    """The users and the items of each group, and the entries ``(user, item, value)`` of each block."""
    offsets, indices, values = by_user
    groups = group_count(by_user.row_count, items)
    users = dealt_out(by_user.lengths, groups)
    films = dealt_out(np.bincount(indices, minlength=items), groups)
    group_of = {item: group for group, members in enumerate(films) for item in members}
    blocks: list[list[Entry]] = []
    for members in users:
        for group in range(groups):
            block: list[Entry] = []
            for start in range(0, len(members), USERS_IN_TURN):
                runs = []
                for user in members[start : start + USERS_IN_TURN]:
                    entries = range(offsets[user], offsets[user + 1])
                    chosen = [e for e in entries if group_of[int(indices[e])] == group]
                    runs.append([(user, int(indices[e]), float(values[e])) for e in chosen])
                for turn in range(max(map(len, runs), default=0)):
                    block += [run[turn] for run in runs if turn < len(run)]
            blocks.append(block)
    return users, films, blocks
