"""A model put together from what was saved, once every part has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import SCHEMA as FILM_COLUMNS
from matinee.data.metadata.catalogue import Catalogue
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary
from matinee.matrix.baseline import Baseline
from matinee.models.registry import model_named
from matinee.predicting.factors import Factors
from matinee.predicting.fitted import FittedModel
from matinee.store.contents import FOLDING
from matinee.store.parts import spread
from matinee.store.parts.every import OF_FACTORS, PARTS
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count, mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from matinee.fitting.model import Model
    from matinee.store.contents import Contents
    from matinee.store.parts.part import Types

_TYPES: Final[Types] = {
    "user_bias": (np.float32, "m"),
    "item_bias": (np.float32, "n"),
    "user_factors": (np.float32, "mk"),
    "item_factors": (np.float32, "nk"),
    "baseline_user": (np.float32, "m"),
    "baseline_item": (np.float32, "n"),
    "user_counts": (np.int64, "m"),
    "item_counts": (np.int64, "n"),
}
"""Each array's type and shape: m users, n items, k factors."""


def put_together(contents: Contents) -> FittedModel:
    """The model; `DamagedError` where its parts do not fit together, `ConfigError` where it is of no known model."""
    values, arrays = contents.values, contents.arrays
    config = _config(values)
    folding = _folding(values, config)
    _check_arrays(values, arrays, folding)
    return FittedModel(
        config=config,
        factors=_factors(values, arrays, folding),
        baseline=Baseline(number(values, "baseline_mean"), arrays["baseline_user"], arrays["baseline_item"]),
        users=_vocabulary(contents.users, "user", values),
        items=_vocabulary(contents.items, "item", values),
        user_counts=arrays["user_counts"],
        item_counts=arrays["item_counts"],
        scale=_scale(values),
        catalogue=_catalogue(contents.catalogue, values),
        seed=count(values, "seed"),
        seconds=number(values, "seconds"),
        **spread.of(values, arrays),
    )


def _factors(values: dict[str, Any], arrays: Arrays, folding: Iterable[str]) -> Factors:
    return Factors(
        mean=number(values, "mean"),
        user_bias=arrays["user_bias"],
        item_bias=arrays["item_bias"],
        user_factors=arrays["user_factors"],
        item_factors=arrays["item_factors"],
        folding={name: arrays[FOLDING + name] for name in folding},
        details=mapping(values, "details"),
        **{name: part for one in OF_FACTORS for name, part in one.of(values, arrays).items()},
    )


def _folding(values: dict[str, Any], config: Model) -> dict[str, str]:
    """The arrays for folding in that are there, and their axes; schema 1 had none."""
    names, allowed = values.get("folding", []), config.folding_axes
    if not isinstance(names, list) or not all(isinstance(name, str) and name in allowed for name in names):
        raise DamagedError(f"its folding is {names!r}, not a list of some of: {_listed(allowed) or 'none'}")
    return {name: allowed[name] for name in names}


def _check_arrays(values: dict[str, Any], arrays: Arrays, folding: dict[str, str]) -> None:
    """Types, shapes, finite numbers, and counts that agree."""
    types: Types = _TYPES | {FOLDING + name: (np.float32, axes) for name, axes in folding.items()}
    for part in PARTS:
        types |= part.types(values)
    if set(arrays) != set(types):
        raise DamagedError(f"its arrays are {_listed(arrays)} instead of {_listed(types)}")
    sizes = {"m": count(values, "users"), "n": count(values, "items"), "k": count(values, "rank")}
    for part in PARTS:
        sizes |= part.sizes(values)
    for name, (kind, axes) in types.items():
        _check_array(name, arrays[name], np.dtype(kind), tuple(sizes[axis] for axis in axes))
    _check_counts(values, arrays)


def _check_counts(values: dict[str, Any], arrays: Arrays) -> None:
    """The users have as many ratings as is said, and so have the items: other ones where people were folded in."""
    said = {"user": count(values, "ratings")}
    said["item"] = (
        count(values, "item_ratings") if "item_ratings" in values else said["user"]
    )  # schema 1 has one number
    for side, expected in said.items():
        found = int(arrays[f"{side}_counts"].sum())
        if found != expected:
            raise DamagedError(f"its {side}s have {found:,} ratings instead of {expected:,}")


def _check_array(name: str, array: NDArray[Any], kind: np.dtype[Any], shape: tuple[int, ...]) -> None:
    if array.dtype != kind or array.shape != shape:
        raise DamagedError(f"{name} is {array.dtype} of shape {array.shape} instead of {kind} of shape {shape}")
    if not np.isfinite(array).all():
        raise DamagedError(f"{name} holds NaN or infinity")
    if name.endswith("_counts") and (array < 0).any():
        raise DamagedError(f"{name} holds negative counts")


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


def _vocabulary(table: pl.DataFrame, name: str, values: dict[str, Any]) -> Vocabulary:
    if table.columns != ["id"] or table["id"].dtype not in (pl.Int64, pl.String):
        raise DamagedError(f"its {name} ids are {table.schema} instead of one column of integers or strings")
    ids, expected = table["id"], count(values, f"{name}s")
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
    known = mapping(values, "catalogue")
    return Catalogue(films, count(known, "skipped"), text(known, "source"))


def _config(values: dict[str, Any]) -> Model:
    chosen = mapping(values, "model")
    return model_named(text(chosen, "name")).from_dict(mapping(chosen, "parameters"))


def _scale(values: dict[str, Any]) -> Scale:
    given = mapping(values, "scale")
    step = None if given.get("step") is None else number(given, "step")
    return Scale(number(given, "low"), number(given, "high"), step)
