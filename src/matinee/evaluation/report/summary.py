"""An evaluation in a few numbers, as ``result.json`` and ``evaluate --json`` hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from matinee.errors import InputError
from matinee.evaluation.metrics.distribution import scores
from matinee.evaluation.metrics.errors import coverage, errors, mae, rmse, rmse_interval
from matinee.evaluation.metrics.ranking import ranking_summary

if TYPE_CHECKING:
    from matinee.evaluation.result import Evaluation


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """The settings and the measures as plain values that JSON can hold.

    Errors are in stars; ``rmse_interval`` is the 95 % interval; ``coverage`` the share of truths inside the
    predictive interval stated at ``coverage_level`` (both null where the model states none). For a preference
    ``predicts`` says so, errors are null and ``ranking`` holds the figures (`ranking_summary`). Numbers that
    are not finite become null. Raises `InputError` where nothing was predicted.
    """
    if not len(evaluation.rows):
        raise InputError(
            f"evaluation of {evaluation.setting.model}: 0 ratings were predicted; at least one is needed; "
            "hide a larger share or give test ratings"
        )
    setting = asdict(evaluation.setting)
    numbers = setting | _measured(evaluation) | {"coverage_level": setting["coverage"]}
    plain: dict[str, Any] = _plain({name: numbers[name] for name in _ORDER if name in numbers})
    return plain


def _measured(evaluation: Evaluation) -> dict[str, Any]:
    counted = {"test_ratings": len(evaluation.rows)}
    if evaluation.ranks:
        return counted | dict.fromkeys(_ERRORS) | {"ranking": ranking_summary(evaluation)}
    error = errors(evaluation)
    return counted | {
        "rmse": rmse(error),
        "rmse_interval": rmse_interval(evaluation),
        "mae": mae(error),
        "baseline_rmse": rmse(errors(evaluation, "baseline")),
        "coverage": coverage(evaluation),
        "distribution": distribution(evaluation),
    }


def distribution(evaluation: Evaluation) -> dict[str, Any] | None:
    """How well predictive distributions fit: ``log_score`` (nats) and ``crps`` (stars), lower is better.

    Beside each ``…_one_spread``, what the same predictions get in a normal of one spread for all (their RMSE), and
    ``…_gain_interval``, the 95 % interval of what is gained over it. ``None`` where the model does not say how likely
    each star is.
    """
    found = {score.name.lower().replace(" ", "_"): score for score in scores(evaluation)}
    told = {name: score.value for name, score in found.items()}
    told |= {f"{name}_one_spread": score.one_spread for name, score in found.items()}
    return told | {f"{name}_gain_interval": list(score.gain) for name, score in found.items()} or None


def to_json(numbers: Mapping[str, Any]) -> str:
    """A `summary` as indented JSON, strictly by the standard (no NaN)."""
    return json.dumps(numbers, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


_ERRORS = ("rmse", "rmse_interval", "mae", "baseline_rmse", "coverage", "distribution")
_ORDER = (
    "model", "parameters", "protocol", "seed", "data", "train_ratings", "test_ratings", *_ERRORS,
    "coverage_level", "predicts", "ranking", "fit_seconds",
    "predict_seconds", "peak_memory_mb", "version", "details",
)  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(inner) for inner in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)
