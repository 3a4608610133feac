"""Ratings from files: refused with every problem named, or read without the bad lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from matinee.data.metadata.catalogue import find_catalogue
from matinee.data.metadata.people import find_people
from matinee.data.paths import readable, shown
from matinee.data.problems import problem, quote, refusal
from matinee.data.reading.census import take_census
from matinee.data.reading.columns import ColumnsByRole, ColumnsOption, parse_columns
from matinee.data.reading.dialect import sniff
from matinee.data.reading.exact_text import TextReading, string_rows
from matinee.data.reading.fast_text import read_typed
from matinee.data.reading.netflix import read_netflix
from matinee.data.reading.ratings_files import open_ratings
from matinee.data.reading.text_columns import convert_text
from matinee.data.reading.typed_columns import is_parquet, read_parquet
from matinee.data.validate import validate
from matinee.errors import ConfigError, DataError, Problem

if TYPE_CHECKING:
    import os

    from matinee.data.metadata.people import People
    from matinee.data.ratings import Ratings
    from matinee.data.reading.census import Census
    from matinee.data.reading.dialect import Dialect
    from matinee.data.reading.ratings_files import Opened, RatingsFile
    from matinee.data.scale import Scale
    from matinee.data.validate import ParsedRatings

OnBadRows = Literal["refuse", "skip"]


def read_ratings(
    path: str | os.PathLike[str],
    *,
    columns: ColumnsOption = None,
    scale: Scale | None = None,
    on_bad_rows: OnBadRows = "refuse",
    movies: str | Path | None = None,
    people: str | Path | None = None,
) -> Ratings:
    """Read the ratings at ``path``.

    Parameters
    ----------
    path
        CSV, TSV, ``;``, ``|`` or ``::``-separated text with or without a header, perhaps compressed;
        Parquet; a Netflix Prize file; or a folder, zip or tar as MovieLens and Kaggle ship them.
    columns
        Which column is what, where names and order do not tell: ``{"user": "uid", "timestamp": None}``,
        ``"uid,film,score"`` or ``"user=uid,item=film"``. Numbers count from 1.
    scale
        The rating scale; found from the ratings where ``None``.
    on_bad_rows
        ``"refuse"`` raises if any line has a problem; ``"skip"`` leaves those lines out and says so in
        `Ratings.notes`. Of several ratings of one item by one user the latest is kept.
    movies
        The file of titles; looked for beside the ratings where ``None``.
    people
        The file of attributes of users: ``u.user``, ``users.dat``, or a table with a header, a column of user ids
        and attributes; looked for beside the ratings where ``None``.

    Raises
    ------
    DataError
        Where the ratings cannot be read, or have problems and these are not to be skipped; its
        ``problems`` hold them all.
    ConfigError
        For an option that is not one of those allowed.

    """
    check_rule(on_bad_rows)
    return accept(examine(path, columns=columns, scale=scale, movies=movies, people=people), on_bad_rows)


def check_rule(on_bad_rows: str) -> None:
    """Raise `ConfigError` unless ``on_bad_rows`` is a rule there is."""
    if on_bad_rows not in get_args(OnBadRows):
        raise ConfigError(f"on_bad_rows: found {on_bad_rows!r}; allowed are 'refuse' and 'skip'")


def accept(examined: Examined, on_bad_rows: OnBadRows) -> Ratings:
    """The ratings examined, or `DataError` with the reasons that ``on_bad_rows`` does not let pass."""
    reasons = examined.fatal if on_bad_rows == "skip" else examined.refused
    if reasons or examined.ratings is None:
        raise DataError(" Also: ".join(map(str, reasons)), reasons)
    return replace(examined.ratings, notes=examined.problems)


@dataclass(frozen=True)
class Examined:
    """The ratings at a path that are valid (``None`` where there are none) and every problem.

    ``rows`` counts the lines that should be ratings; ``form`` names the format of the file.
    """

    ratings: Ratings | None
    problems: tuple[Problem, ...]
    rows: int
    form: str
    source: str

    @property
    def refused(self) -> tuple[Problem, ...]:
        """The problems that make reading refuse unless told to skip."""
        return tuple(problem for problem in self.problems if not problem.harmless)

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """The problems that make reading refuse in any case."""
        return tuple(problem for problem in self.problems if problem.fatal)


def examine(
    path: str | os.PathLike[str],
    *,
    columns: ColumnsOption = None,
    scale: Scale | None = None,
    movies: str | Path | None = None,
    people: str | Path | None = None,
) -> Examined:
    """The ratings at ``path`` and their problems, which are reported, not raised.

    Parameters as of `read_ratings`. Raises `ConfigError` only.
    """
    columns_by_role = parse_columns(columns)
    path = Path(path)
    try:
        with open_ratings(path) as opened, readable(path):
            parsed, form = _parse(opened, columns_by_role)
            ratings, problems = validate(parsed, opened.name, scale)
            examined = Examined(ratings, problems, parsed.rows, form, opened.name)
            return examined if ratings is None else _with_files(examined, ratings, opened, movies, people)
    except DataError as error:
        problems = tuple(replace(problem, where=shown(problem.where)) for problem in error.problems)
        return Examined(None, problems, 0, "", shown(path))


def with_people(examined: Examined, ratings: Ratings, people: People, *, named: bool) -> Examined:
    """The same with what is known of users; `DataError` where that is nothing, though the user ``named`` a source."""
    if named and not people.known(ratings.users):
        example = f"ids look like {people.table['user'][0]!r}, those of the ratings like {ratings.users.ids[0]!r}"
        what = f"none of its {len(people):,} users has a rating in {ratings.source}"
        remedy = f"Write the ids alike: {example}."
        raise refusal(Problem("people-strangers", what, people.source, remedy, fatal=True))
    return replace(examined, ratings=replace(ratings, people=people), problems=(*examined.problems, *people.problems))


def _parse(opened: Opened, columns: ColumnsByRole) -> tuple[ParsedRatings, str]:
    first = opened.files[0]
    if is_parquet(first.path):
        return read_parquet(first.path, first.where, columns), "Parquet"
    dialect = sniff(first.path, first.where, columns)
    if dialect.netflix:
        return read_netflix(opened.files, dialect), str(dialect)
    return _parse_text(first, dialect), str(dialect)


def _parse_text(file: RatingsFile, dialect: Dialect) -> ParsedRatings:
    census = take_census(file.path, dialect.separator)
    parsed = read_typed(file.path, file.where, dialect, census) or _parse_exactly(file, dialect)
    return replace(parsed, problems=(*_byte_problems(file.where, dialect, census, parsed), *parsed.problems))


def _parse_exactly(file: RatingsFile, dialect: Dialect) -> ParsedRatings:
    reading = TextReading(file.where, dialect)
    rows = pl.concat(list(string_rows(file.path, reading)))
    parsed = convert_text(rows, file.where)
    return replace(parsed, rows=reading.rows, problems=(*reading.problems, *parsed.problems))


def _byte_problems(where: str, dialect: Dialect, census: Census, parsed: ParsedRatings) -> list[Problem]:
    """A byte-order mark and newlines worth knowing of, unless ``parsed`` has them already."""
    problems = [problem("byte-order-mark", where)] if dialect.bom else []
    if dialect.newline == "\r":
        problems.append(problem("old-newlines", where))
    elif census.returns and not any(known.kind in ("crlf", "mixed-newlines") for known in parsed.problems):
        problems.append(problem("crlf", where, found=f"CRLF on {census.returns:,} of {census.newlines:,}"))
    return problems


def _with_files(
    examined: Examined, ratings: Ratings, opened: Opened, movies: str | Path | None, people: str | Path | None
) -> Examined:
    """The same with titles and attributes of users from the files beside the ratings."""
    catalogue = find_catalogue(opened.beside, movies)
    users = find_people(opened.beside, people)
    examined = with_people(examined, replace(ratings, catalogue=catalogue), users, named=people is not None)
    if not opened.others:
        return examined
    more = problem("more-ratings-inside", opened.name, found=quote(", ".join(opened.others)))
    return replace(examined, problems=(*examined.problems, more))
