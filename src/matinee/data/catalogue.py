"""Titles, years and genres of the items."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {"item": pl.Int64, "title": pl.String, "year": pl.Int32, "genres": pl.List(pl.String())}


@dataclass(frozen=True)
class Catalogue:
    """What is known of the items: columns ``item`` (raw id), ``title``, ``year`` (or null), ``genres``."""

    films: pl.DataFrame

    @classmethod
    def empty(cls) -> Catalogue:
        """A catalogue that knows nothing."""
        return cls(pl.DataFrame(schema=SCHEMA))

    def __len__(self) -> int:
        return len(self.films)
