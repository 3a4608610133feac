"""The last step from parsed columns to `Ratings`: scale, times, duplicates, vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.duplicates import superseded
from matinee.data.places import Kept
from matinee.data.ratings import Ratings
from matinee.data.scale import Scale, infer_scale
from matinee.data.vocabulary import Vocabulary
from matinee.data.wording import merge, problem, quote, row_problems

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.places import Places
    from matinee.data.problems import Problem
    from matinee.data.table import Table

    Mask = NDArray[np.bool_]

LATEST_SECOND: Final = 4_102_444_800
"""The first second of 2100: no rating is as late, so a larger number counts something smaller."""

_UNITS: Final = (
    (1, "seconds"),
    (1_000, "milliseconds"),
    (1_000_000, "microseconds"),
    (1_000_000_000, "nanoseconds"),
)
_CHUNK: Final = 1 << 18


@dataclass(frozen=True)
class Validated:
    """What came of a table: the ratings that hold good (``None`` for none), and every problem."""

    ratings: Ratings | None
    problems: tuple[Problem, ...]
    rows: int

    @property
    def refused(self) -> tuple[Problem, ...]:
        """The problems that make reading refuse unless told to skip."""
        return tuple(found for found in self.problems if not found.harmless)


def validate(table: Table, source: str, scale: Scale | None = None) -> Validated:
    """Check the typed columns of ``table`` and make `Ratings` of the rows that hold good.

    ``source`` names the whole in messages. Of several ratings of one item by one user the latest is
    kept; without timestamps, or where these are equal, the last in the source.
    """
    check = _Check(table)
    if len(table.frame):
        scale = check.ratings(source, scale)
        check.times()
        check.drop_bad()
    if check.frame.is_empty():
        check.problems.append(problem("nothing-left" if table.rows else "no-ratings", source))
        return Validated(None, merge(check.problems), table.rows)
    if any(found.fatal for found in check.problems) or scale is None:
        return Validated(None, merge(check.problems), table.rows)
    ratings = check.finish(source, scale)
    return Validated(ratings, merge(check.problems), table.rows)


class _Check:
    """Goes over one table; ``bad`` marks the rows to leave out."""

    def __init__(self, table: Table) -> None:
        self.frame = table.frame
        self.places: Places = table.places
        self.problems: list[Problem] = list(table.problems)
        self.bad: Mask = np.zeros(0, dtype=bool)

    def mark(self, kind: str, bad: Mask, found: str, **words: object) -> None:
        """Record a problem at the rows where ``bad`` holds, and leave them out."""
        self.problems += row_problems(kind, self.places, np.flatnonzero(bad), found=found, **words)
        self.bad = self.bad | bad if len(self.bad) else bad

    def ratings(self, source: str, scale: Scale | None) -> Scale | None:
        """Finite and on the scale; which is found where not given. ``None`` if no rating is finite."""
        values = self.frame["rating"].to_numpy()
        distinct, counts = distribution(values)
        finite = np.isfinite(distinct)
        if not finite.all():
            self.mark("rating-not-finite", ~np.isfinite(values), quote(distinct[~finite][0]))
        if not finite.any():
            return None
        chosen = scale or infer_scale(distinct[finite], counts[finite])
        off = finite & ~chosen.contains(np.where(finite, distinct, chosen.low))
        if scale is not None and counts[off].sum() * 2 > counts[finite].sum():
            span = f"{distinct[finite].min():g} to {distinct[finite].max():g}"
            self.problems.append(problem("scale-does-not-fit", source, found=f"ratings from {span}", scale=scale))
        elif off.any():
            self.mark("rating-out-of-scale", np.isin(values, distinct[off]), f"{distinct[off][0]:g}", scale=chosen)
        return chosen

    def times(self) -> None:
        """From 1970 to 2099 and in seconds; smaller units are turned into seconds."""
        if "timestamp" not in self.frame.columns:
            return
        times = self.frame["timestamp"].to_numpy()
        if times.min() >= 0 and times.max() < LATEST_SECOND:
            return
        unit = sum(times >= LATEST_SECOND * factor for factor, _ in _UNITS)
        for number, (factor, name) in enumerate(_UNITS[1:], start=1):
            rows = np.flatnonzero(unit == number)
            if len(rows):
                found = f"{times[rows[0]]}"
                self.problems += row_problems(
                    "timestamp-milliseconds", self.places, rows, found=found, unit=name, factor=factor
                )
        impossible = (times < 0) | (unit == len(_UNITS))
        if impossible.any():
            self.mark("timestamp-impossible", impossible, f"{times[impossible][0]}")
        factors = np.array([*(factor for factor, _ in _UNITS), 1], dtype=np.int64)[unit]
        self.frame = self.frame.with_columns(pl.Series("timestamp", times // factors))

    def drop_bad(self) -> None:
        """Leave out the rows marked so far."""
        if self.bad.any():
            self.keep(np.flatnonzero(~self.bad))

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Leave out all but ``rows``."""
        self.frame = self.frame[rows]
        self.places = Kept(self.places, rows)

    def finish(self, source: str, scale: Scale) -> Ratings:
        """Vocabularies, dense indices and one rating for each pair."""
        users, user = Vocabulary.index_all(self.frame["user"], "user")
        items, item = Vocabulary.index_all(self.frame["item"], "item")
        times = self.frame["timestamp"].to_numpy() if "timestamp" in self.frame.columns else None
        value = self.frame["rating"].to_numpy()
        ratings = Ratings(user, item, value, users, items, scale, times, source=source)
        repeated = superseded(user, item, times, (len(users), len(items)))
        return ratings if repeated is None else self._without(ratings, repeated)

    def _without(self, ratings: Ratings, repeated: Mask) -> Ratings:
        rows = np.flatnonzero(repeated)
        rule = "the last one in the file is kept" if ratings.timestamp is None else "the latest one is kept"
        found = self._example(ratings, repeated, int(rows[0]))
        self.problems += row_problems("duplicates", self.places, rows, found=found, rule=rule)
        return ratings.take(~repeated)

    def _example(self, ratings: Ratings, repeated: Mask, row: int) -> str:
        """The user and item of ``row``, and the line of the rating that is kept."""
        same = (ratings.user == ratings.user[row]) & (ratings.item == ratings.item[row])
        ((where, lines),) = self.places.locate(np.flatnonzero(same & ~repeated))
        ((own, _),) = self.places.locate(np.array([row]))
        user, item = ratings.users.ids[int(ratings.user[row])], ratings.items.ids[int(ratings.item[row])]
        file = "" if where == own else f" of {where}"
        return f"user {user!r} and item {item!r}, again on line {lines[0]}{file}"


def distribution(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The distinct ratings, ascending, and how often each occurs; quick where they are half stars."""
    counts = np.zeros(256, dtype=np.int64)
    for start in range(0, len(values), _CHUNK):
        doubled = values[start : start + _CHUNK] * 2
        with np.errstate(invalid="ignore"):
            codes = doubled.astype(np.uint8)
        if not np.array_equal(codes, doubled):
            distinct, times = np.unique(values, return_counts=True)
            return distinct, times.astype(np.int64)
        counts += np.bincount(codes, minlength=256)
    halves = np.flatnonzero(counts)
    return (halves / 2).astype(np.float32), counts[halves]
