"""Titles, years and genres of the items: found beside the ratings, looked up by id or by title."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.metadata.beside import BesideRatings
from matinee.data.metadata.title_files import read_films
from matinee.data.metadata.title_search import TitleSearch
from matinee.data.reading.id_kinds import as_integers
from matinee.errors import InputError

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from matinee.data.vocabulary import RawId

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "item": pl.Int64,
    "title": pl.String,
    "year": pl.Int32,
    "genres": pl.List(pl.String()),
}


@dataclass(frozen=True, slots=True)
class Film:
    """One film: raw id, title as shown, year (or ``None``) and genres."""

    item: RawId
    title: str
    year: int | None
    genres: tuple[str, ...]

    @property
    def label(self) -> str:
        """Title and year, such as ``The Matrix (1999)``."""
        return f"{self.title} ({self.year})" if self.year else self.title


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Titles, years and genres of items.

    Attributes
    ----------
    films : columns ``item`` (raw id, distinct, Int64 or String), ``title`` (as shown: "The Matrix"), ``year``
        (Int32 or null) and ``genres`` (list of String).
    skipped : how many rows of the file could not be used.
    source : the file it was read from; empty where there is none.

    """

    films: pl.DataFrame
    skipped: int = 0
    source: str = ""

    @classmethod
    def empty(cls) -> Catalogue:
        """A catalogue without films."""
        return cls(pl.DataFrame(schema=SCHEMA))

    def __len__(self) -> int:
        return len(self.films)

    def __repr__(self) -> str:
        return f"Catalogue({len(self):,} films{f' from {self.source}' if self.source else ''})"

    def film(self, raw_id: RawId) -> Film | None:
        """The film with this id; ``None`` where it is unknown or of the other kind (``1`` is not ``"1"``)."""
        row = self._row_of.get(raw_id)
        return None if row is None else self._film(row)

    def title(self, raw_id: RawId) -> str | None:
        """The title of one film, ``None`` where unknown."""
        film = self.film(raw_id)
        return None if film is None else film.title

    def titles(self, raw_ids: pl.Series) -> pl.Series:
        """The titles of ``raw_ids``, in order: String, shape ``(len(raw_ids),)``, null where unknown."""
        same_kind = (raw_ids.dtype == pl.String) == (self.films["item"].dtype == pl.String)
        if not same_kind or not len(self):
            return pl.Series("title", [None] * len(raw_ids), dtype=pl.String)
        table = pl.DataFrame({"item": raw_ids.cast(self.films["item"].dtype)})
        return table.join(self.films.select("item", "title"), on="item", how="left", maintain_order="left")["title"]

    def find(self, text: str, limit: int = 5) -> list[Film]:
        """The films whose title is or holds ``text``, the best match first, at most ``limit``.

        Case, accents, punctuation and a leading article do not matter; a year in brackets must agree.
        Raises `InputError`, naming the nearest titles, where there is none.
        """
        if not len(self):
            raise InputError(
                f"title '{text}': no titles are known; give a file of them (movies.csv, movies.dat, u.item, "
                "movies_metadata.csv) with --movies FILE, or use the film's id"
            )
        rows = self._search.find(text)
        if not rows:
            raise InputError(self._miss(text))
        return [self._film(row) for row in rows[:limit]]

    def _miss(self, text: str) -> str:
        nearest = " or ".join(f"'{self._film(row).label}'" for row in self._search.nearest(text))
        hint = f"did you mean {nearest}?" if nearest else "check the spelling, or use the film's id"
        return f"title '{text}': not among the {len(self):,} films of {self.source or 'the catalogue'}; {hint}"

    def _film(self, row: int) -> Film:
        item, title, year, genres = self.films.row(row)
        return Film(item, title, year, tuple(genres))

    @cached_property
    def _row_of(self) -> dict[RawId, int]:
        return {item: row for row, item in enumerate(self.films["item"])}

    @cached_property
    def _search(self) -> TitleSearch:
        return TitleSearch(self.films["title"].to_list(), self.films["year"].to_list())


def find_catalogue(folder_or_file: str | os.PathLike[str], movies: str | os.PathLike[str] | None = None) -> Catalogue:
    """The titles that belong to the ratings in ``folder_or_file`` (a folder, a file in it, or an archive).

    ``movies`` names the file of titles (or a folder or archive that holds it); `DataError` where it does
    not exist or is none. Without it, files of the usual names are looked for; where there is none, or none
    that can be read, the catalogue is empty. Rows that cannot be used are skipped and counted.
    """
    if movies is not None:
        return TITLES.read_named(movies)
    return TITLES.find(folder_or_file) or Catalogue.empty()


def _read(file: Path, where: str) -> Catalogue | None:
    """The films in a file; ids as integers where most are, else as words; the first of several rows with one id."""
    rows = read_films(file, where)
    if rows is None:
        return None
    films = pl.DataFrame(
        {"item": rows.item, "title": rows.title, "year": rows.year, "genres": rows.genres},
        schema={**SCHEMA, "item": pl.String},
    )
    numbers = as_integers(films["item"])
    if numbers is not None:
        films = films.with_columns(item=numbers).drop_nulls("item")
    films = films.unique("item", keep="first", maintain_order=True)
    return Catalogue(films, rows.skipped + len(rows.item) - len(films), where)


TITLES: Final = BesideRatings(
    "catalogue",
    "titles",
    "Give movies.csv (movieId,title,genres), movies.dat, u.item, movie_titles.csv, or movies_metadata.csv "
    "with links.csv beside it.",
    (r"movies\.csv", r"movies\.dat", r"u\.item", r"movie_titles\.(csv|txt)", r"movies_metadata.*\.csv"),
    (r"u\.genre", r"links(_small)?\.csv"),
    _read,
)
