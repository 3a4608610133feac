"""Drift of a person's ratings within a session: levels that come and go, known at the times of ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matinee.matrix.fields import array, freeze

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class SessionDrift:
    """Levels of each user at the times of the user's training ratings, one for each time scale.

    Attributes
    ----------
    starts : int64, shape ``(m + 1,)``: user u's are ``starts[u]`` to ``starts[u + 1] - 1``.
    time : seconds since 1970, int64, ascending within a user, shape ``(t,)``.
    level : stars, float32, shape ``(t, c)``.
    scales : seconds over 0, float64, shape ``(c,)``: after so long a level has fallen to a share of 1/e.

    """

    starts: NDArray[np.int64] = array("m+1", np.int64)
    time: NDArray[np.int64] = array("t", np.int64)
    level: NDArray[np.float32] = array("t c")
    scales: NDArray[np.float64] = array("c", np.float64)

    def __post_init__(self) -> None:
        freeze(self)

    def fault(self) -> str | None:
        """Fault that keeps look-ups from staying within the levels; ``None`` where nothing does."""
        starts = self.starts
        if starts[0] != 0 or starts[-1] != len(self.time) or (np.diff(starts) < 0).any():
            return f"starts does not lead from 0 to {len(self.time):,}"
        owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        if (np.diff(self.time)[np.diff(owner) == 0] < 0).any() or (self.scales <= 0).any():
            return "time does not ascend within a user, or a scale is not over 0"
        return None

    def at(self, user: NDArray[np.integer], time: NDArray[np.integer]) -> NDArray[np.float64]:
        """Expected level of users at times, given their levels before and after: stars, shape ``(n,)``.

        The mean of an Ornstein–Uhlenbeck bridge; 0 far from all of a user's ratings.
        """
        place = self._places(user, time)
        before, after = place > self.starts[user], place < self.starts[user + 1]
        left, right = np.maximum(place - 1, 0), np.minimum(place, max(0, len(self.time) - 1))
        total = np.zeros(len(user))
        for index, scale in enumerate(self.scales if len(self.time) else ()):
            since, until = (time - self.time[left]) / scale, (self.time[right] - time) / scale
            rises, falls = np.where(before, np.exp(-np.abs(since)), 0.0), np.where(after, np.exp(-np.abs(until)), 0.0)
            level = self.level[:, index].astype(np.float64)
            total += _bridge(rises, falls, level[left], level[right])
        return total

    def _places(self, user: NDArray[np.integer], time: NDArray[np.integer]) -> NDArray[np.int64]:
        """Number of levels, counted from the first user's, before each of the times of the users."""
        if not len(self.time):
            return np.zeros(len(user), np.int64)
        first, last = int(self.time.min()), int(self.time.max())
        width = last - first + 3
        owner = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        keys = owner * width + (self.time - first + 1)
        times = user.astype(np.int64) * width + (np.clip(time, first - 1, last + 1) - first + 1)
        return np.asarray(np.searchsorted(keys, times), dtype=np.int64)


def _bridge(
    rises: NDArray[np.float64], falls: NDArray[np.float64], left: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The mean between two levels, of which ``rises`` and ``falls`` are left by then; 0 where there is none."""
    variance = np.maximum(1.0 - np.square(rises * falls), 1e-300)
    near = rises * falls > 1.0 - 1e-12  # both at this very time
    between = (rises * (1.0 - falls**2) * left + falls * (1.0 - rises**2) * right) / variance
    return np.where(near, left, between)
