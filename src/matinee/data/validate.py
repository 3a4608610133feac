"""From parsed columns to `Ratings`: scale, times, duplicates, vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from matinee.data.line_numbers import Selected
from matinee.data.problems import merge, problem, quote, row_problems
from matinee.data.ratings import Ratings
from matinee.data.scale import Scale, infer_scale
from matinee.data.vocabulary import Vocabulary
from matinee.kernels.compress import duplicate_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.line_numbers import LineNumbers
    from matinee.errors import Problem

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
class ParsedRatings:
    """Parsed rows: ``user`` and ``item`` (integers or String), ``rating`` (Float32), perhaps ``timestamp``.

    ``frame`` holds no nulls. ``timestamp`` is Int64, in whatever unit the source has. Rows that could not be parsed
    are not in it: ``problems`` names them. ``rows`` counts all rows.
    """

    frame: pl.DataFrame
    numbers: LineNumbers
    rows: int
    problems: tuple[Problem, ...] = ()


def validate(
    parsed: ParsedRatings, source: str, scale: Scale | None = None
) -> tuple[Ratings | None, tuple[Problem, ...]]:
    """`Ratings` of the parsed rows that are valid (``None`` where there are none), and every problem.

    ``source`` names the whole in messages. Of several ratings of one item by one user the latest is
    kept; without timestamps, or where these are equal, the last in the source.
    """
    check = _Check(parsed)
    if len(parsed.frame):
        scale = check.ratings(source, scale)
        check.times()
        check.drop_bad()
    ratings = None
    if check.frame.is_empty():
        check.problems.append(problem("nothing-left" if parsed.rows else "no-ratings", source))
    elif scale is not None and not any(problem.fatal for problem in check.problems):
        ratings = check.finish(source, scale)
    return ratings, merge(check.problems)


class _Check:
    """Checks one table, column by column; ``bad`` marks the rows to leave out."""

    def __init__(self, parsed: ParsedRatings) -> None:
        self.frame = parsed.frame
        self.numbers = parsed.numbers
        self.problems = list(parsed.problems)
        self.bad: Mask = np.zeros(0, dtype=bool)

    def mark(self, kind: str, bad: Mask, found: str, **words: object) -> None:
        """Record a problem at the rows where ``bad`` holds, and leave them out."""
        self.problems += row_problems(kind, self.numbers, np.flatnonzero(bad), found=found, **words)
        self.bad = self.bad | bad if len(self.bad) else bad

    def ratings(self, source: str, scale: Scale | None) -> Scale | None:
        """Mark ratings that are not finite or off the scale; the scale, inferred if ``None``, if any is finite."""
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
        """Turn milliseconds and smaller units into seconds; mark times that are not from 1970 to 2099."""
        if "timestamp" not in self.frame.columns:
            return
        times = self.frame["timestamp"].to_numpy()
        if times.min() >= 0 and times.max() < LATEST_SECOND:
            return
        unit = sum(times >= LATEST_SECOND * factor for factor, _ in _UNITS)
        for number, (factor, name) in enumerate(_UNITS[1:], start=1):
            rows = np.flatnonzero(unit == number)
            if len(rows):
                self.problems += row_problems(
                    "timestamp-milliseconds", self.numbers, rows, found=f"{times[rows[0]]}", unit=name, factor=factor
                )
        impossible = (times < 0) | (unit == len(_UNITS))
        if impossible.any():
            self.mark("timestamp-impossible", impossible, f"{times[impossible][0]}")
        factors = np.array([*(factor for factor, _ in _UNITS), 1], dtype=np.int64)[unit]
        self.frame = self.frame.with_columns(pl.Series("timestamp", times // factors))

    def drop_bad(self) -> None:
        """Leave out the rows marked so far."""
        if self.bad.any():
            rows = np.flatnonzero(~self.bad)
            self.frame = self.frame[rows]
            self.numbers = Selected(self.numbers, rows)

    def finish(self, source: str, scale: Scale) -> Ratings:
        """`Ratings` with vocabularies, dense indices and one rating for each pair."""
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
        example = self._example(ratings, repeated, int(rows[0]))
        self.problems += row_problems("duplicates", self.numbers, rows, found=example, rule=rule)
        return ratings.take(~repeated)

    def _example(self, ratings: Ratings, repeated: Mask, row: int) -> str:
        """User and item of ``row``, and the line of the rating that is kept."""
        same = (ratings.user == ratings.user[row]) & (ratings.item == ratings.item[row])
        ((where, lines),) = self.numbers.locate(np.flatnonzero(same & ~repeated))
        ((where_repeated, _),) = self.numbers.locate(np.array([row]))
        user = ratings.users.ids[int(ratings.user[row])]
        item = ratings.items.ids[int(ratings.item[row])]
        file = "" if where == where_repeated else f" of {where}"
        return f"user {user!r} and item {item!r}, again on line {lines[0]}{file}"


def superseded(
    user: NDArray[np.int32], item: NDArray[np.int32], timestamp: NDArray[np.int64] | None, shape: tuple[int, int]
) -> Mask | None:
    """Mask of the ratings that another one replaces, or ``None`` where no pair occurs twice.

    The latest replaces the others; among equal timestamps, or without any, the last row does.
    """
    if not duplicate_count(user, item, *shape):
        return None
    cell = user.astype(np.int64) * shape[1] + item
    rows = np.arange(len(user))
    order = np.lexsort((rows, cell) if timestamp is None else (rows, timestamp, cell))
    ordered = cell[order]
    replaced = np.zeros(len(user), dtype=bool)
    replaced[order[:-1]] = ordered[1:] == ordered[:-1]
    return replaced


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
