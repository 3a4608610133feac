"""Titles, years and genres of the items: found beside the ratings, looked up by id or by title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from matinee.data.metadata.beside import candidates, holds_files, named, opened_folder, plain_file, refuse
from matinee.data.metadata.kaggle_titles import LinksMissing
from matinee.data.metadata.title_files import read_films
from matinee.data.metadata.title_search import TitleSearch
from matinee.errors import InputError

if TYPE_CHECKING:
    import os

    from matinee.data.metadata.catalogue_rows import FilmRows
    from matinee.data.vocabulary import RawId

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "item": pl.Int64,
    "title": pl.String,
    "year": pl.Int32,
    "genres": pl.List(pl.String()),
}
_PATTERNS: Final = (
    r"movies\.csv",
    r"movies\.dat",
    r"u\.item",
    r"movie_titles\.(csv|txt)",
    r"movies_metadata.*\.csv",
)
_USUAL: Final = (
    "Give movies.csv (movieId,title,genres), movies.dat, u.item, movie_titles.csv, or movies_metadata.csv "
    "with links.csv beside it."
)
_COMPANIONS: Final = (r"u\.genre", r"links(_small)?\.csv")


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
    """What is known of the items.

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
        """A catalogue that knows nothing."""
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
        row = self._row_of.get(raw_id)
        return None if row is None else str(self.films["title"][row])

    def titles(self, raw_ids: pl.Series) -> pl.Series:
        """The titles of ``raw_ids``, in order: String, shape ``(len(raw_ids),)``, null where unknown."""
        same_kind = (raw_ids.dtype == pl.String) == (self.films["item"].dtype == pl.String)
        if not same_kind or not len(self):
            return pl.Series("title", [None] * len(raw_ids), dtype=pl.String)
        left = pl.DataFrame({"item": raw_ids.cast(self.films["item"].dtype)})
        known = self.films.select("item", "title")
        return left.join(known, on="item", how="left", maintain_order="left")["title"]

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
    if movies is None:
        place = Path(folder_or_file)
        return _inside(place if place.is_dir() or holds_files(place) else place.parent, deep=not place.is_file())
    path = Path(movies)
    if not path.exists():
        raise refuse("catalogue-missing", path, "there is no such file of titles", "Check the path.")
    catalogue = _inside(path, deep=True) if path.is_dir() or holds_files(path) else _read_named(path)
    if not len(catalogue):
        raise refuse("catalogue-unreadable", path, "no titles can be read from it", _USUAL)
    return catalogue


def is_catalogue_file(name: str) -> bool:
    """Whether a file of this name (folders before it do not matter) holds titles or what belongs to them."""
    return named(name, (*_PATTERNS, *_COMPANIONS))


def _inside(place: Path, *, deep: bool) -> Catalogue:
    """The first usable catalogue in a folder or archive; empty where there is none."""
    with opened_folder(place, is_catalogue_file) as folder:
        files = candidates(folder, _PATTERNS, deep=deep or folder != place)
        catalogues = (_read_found(file) for file in files)
        found = next((catalogue for catalogue in catalogues if len(catalogue)), Catalogue.empty())
    if folder == place or not found.source:
        return found
    return replace(found, source=f"{place}: {Path(found.source).name}")


def _read_found(file: Path) -> Catalogue:
    """The catalogue in a file that only happens to be there: empty where it is something else."""
    try:
        rows = read_films(file)
    except LinksMissing:
        rows = None
    return Catalogue.empty() if rows is None else _catalogue(rows, str(file))


def _read_named(path: Path) -> Catalogue:
    """The catalogue in a file the user named, compressed or not."""
    try:
        with plain_file(path) as file:
            rows = read_films(file)
    except LinksMissing as error:
        what = "its ids are TMDB's, and no links.csv or links_small.csv beside it says whose they are"
        raise refuse("catalogue-unreadable", path, what, "Put one of these beside it.") from error
    if rows is None:
        raise refuse("catalogue-unreadable", path, "this is not a file of titles", _USUAL)
    return _catalogue(rows, str(path))


def _catalogue(rows: FilmRows, source: str) -> Catalogue:
    """Ids as integers where most are, else as words; the first of several rows with one id counts."""
    films = pl.DataFrame(
        {"item": rows.item, "title": rows.title, "year": rows.year, "genres": rows.genres},
        schema={**SCHEMA, "item": pl.String},
    )
    numbers = films["item"].cast(pl.Int64, strict=False)
    if numbers.null_count() * 2 < len(numbers):
        films = films.with_columns(item=numbers).drop_nulls("item")
    films = films.unique("item", keep="first", maintain_order=True)
    return Catalogue(films, rows.skipped + len(rows.item) - len(films), source)
