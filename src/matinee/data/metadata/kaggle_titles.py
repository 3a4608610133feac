"""Kaggle's ``movies_metadata.csv``: rows broken across lines, TMDB's ids, genres as Python writes them."""

from __future__ import annotations

import ast
import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from matinee.data.metadata.records import FilmRows, decode, records, year_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class LinksMissing(Exception):  # noqa: N818  # not an error by itself: the caller decides
    """Titles go by TMDB's ids, and no file beside them links these to the ids of the ratings."""


def read_metadata(text: str, path: Path) -> FilmRows:
    """The films of ``movies_metadata.csv`` under the ratings' ids, found through the links beside it."""
    links = _links(path.parent)
    rows = FilmRows()
    table = records(text, ",")
    header = next(table)
    position = {name: header.index(name) for name in ("id", "title", "original_title", "genres", "release_date")}
    for record in _mended(table, len(header), rows):
        tmdb = record[position["id"]].strip()
        if not tmdb.isdigit():
            rows.skipped += 1
            continue
        title = record[position["title"]].strip() or record[position["original_title"]]
        for item in links.pop(int(tmdb), ()):
            year = year_of(record[position["release_date"]][:4])
            rows.add(item, title, year, named_genres(record[position["genres"]]))
    return rows


def _mended(table: Iterable[list[str]], width: int, rows: FilmRows) -> Iterator[list[str]]:
    """Whole records; two in a row that an unquoted newline broke are joined where the cut was."""
    broken: list[str] = []
    for record in table:
        if len(record) == width:
            rows.skipped += bool(broken)
            broken = []
            yield record
        elif broken and len(broken) + len(record) - 1 == width:
            yield [*broken[:-1], f"{broken[-1]} {record[0]}", *record[1:]]
            broken = []
        else:
            rows.skipped += bool(broken)
            broken = record
    rows.skipped += bool(broken)


def _links(folder: Path) -> dict[int, list[str]]:
    """From TMDB's id to the ids of the ratings, out of ``links.csv`` and ``links_small.csv`` together."""
    tmdb_ids: dict[str, int] = {}
    files = [folder / name for name in ("links.csv", "links_small.csv") if (folder / name).is_file()]
    if not files:
        raise LinksMissing
    for file in files:
        for record in csv.DictReader(io.StringIO(decode(file.read_bytes()))):
            item = record.get("movieId") or ""
            tmdb = record.get("tmdbId") or ""
            if re.fullmatch(r"\d+(\.0)?", tmdb) and item.isdigit():
                tmdb_ids.setdefault(item, int(float(tmdb)))
    links: dict[int, list[str]] = {}
    for item, tmdb in tmdb_ids.items():
        links.setdefault(tmdb, []).append(item)
    return links


@lru_cache(maxsize=4096)
def _genre_tuple(literal: str) -> tuple[str, ...]:
    try:
        values = ast.literal_eval(literal) if len(literal) <= 4096 else ()
        return tuple(str(value["name"]) if isinstance(value, dict) else str(value) for value in values)
    except (ValueError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError):
        return ()


def named_genres(literal: str) -> list[str]:
    """Names out of ``[{'id': 16, 'name': 'Animation'}, …]``; none where it is not that."""
    return list(_genre_tuple(literal.strip()))
