"""Vocabularies with the users and films that files describe and that have no ratings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from matinee.data.vocabulary import Vocabulary
from matinee.models.bayesian.inputs.attributes import same_ids

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings


def with_described(ratings: Ratings, *, films: bool, people: bool) -> Ratings:
    """``ratings`` whose vocabularies also hold the ids of films in the catalogue and of people in the table."""
    users = _joined(ratings.users, ratings.people.table) if people else ratings.users
    items = _joined(ratings.items, ratings.catalogue.films) if films else ratings.items
    if users is ratings.users and items is ratings.items:
        return ratings
    user, item = users.encode(ratings.users.ids)[0], items.encode(ratings.items.ids)[0]
    return replace(ratings, users=users, items=items, user=user[ratings.user], item=item[ratings.item])


def _joined(side: Vocabulary, table: pl.DataFrame) -> Vocabulary:
    if not same_ids(table, side):
        return side
    ids = table.to_series(0)
    if side.encode(ids)[1].all():
        return side
    return Vocabulary.build(pl.concat([side.ids, ids.alias(side.name)]), side.name)
