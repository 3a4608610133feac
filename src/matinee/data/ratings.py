"""The validated table of ratings that everything downstream starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import Catalogue
from matinee.data.metadata.people import People
from matinee.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.data.scale import Scale
    from matinee.data.vocabulary import Vocabulary
    from matinee.errors import Problem

_PIVOT_CELLS = 100_000_000
"""Largest dense table `Ratings.pivot` makes, in cells."""


@dataclass(frozen=True)
class Ratings:
    """An immutable, validated table of ratings; nothing downstream validates again.

    Attributes
    ----------
    user, item : int32, shape ``(n,)``: dense indices into the vocabularies. Read-only.
    value : float32, shape ``(n,)``: finite, on ``scale``. Read-only.
    timestamp : int64 seconds since 1970, shape ``(n,)``, or ``None`` where the source has none.
    users, items : the vocabularies (raw id to dense index).
    scale : lowest and highest rating and the step.
    catalogue : titles, years and genres of the items, where known.
    people : attributes of the users, where known.
    source : where it came from, for messages and reports.
    notes : what reading left out or passed over (``on_bad_rows="skip"``).

    Each (user, item) occurs once. Rows keep the order of the source. Ids in the vocabularies may have
    no rating here: a hold-out shares the vocabularies of the whole.

    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    value: NDArray[np.float32]
    users: Vocabulary
    items: Vocabulary
    scale: Scale
    timestamp: NDArray[np.int64] | None = None
    catalogue: Catalogue = field(default_factory=Catalogue.empty)
    people: People = field(default_factory=People.empty)
    source: str = "table"
    notes: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        for column in (self.user, self.item, self.value, self.timestamp):
            if column is not None:
                column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.value)

    def __repr__(self) -> str:
        return (
            f"Ratings({len(self):,} ratings, {len(self.users):,} users × {len(self.items):,} items, "
            f"scale {self.scale}, from {self.source})"
        )

    @property
    def density(self) -> float:
        """Share of the user × item cells that hold a rating, 0 to 1."""
        return len(self) / max(1, len(self.users) * len(self.items))

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Ratings:
        """The ratings at ``rows`` (indices or a mask), with the same vocabularies."""
        timestamp = None if self.timestamp is None else self.timestamp[rows]
        return replace(self, user=self.user[rows], item=self.item[rows], value=self.value[rows], timestamp=timestamp)

    def to_frame(self) -> pl.DataFrame:
        """The ratings with raw ids: columns ``user``, ``item``, ``rating`` and, if known, ``timestamp``."""
        columns = {
            "user": self.users.decode(self.user),
            "item": self.items.decode(self.item),
            "rating": pl.Series(self.value),
        }
        if self.timestamp is not None:
            columns["timestamp"] = pl.Series(self.timestamp)
        return pl.DataFrame(columns)

    def pivot(self, fill: float | None = None) -> pl.DataFrame:
        """The user × item table: one row a user, one column an item, empty cells null or ``fill``.

        The first column, ``user``, holds the raw user id; the others are named by raw item id.
        Raises `DataError` for more than 100 million cells, or an item whose id is ``user``.
        """
        rows = len(self.users)
        columns = len(self.items)
        if rows * columns > _PIVOT_CELLS:
            raise DataError(
                f"pivot: the table would have {rows:,} × {columns:,} cells; at most {_PIVOT_CELLS:,} are made dense; "
                "take fewer users first (ratings.take(...)), or use RatingMatrix, which stays sparse"
            )
        names = [str(raw) for raw in self.items.ids]
        if "user" in names:
            raise DataError("pivot: an item has the id 'user', the name of the column of users; give it another id")
        dense = np.full((rows, columns), np.nan if fill is None else fill, dtype=np.float32)
        dense[self.user, self.item] = self.value
        table = pl.DataFrame(dense, schema=names)
        if fill is None:
            table = table.fill_nan(None)
        return table.insert_column(0, self.users.ids.alias("user"))
