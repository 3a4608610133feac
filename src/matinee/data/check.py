"""Report on a ratings file: figures of its contents, and every problem."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from matinee.data.reading.read import examine
from matinee.data.validate import distribution

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl
    from numpy.typing import NDArray

    from matinee.data.ratings import Ratings
    from matinee.data.reading.columns import ColumnsOption
    from matinee.data.scale import Scale
    from matinee.data.vocabulary import RawId
    from matinee.errors import Problem


@dataclass(frozen=True, slots=True)
class MostRated:
    """The user with most ratings, or the item: raw id, title where known, number of ratings."""

    id: RawId
    ratings: int
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FileContents:
    """Figures of the valid ratings.

    ``described`` users have attributes and ``titled`` items a title; ``density`` is the share of user × item cells that
    are rated, 0 to 1; ``first`` and ``last`` are in UTC, ``None`` without timestamps; ``stars`` counts each rating
    given, ascending.
    """

    ratings: int
    users: int
    described: int
    items: int
    titled: int
    scale: Scale
    density: float
    mean: float
    first: datetime | None
    last: datetime | None
    stars: dict[float, int]
    heaviest_user: MostRated
    heaviest_item: MostRated


@dataclass(frozen=True, slots=True)
class Report:
    """Contents and problems of a ratings file.

    Attributes
    ----------
    source : the file, folder or archive.
    form : its format (``"CSV, with a header"``); empty where it could not be recognised.
    rows : lines that should be ratings.
    contents : figures of the valid ratings; ``None`` where there are none.
    problems : all problems, the harmless included.

    """

    source: str
    form: str
    rows: int
    contents: FileContents | None
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """True if nothing but harmless things was found."""
        return all(problem.harmless for problem in self.problems)

    @property
    def left_out(self) -> int:
        """Number of rows without a valid rating."""
        return self.rows - (self.contents.ratings if self.contents else 0)

    def to_dict(self) -> dict[str, object]:
        """The same as plain values, for JSON: dates in ISO 8601."""
        return {
            "source": self.source,
            "form": self.form,
            "rows": self.rows,
            "left_out": self.left_out,
            "sound": self.sound,
            "contents": None if self.contents is None else _plain(self.contents),
            "problems": [problem.to_dict() for problem in self.problems],
        }


def check(
    path: str | os.PathLike[str],
    *,
    columns: ColumnsOption = None,
    scale: Scale | None = None,
    movies: str | Path | None = None,
    people: str | Path | None = None,
) -> Report:
    """Report on the ratings at ``path``: figures, and every problem with its lines and remedy.

    Parameters as of `read_ratings`. Whatever is wrong with the file is reported, not raised; only an
    option that is none raises `ConfigError`.
    """
    examined = examine(path, columns=columns, scale=scale, movies=movies, people=people)
    contents = None if examined.ratings is None else _contents(examined.ratings)
    return Report(examined.source, examined.form, examined.rows, contents, examined.problems)


def _contents(ratings: Ratings) -> FileContents:
    stars, counts = distribution(ratings.value)
    titles = ratings.catalogue.titles(ratings.items.ids)
    item, of_item = _most(ratings.item, ratings.items.ids)
    user, of_user = _most(ratings.user, ratings.users.ids)
    return FileContents(
        ratings=len(ratings),
        users=len(ratings.users),
        described=ratings.people.known(ratings.users),
        items=len(ratings.items),
        titled=len(titles) - titles.null_count(),
        scale=ratings.scale,
        density=ratings.density,
        mean=float(np.mean(ratings.value, dtype=np.float64)),
        first=_moment(ratings.timestamp, np.min),
        last=_moment(ratings.timestamp, np.max),
        stars={float(star): int(count) for star, count in zip(stars, counts, strict=True)},
        heaviest_user=MostRated(user, of_user),
        heaviest_item=MostRated(item, of_item, ratings.catalogue.title(item)),
    )


def _most(index: NDArray[np.int32], ids: pl.Series) -> tuple[RawId, int]:
    """The id that occurs most often in ``index``, and how often."""
    counts = np.bincount(index)
    most = int(counts.argmax())
    return ids[most], int(counts[most])


def _moment(timestamps: NDArray[np.int64] | None, pick: Callable[[NDArray[np.int64]], np.int64]) -> datetime | None:
    return None if timestamps is None else datetime.fromtimestamp(int(pick(timestamps)), UTC)


def _plain(contents: FileContents) -> dict[str, object]:
    values = asdict(contents)
    values["stars"] = {f"{star:g}": count for star, count in contents.stars.items()}
    for name in ("first", "last"):
        values[name] = None if values[name] is None else values[name].isoformat()
    return values
