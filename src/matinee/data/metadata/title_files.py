"""Files of titles as MovieLens, Netflix and Kaggle ship them, read forgivingly into plain rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from matinee.data.metadata.beside import unusable
from matinee.data.metadata.kaggle_titles import LinksMissing, named_genres, read_metadata
from matinee.data.metadata.records import FilmRows, decode, delimiter_of, fields, lines, read_head, records, year_of
from matinee.data.metadata.titles import split_title
from matinee.data.reading.columns import plain_name, position_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_NAMES: Final = {
    "item": ("movieid", "itemid", "filmid", "id", "item", "film", "movie"),
    "title": ("title", "movietitle", "filmtitle", "primarytitle", "name"),
    "year": ("year", "releaseyear", "startyear"),
    "genres": ("genres", "genre"),
}
_ML100K_GENRES: Final = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip


def read_films(path: Path, where: str) -> FilmRows | None:
    """The films in the file ``path``, or ``None`` where it is no file of titles in a known form.

    Raises `DataError`, naming ``where``, for Kaggle's ``movies_metadata.csv`` without ``links.csv`` beside it.
    """
    reader = _recognise(read_head(path))
    try:
        return None if reader is None else reader(decode(path.read_bytes()), path)
    except LinksMissing as error:
        what = "its ids are TMDB's, and no links.csv or links_small.csv beside it says whose they are"
        raise unusable("catalogue-unreadable", where, what, "Put one of these beside it.") from error


def _recognise(head: str) -> Callable[[str, Path], FilmRows] | None:
    first = next((line for line in head.splitlines() if line.strip()), "")
    if re.match(r"\w+::(?=[^:]*[^\d:.]).*::", first):  # the second field of ratings is a number
        return _read_dat
    if re.match(r"\d+\|[^|]*\|[^|]*\|[^|]*\|[^|]*(\|[01]){5,}", first):
        return _read_u_item
    if re.match(r"\d+,((18|19|20)\d\d|NULL),(?=.*[^\d\s.,:-])", first):
        return _read_netflix
    names = fields(first, delimiter_of(first))
    if {"id", "imdbid", "originaltitle", "releasedate"} <= {plain_name(name) for name in names}:
        return read_metadata
    return _read_table if {"item", "title"} <= _positions(names).keys() else _headless(first)


def _headless(first: str) -> Callable[[str, Path], FilmRows] | None:
    """Like ``movies.csv`` without its header: an id, then a title that ends in a year."""
    cells = fields(first, ",")
    named = len(cells) in (2, 3) and cells[0].isdigit() and split_title(cells[1])[1] is not None
    return _read_headless if named else None


def _read_dat(text: str, _path: Path) -> FilmRows:
    rows = FilmRows()
    for line in lines(text):
        item, *title, genres = line.split("::") if line.count("::") > 1 else ("", "")
        rows.add(item, *split_title("::".join(title)), genres.split("|"))
    return rows


def _read_u_item(text: str, path: Path) -> FilmRows:
    rows = FilmRows()
    names = _genre_names(path.with_name("u.genre"))
    for line in lines(text):
        item, title, released, _video, _url, *flags = [*line.split("|"), "", "", "", "", ""][: 5 + len(names)]
        name, year = split_title(title)
        genres = [genre for genre, flag in zip(names, flags, strict=False) if flag.strip() == "1"]
        rows.add(item, name, year or year_of(released[-4:]), genres)
    return rows


def _genre_names(path: Path) -> list[str]:
    if not path.is_file():
        return list(_ML100K_GENRES)
    return [line.split("|")[0] for line in lines(decode(path.read_bytes()))]


def _read_netflix(text: str, _path: Path) -> FilmRows:
    rows = FilmRows()
    for line in lines(text):
        item, year, title = [*line.split(",", 2), "", ""][:3]
        rows.add(item, split_title(title)[0], year_of(year), ())
    return rows


def _read_table(text: str, _path: Path) -> FilmRows:
    """``movies.csv`` and its like: columns found by their names in the header."""
    table = records(text, delimiter_of(text.lstrip().split("\n", 1)[0]))
    return _from_records(table, _positions(next(table)))


def _read_headless(text: str, _path: Path) -> FilmRows:
    return _from_records(records(text, ","), {"item": 0, "title": 1, "genres": 2})


def _from_records(table: Iterable[list[str]], positions: dict[str, int]) -> FilmRows:
    rows = FilmRows()
    for record in table:
        cells = {role: record[position] for role, position in positions.items() if position < len(record)}
        title, year = split_title(cells.get("title", ""))
        genres = _split(cells.get("genres", ""))
        rows.add(cells.get("item", ""), title, year or year_of(cells.get("year", "")), genres)
    return rows


def _split(genres: str) -> list[str]:
    return named_genres(genres) if genres.startswith("[") else re.split(r"[|;,]", genres)


def _positions(names: Sequence[str]) -> dict[str, int]:
    """The position of each role's column, by its name."""
    positions = {role: position_of(synonyms, names) for role, synonyms in _NAMES.items()}
    return {role: position for role, position in positions.items() if position is not None}
