"""A model put together from what was saved, once every part has been checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from matinee.data.catalogue import SCHEMA as FILM_COLUMNS
from matinee.data.catalogue import Catalogue
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary
from matinee.matrix.baseline import Baseline
from matinee.models.base import FactorModel
from matinee.models.factors import Factors
from matinee.models.link import Cutpoints
from matinee.models.moods import Moods
from matinee.models.newcomers import Newcomers
from matinee.models.periods import Periods
from matinee.models.registry import model_named
from matinee.store.contents import FOLDING, LINK, MOODS, NEWCOMERS, NOISE, PERIODS
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import count, mapping, number, text
from matinee.store.spreads import spread_of, spread_sizes, spread_types

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.models.base import Model
    from matinee.store.contents import Contents

_TYPES: Final[dict[str, tuple[Any, str]]] = {
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

_NOISE: Final[dict[str, tuple[Any, str]]] = {
    name: (np.float32, "m" if name.startswith("user") else "n") for name in NOISE
}
_MOODS: Final[dict[str, tuple[Any, str]]] = {
    "starts": (np.int64, "o"),
    "time": (np.int64, "t"),
    "level": (np.float32, "tc"),
    "scales": (np.float64, "c"),
}
"""t levels of each of c scales; where each user's start, and where the last one's end: o = m + 1."""

_NEWCOMERS: Final[dict[str, tuple[Any, str]]] = {
    "user_bias": (np.float32, "2"),
    "user_factors": (np.float32, "2k"),
    "item_bias": (np.float32, "2"),
    "item_factors": (np.float32, "2k"),
    "user_gain": (np.float32, "m"),
    "item_gain": (np.float32, "n"),
    "width": (np.float32, "2"),
}
_PERIODS: Final[dict[str, tuple[Any, str]]] = {
    "edges": (np.int64, "e"),
    "factors": (np.float32, "pk"),
    "bias": (np.float32, "p"),
    "home": (np.int32, "m"),
}
"""p periods, and the e = p - 1 times at which all but the last end."""
_LINK: Final[dict[str, tuple[Any, str]]] = {"thresholds": (np.float64, "h"), "stars": (np.float64, "j")}
"""j stars, and h = j - 1 thresholds between them."""


def put_together(contents: Contents) -> FactorModel:
    """The model; `DamagedError` where its parts do not fit together, `ConfigError` where it is of no known model."""
    values, arrays = contents.values, contents.arrays
    config = _config(values)
    folding = _folding(values, config)
    _check_arrays(values, arrays, folding)
    users, items = _vocabulary(contents.users, "user", values), _vocabulary(contents.items, "item", values)
    return FactorModel(
        config=config,
        factors=Factors(
            mean=number(values, "mean"),
            user_bias=arrays["user_bias"],
            item_bias=arrays["item_bias"],
            user_factors=arrays["user_factors"],
            item_factors=arrays["item_factors"],
            folding={name: arrays[FOLDING + name] for name in folding},
            details=mapping(values, "details"),
            moods=_moods(values, arrays),
            newcomers=_newcomers(values, arrays),
            periods=_periods(values, arrays),
            link=_link(values, arrays),
            user_noise=arrays.get("user_noise"),
            item_noise=arrays.get("item_noise"),
            user_doubt=arrays.get("user_doubt"),
            item_doubt=arrays.get("item_doubt"),
        ),
        baseline=Baseline(number(values, "baseline_mean"), arrays["baseline_user"], arrays["baseline_item"]),
        users=users,
        items=items,
        user_counts=arrays["user_counts"],
        item_counts=arrays["item_counts"],
        scale=_scale(values),
        catalogue=_catalogue(contents.catalogue, values),
        seed=count(values, "seed"),
        seconds=number(values, "seconds"),
        spread=spread_of(values, arrays),
    )


def _folding(values: dict[str, Any], config: Model) -> dict[str, str]:
    """The arrays for folding in that are there, and their axes; schema 1 had none."""
    names, allowed = values.get("folding", []), config.folding_axes
    if not isinstance(names, list) or not all(isinstance(name, str) and name in allowed for name in names):
        raise DamagedError(f"its folding is {names!r}, not a list of some of: {_listed(allowed) or 'none'}")
    return {name: allowed[name] for name in names}


def _check_arrays(values: dict[str, Any], arrays: Arrays, folding: dict[str, str]) -> None:
    """Types, shapes, finite numbers, and counts that agree."""
    types: dict[str, tuple[Any, str]] = _TYPES | {FOLDING + name: (np.float32, axes) for name, axes in folding.items()}
    types |= {name: _NOISE[name] for name in _noise(values)}
    types |= {MOODS + name: kind for name, kind in _MOODS.items()} if values.get("moods") is not None else {}
    types |= {NEWCOMERS + name: kind for name, kind in _NEWCOMERS.items()} if _has_newcomers(values) else {}
    types |= {PERIODS + name: kind for name, kind in _PERIODS.items()} if values.get("periods") is not None else {}
    types |= {LINK + name: kind for name, kind in _LINK.items()} if values.get("link") is not None else {}
    types |= spread_types(values)
    if set(arrays) != set(types):
        raise DamagedError(f"its arrays are {_listed(arrays)} instead of {_listed(types)}")
    sizes = {"m": count(values, "users"), "n": count(values, "items"), "k": count(values, "rank"), "2": 2}
    sizes |= {"o": sizes["m"] + 1} | spread_sizes(values) | _mood_sizes(values) | _period_sizes(values)
    sizes |= _link_sizes(values)
    for name, (kind, axes) in types.items():
        _check_array(name, arrays[name], np.dtype(kind), tuple(sizes[axis] for axis in axes))
    _check_counts(values, arrays)


def _noise(values: dict[str, Any]) -> list[str]:
    """Which sides' noise and doubt are there; models of matinee 0.1 have none."""
    names = values.get("noise", [])
    if not isinstance(names, list) or any(name not in NOISE for name in names):
        raise DamagedError(f"its noise is {names!r}, not a list of some of: {_listed(NOISE)}")
    return names


def _mood_sizes(values: dict[str, Any]) -> dict[str, int]:
    given = values.get("moods")
    if given is None:
        return {}
    if not isinstance(given, list) or len(given) != 2:
        raise DamagedError(f"its moods are {given!r}, not two whole numbers")
    named = dict(zip("tc", given, strict=True))
    return {name: count(named, name) for name in named}


def _link_sizes(values: dict[str, Any]) -> dict[str, int]:
    if values.get("link") is None:
        return {}
    levels = count(mapping(values, "link"), "levels")
    return {"j": levels, "h": max(0, levels - 1)}


def _link(values: dict[str, Any], arrays: Arrays) -> Cutpoints | None:
    """Thresholds and stars that ascend, and noise."""
    if values.get("link") is None:
        return None
    thresholds, stars = (arrays[LINK + name] for name in _LINK)
    noise = number(mapping(values, "link"), "noise")
    if len(stars) < 2 or (np.diff(thresholds) <= 0).any() or (np.diff(stars) <= 0).any() or noise <= 0:
        raise DamagedError(f"{LINK}thresholds or {LINK}stars do not ascend, are under two, or the noise is not over 0")
    return Cutpoints(thresholds, stars, noise)


def _moods(values: dict[str, Any], arrays: Arrays) -> Moods | None:
    """Levels in order, so that looking one up stays within them."""
    if values.get("moods") is None:
        return None
    starts, time, level, scales = (arrays[MOODS + name] for name in _MOODS)
    owner = np.repeat(np.arange(len(starts) - 1), np.maximum(np.diff(starts), 0))
    if starts[0] != 0 or starts[-1] != len(time) or (np.diff(starts) < 0).any():
        raise DamagedError(f"{MOODS}starts does not lead from 0 to {len(time):,}")
    if (np.diff(time)[np.diff(owner) == 0] < 0).any() or (scales <= 0).any():
        raise DamagedError(f"{MOODS}time does not ascend within a user, or a scale is not over 0")
    return Moods(starts, time, level, scales)


def _newcomers(values: dict[str, Any], arrays: Arrays) -> Newcomers | None:
    return Newcomers(**{name: arrays[NEWCOMERS + name] for name in _NEWCOMERS}) if _has_newcomers(values) else None


def _has_newcomers(values: dict[str, Any]) -> bool:
    """Whether it says what new users and items are expected to be; schemas before 3 did not."""
    said = values.get("newcomers", False)
    if not isinstance(said, bool):
        raise DamagedError(f"its newcomers are {said!r}, not true or false")
    return said


def _period_sizes(values: dict[str, Any]) -> dict[str, int]:
    periods = 1 if values.get("periods") is None else count(values, "periods")
    if not periods:
        raise DamagedError("its periods are 0, not a whole number from 1")
    return {"p": periods, "e": periods - 1}


def _periods(values: dict[str, Any], arrays: Arrays) -> Periods | None:
    """Edges in order, and homes among the periods."""
    if values.get("periods") is None:
        return None
    found = Periods(*(arrays[PERIODS + name] for name in _PERIODS))
    if (np.diff(found.edges) <= 0).any():
        raise DamagedError(f"{PERIODS}edges do not ascend")
    if ((found.home < 0) | (found.home >= len(found.bias))).any():
        raise DamagedError(f"{PERIODS}home is not from 0 to {len(found.bias) - 1}")
    return found


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
    if (name.endswith("_noise") and (array <= 0).any()) or (name.endswith("_doubt") and (array < 0).any()):
        raise DamagedError(f"{name} is {array.min():g}, not over 0")
    if kind.kind == "i" and not name.startswith((MOODS, PERIODS)) and (array < 0).any():
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
