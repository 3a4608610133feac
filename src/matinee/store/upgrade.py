"""Models of schemas 1 to 3 in the layout of schema 4."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.models.registry import model_named
from matinee.predicting.item_weights import ItemWeights
from matinee.store.plain import mapping, text

if TYPE_CHECKING:
    from matinee.store.payloads import Arrays

_PARTS: Final = {"moods": "session_drift", "newcomers": "cold_start", "periods": "periods", "link": "cutpoints"}
"""Parts of the sampled factors, by their names before schema 4."""

_VARIANCES: Final = {"user_doubt": "user_variance", "item_doubt": "item_variance"}


def upgraded(values: dict[str, Any], arrays: Arrays) -> tuple[dict[str, Any], Arrays]:
    """``values`` and ``arrays`` of a model of schema 1, 2 or 3 as schema 4 has them."""
    sampled = text(mapping(values, "model"), "name") == "bayesian"
    renamed = {_name(name, sampled=sampled): array for name, array in arrays.items()}
    calibration = _calibration(values, renamed)
    made = values | {
        "item_ratings": values.get("item_ratings", values.get("ratings")),
        "baseline": {"mean": values.get("baseline_mean")},
        "calibration": calibration,
        "scorer": _scorer(values, renamed),
    }
    if model_named(text(mapping(values, "model"), "name")).scorer is ItemWeights:
        made["rank"] = 0
        renamed = _item_weights(renamed)
    return made, renamed


def _name(name: str, *, sampled: bool) -> str:
    prefix, _, suffix = name.partition(".")
    if name in ("user_counts", "item_counts"):
        return name
    if name.startswith("baseline_"):
        return name.replace("_", ".", 1)
    if name.startswith("spread_"):
        return name.replace("spread_", "calibration.", 1)
    if prefix == "folding":
        return f"scorer.user_prior.{suffix}" if sampled else f"scorer.{suffix}"
    if prefix in _PARTS and suffix:
        return f"scorer.{_PARTS[prefix]}.{suffix}"
    return f"scorer.{_VARIANCES.get(name, name)}"


def _scorer(values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    """The numbers of the scorer and of its parts; singular values, which were among details, go to ``arrays``."""
    details = mapping(values, "details")
    numbers: dict[str, Any] = {"mean": values.get("mean")}
    if "singular_values" in details:
        arrays["scorer.singular_values"] = np.array(details["singular_values"], np.float64)
    numbers |= {name: details.get(name) for name in ("regularization", "largest_regularization") if name in details}
    for before, now in _PARTS.items():
        numbers[now] = {} if values.get(before) not in (None, False) else None
    if numbers["cutpoints"] is not None:
        numbers["cutpoints"] = {"noise": mapping(values, "link").get("noise")}
    return numbers | {"user_prior": details.get("user_prior")}


def _calibration(values: dict[str, Any], arrays: Arrays) -> dict[str, Any] | None:
    if values.get("coverage") is None:
        return None
    if "levels" not in values:
        _from_two_limits(float(values["coverage"]), arrays)
    return {"coverage": values["coverage"], "least": values.get("least", 0.0)}


def _from_two_limits(coverage: float, arrays: Arrays) -> None:
    """Schemas 1 and 2 had two limits alone: the deviation is that of a normal which leaves as much out."""
    below = arrays.pop("calibration.below")
    above = arrays.pop("calibration.above")
    out = (1.0 - coverage) / 2.0
    arrays["calibration.levels"] = np.array([out, 1.0 - out])
    arrays["calibration.limits"] = np.column_stack([below, above])
    arrays["calibration.deviation"] = np.maximum(above - below, 0.0) / (2.0 * NormalDist().inv_cdf(1.0 - out))
    arrays["calibration.trend"] = np.zeros(2)


def _item_weights(arrays: Arrays) -> Arrays:
    """X was dense, and weights were by the item that gets them."""
    kept = {name: array for name, array in arrays.items() if not name.startswith("scorer.")}
    chosen = arrays["scorer.user_factors"]
    users, items = np.nonzero(chosen)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(chosen)))]).astype(np.int64)
    return kept | {
        "scorer.offsets": offsets,
        "scorer.chosen": items.astype(np.int32),
        "scorer.weight": chosen[users, items],
        "scorer.weights": np.ascontiguousarray(arrays["scorer.item_factors"].T),
    }
