"""A model put together from its saved contents, once every part has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import SCHEMA as FILM_COLUMNS
from matinee.data.metadata.catalogue import Catalogue
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary
from matinee.models.registry import model_named
from matinee.predicting.fitted import FittedModel
from matinee.store import layout
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count, mapping, number, text

if TYPE_CHECKING:
    from matinee.fitting.model import Model
    from matinee.store.contents import Contents


def put_together(contents: Contents) -> FittedModel:
    """The model; `DamagedError` where its parts do not fit together, `ConfigError` where it is of no known model."""
    values = contents.values
    arrays = contents.arrays
    config = _config(values)
    sizes = {"m": count(values, "users"), "n": count(values, "items"), "k": count(values, "rank")}
    _check_names(config, values, arrays)
    _check_counts(values, arrays)
    return FittedModel(
        config=config,
        scorer=layout.put_together(config.scorer, mapping(values, "scorer"), arrays, "scorer.", sizes),
        users=_vocabulary(contents.users, "user", values),
        items=_vocabulary(contents.items, "item", values),
        scale=_scale(values),
        catalogue=_catalogue(contents.catalogue, values),
        report=config.report.from_dict(mapping(values, "details"), count(values, "seed"), number(values, "seconds")),
        **layout.fields_of(FittedModel, values, arrays, "", sizes),
    )


def _check_names(config: Model, values: dict[str, Any], arrays: Arrays) -> None:
    """Raise `DamagedError` for an array that is not declared."""
    scorer = mapping(values, "scorer")
    allowed = {*layout.names_of(FittedModel, values, ""), *layout.names_of(config.scorer, scorer, "scorer.")}
    if strange := set(arrays) - allowed:
        raise DamagedError(
            f"its arrays are {', '.join(sorted(strange))} and others instead of {', '.join(sorted(allowed))}"
        )


def _check_counts(values: dict[str, Any], arrays: Arrays) -> None:
    """Raise `DamagedError` unless the counts of each side add up to its ratings (unlike where people are folded in)."""
    for side, key in (("user", "ratings"), ("item", "item_ratings")):
        counts = arrays.get(f"{side}_counts", np.zeros(0, np.int64))
        expected = count(values, key)
        if (counts < 0).any():
            raise DamagedError(f"{side}_counts holds negative counts")
        if counts.sum() != expected:
            raise DamagedError(f"its {side}s have {counts.sum():,} ratings instead of {expected:,}")


def _vocabulary(table: pl.DataFrame, name: str, values: dict[str, Any]) -> Vocabulary:
    if table.columns != ["id"] or table["id"].dtype not in (pl.Int64, pl.String):
        raise DamagedError(f"its {name} ids are {table.schema} instead of one column of integers or strings")
    ids = table["id"]
    expected = count(values, f"{name}s")
    if len(ids) != expected or ids.null_count():
        raise DamagedError(f"there are {len(ids) - ids.null_count():,} {name} ids instead of {expected:,}")
    if not (ids.shift(1) < ids).slice(1).all():
        raise DamagedError(f"its {name} ids are not distinct and ascending")
    return Vocabulary(ids, name)


def _catalogue(films: pl.DataFrame, values: dict[str, Any]) -> Catalogue:
    """The films; their ids may be of either kind."""
    kinds = {**FILM_COLUMNS, "item": films.schema.get("item", pl.Int64)}
    if dict(films.schema) != kinds or kinds["item"] not in (pl.Int64, pl.String):
        raise DamagedError(f"its films have the columns {films.schema} instead of {pl.Schema(FILM_COLUMNS)}")
    if films.select("item", "title", "genres").null_count().sum_horizontal()[0] or films["item"].is_duplicated().any():
        raise DamagedError("its films lack ids, titles or genres, or have an id twice")
    plain = mapping(values, "catalogue")
    return Catalogue(films, count(plain, "skipped"), text(plain, "source"))


def _config(values: dict[str, Any]) -> Model:
    chosen = mapping(values, "model")
    return model_named(text(chosen, "name")).from_dict(mapping(chosen, "parameters"))


def _scale(values: dict[str, Any]) -> Scale:
    scale = mapping(values, "scale")
    step = None if scale.get("step") is None else number(scale, "step")
    return Scale(number(scale, "low"), number(scale, "high"), step)
