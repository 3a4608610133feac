"""Attributes of films and users as columns of numbers, a block for each kind of attribute.

Columns are centred on the rows that have ratings, so that all zeros is the average row: a row without attributes is
expected to be like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.metadata.catalogue import Catalogue
    from matinee.data.metadata.people import People
    from matinee.data.ratings import Ratings
    from matinee.data.vocabulary import Vocabulary

Blocks = dict[str, "NDArray[np.float64]"]
"""Columns by the name of their block, each of shape ``(rows, columns)``."""

_YEAR_KNOTS: Final = 10
_KNOTS: Final = 6
_LEVELS: Final = 60
"""Most levels of a kind: with more, or with nearly one a user, it says nothing that holds for others."""

_FEWEST_OF_A_LEVEL: Final = 3.0


@dataclass(frozen=True)
class Attributes:
    """The blocks of both sides, with all their rows, those without ratings too."""

    users: Blocks
    items: Blocks

    @classmethod
    def none(cls) -> Attributes:
        """No blocks."""
        return cls({}, {})


def same_ids(table: pl.DataFrame, side: Vocabulary) -> bool:
    """True if ``table`` has rows and its first column holds ids of the kind that ``side`` has."""
    return len(table) > 0 and side.like(table.to_series(0))


def attributes_of(ratings: Ratings, *, genres: bool, years: bool, people: bool) -> Attributes:
    """The blocks that are switched on and have columns."""
    films = film_blocks(ratings.catalogue, ratings.items, np.bincount(ratings.item, minlength=len(ratings.items)) > 0)
    used = {"genres": genres, "years": years}
    rated = np.bincount(ratings.user, minlength=len(ratings.users)) > 0
    return Attributes(
        people_blocks(ratings.people, ratings.users, rated) if people else {},
        {name: block for name, block in films.items() if used[name]},
    )


def film_blocks(catalogue: Catalogue, items: Vocabulary, rated: NDArray[np.bool_]) -> Blocks:
    """``genres``, rows of length 1 before they are centred, and ``years``, hats between quantiles of the years."""
    if not same_ids(catalogue.films, items):
        return {}
    films = pl.DataFrame({"item": items.ids}).join(
        catalogue.films.select("item", "year", "genres"), on="item", how="left", maintain_order="left"
    )
    years = _quantity(films["year"].cast(pl.Float64), rated, _YEAR_KNOTS)
    return _filled({"genres": _genres(films["genres"], rated), "years": years})


def people_blocks(people: People, users: Vocabulary, rated: NDArray[np.bool_]) -> Blocks:
    """A block for each attribute: hats between quantiles of a quantity, a column for each level of a kind."""
    if not same_ids(people.table, users):
        return {}
    known = pl.DataFrame({"user": users.ids}).join(people.table, on="user", how="left", maintain_order="left")
    columns = {name: known[name] for name in people.attributes}
    return _filled(
        {
            name: _quantity(column, rated, _KNOTS) if column.dtype == pl.Float64 else _kind(column, rated)
            for name, column in columns.items()
        }
    )


def _filled(blocks: Blocks) -> Blocks:
    return {name: block for name, block in blocks.items() if block.shape[1]}


def _genres(genres: pl.Series, rated: NDArray[np.bool_]) -> NDArray[np.float64]:
    lists = pl.DataFrame({"genre": genres, "length": genres.list.len()}).with_row_index("film")
    pairs = lists.explode("genre").drop_nulls("genre")
    names, column = np.unique(pairs["genre"].to_numpy(), return_inverse=True)
    table = np.zeros((len(genres), len(names)))
    table[pairs["film"].to_numpy(), column] = 1.0 / np.sqrt(pairs["length"].to_numpy())
    return _centred(table, (table != 0).any(axis=1), rated)


def _quantity(column: pl.Series, rated: NDArray[np.bool_], most: int) -> NDArray[np.float64]:
    """Hats: a row lies between two knots, and its weight in either is the larger the nearer it is."""
    values, known = column.fill_null(0.0).to_numpy(), column.is_not_null().to_numpy()
    values_of_rated = values[known & rated]
    if not len(values_of_rated):
        return np.zeros((len(column), 0))
    knots = np.unique(np.quantile(values_of_rated, np.linspace(0.0, 1.0, most), method="nearest"))
    if len(knots) < 2:
        return np.zeros((len(column), 0))
    hats = np.stack([np.interp(values, knots, hat) for hat in np.eye(len(knots))], axis=1)
    return _centred(hats, known, rated)


def _kind(column: pl.Series, rated: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A column a level, where levels are few and have several rows each."""
    levels = sorted(set(column.filter(pl.Series(rated)).drop_nulls()))
    known = int((column.is_not_null().to_numpy() & rated).sum())
    if not 1 < len(levels) <= min(_LEVELS, known / _FEWEST_OF_A_LEVEL):
        return np.zeros((len(column), 0))
    table = np.stack([(column == level).fill_null(False).to_numpy() for level in levels], axis=1).astype(np.float64)
    return _centred(table, (table != 0).any(axis=1), rated)


def _centred(table: NDArray[np.float64], known: NDArray[np.bool_], rated: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``table`` less the mean of the rows that are known and rated; zeros in unknown rows."""
    centre = table[known & rated]
    mean = centre.mean(0) if len(centre) else np.zeros(table.shape[1])
    return np.where(known[:, None], table - mean, 0.0)
