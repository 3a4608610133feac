"""Ratings from files: refused with every problem named, or read without the bad lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import polars as pl

from matinee.data.metadata.catalogue import find_catalogue
from matinee.data.metadata.people import find_people, introduced
from matinee.data.reading.census import take_census
from matinee.data.reading.columns import Chosen, ColumnsGiven, parse_columns
from matinee.data.reading.convert import convert
from matinee.data.reading.dialect import sniff
from matinee.data.reading.lines import Reading, string_rows
from matinee.data.reading.netflix import read_netflix
from matinee.data.reading.parquet import is_parquet, read_parquet
from matinee.data.reading.source import open_source, said_plainly, shown
from matinee.data.reading.typed import read_typed
from matinee.data.validate import Validated, validate
from matinee.data.wording import problem, quote
from matinee.errors import ConfigError, DataError

if TYPE_CHECKING:
    import os

    from matinee.data.problems import Problem
    from matinee.data.ratings import Ratings
    from matinee.data.reading.census import Census
    from matinee.data.reading.dialect import Dialect
    from matinee.data.reading.source import Opened, RatingsFile
    from matinee.data.scale import Scale
    from matinee.data.table import Table

OnBadRows = Literal["refuse", "skip"]


def read_ratings(
    path: str | os.PathLike[str],
    *,
    columns: ColumnsGiven = None,
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
        The file that says who users are: ``u.user``, ``users.dat``, or a table with a header, a column of user ids
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
    """What is at a path: the ratings that hold good (``None`` where there are none) and every problem.

    ``rows`` counts the lines that should be ratings; ``form`` says how the file is written.
    """

    ratings: Ratings | None
    problems: tuple[Problem, ...]
    rows: int
    form: str
    source: str

    @property
    def refused(self) -> tuple[Problem, ...]:
        """The problems that make reading refuse unless told to skip."""
        return tuple(found for found in self.problems if not found.harmless)

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """The problems that make reading refuse in any case."""
        return tuple(found for found in self.problems if found.fatal)


def examine(
    path: str | os.PathLike[str],
    *,
    columns: ColumnsGiven = None,
    scale: Scale | None = None,
    movies: str | Path | None = None,
    people: str | Path | None = None,
) -> Examined:
    """Everything there is to say about the ratings at ``path``; problems are reported, not raised.

    Parameters as of `read_ratings`. Raises `ConfigError` only.
    """
    chosen = parse_columns(columns)
    path = Path(path)
    try:
        with open_source(path) as opened, said_plainly(path):
            table, form = _read(opened, chosen)
            validated = validate(table, opened.name, scale)
            return _with_files(Examined(*_parts(validated), form, opened.name), opened, movies, people)
    except DataError as error:
        problems = tuple(replace(found, where=shown(found.where)) for found in error.problems)
        return Examined(None, problems, 0, "", shown(path))


def _parts(validated: Validated) -> tuple[Ratings | None, tuple[Problem, ...], int]:
    return validated.ratings, validated.problems, validated.rows


def _read(opened: Opened, chosen: Chosen) -> tuple[Table, str]:
    first = opened.files[0]
    if is_parquet(first.path):
        return read_parquet(first.path, first.where, chosen), "Parquet"
    dialect = sniff(first.path, first.where, chosen)
    if dialect.netflix:
        return read_netflix(opened.files, dialect), str(dialect)
    return _read_text(first, dialect), str(dialect)


def _read_text(file: RatingsFile, dialect: Dialect) -> Table:
    census = take_census(file.path, dialect.separator)
    table = read_typed(file.path, file.where, dialect, census) or _read_exactly(file, dialect)
    return replace(table, problems=(*_marks(file.where, dialect, census, table), *table.problems))


def _read_exactly(file: RatingsFile, dialect: Dialect) -> Table:
    reading = Reading(file.where, dialect)
    rows = pl.concat(list(string_rows(file.path, reading)))
    table = convert(rows, file.where)
    return replace(table, rows=reading.rows, problems=(*reading.problems, *table.problems))


def _marks(where: str, dialect: Dialect, census: Census, table: Table) -> list[Problem]:
    """What is worth knowing of the bytes of a file."""
    marks = [problem("byte-order-mark", where)] if dialect.bom else []
    if dialect.newline == "\r":
        marks.append(problem("old-newlines", where))
    elif census.returns and not any(found.kind in ("crlf", "mixed-newlines") for found in table.problems):
        marks.append(problem("crlf", where, found=f"CRLF on {census.returns:,} of {census.newlines:,}"))
    return marks


def _with_files(examined: Examined, opened: Opened, movies: str | Path | None, people: str | Path | None) -> Examined:
    if examined.ratings is None:
        return examined
    catalogue, known = find_catalogue(opened.beside, movies), find_people(opened.beside, people)
    ratings = replace(examined.ratings, catalogue=catalogue)
    ratings = introduced(ratings, known, asked_for=people is not None)
    return replace(examined, ratings=ratings, problems=(*examined.problems, *ratings.people.problems, *_more(opened)))


def _more(opened: Opened) -> list[Problem]:
    """That there are other files of ratings, if there are."""
    found = quote(", ".join(opened.others))
    return [problem("more-ratings-inside", opened.name, found=found)] if opened.others else []
