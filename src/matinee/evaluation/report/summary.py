"""An evaluation in a few numbers, as ``result.json`` and ``evaluate --json`` hold them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.errors import InputError
from matinee.evaluation.metrics.registry import METRICS, measured

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
    further = {"test_ratings": len(evaluation.rows), "coverage_level": setting["coverage"]}
    numbers = setting | measured(evaluation) | further
    plain: dict[str, Any] = _plain({name: numbers[name] for name in _ORDER if name in numbers})
    return plain


def to_json(numbers: Mapping[str, Any]) -> str:
    """A `summary` as indented JSON, strictly by the standard (no NaN)."""
    return json.dumps(numbers, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


_ORDER: Final = (
    *("model", "parameters", "protocol", "seed", "data", "train_ratings", "test_ratings"),
    *(metric.name for metric in METRICS if metric.judges == "stars"),
    *("coverage_level", "predicts"),
    *(metric.name for metric in METRICS if metric.judges != "stars"),
    *("fit_seconds", "predict_seconds", "peak_memory_mb", "version", "details"),
)
"""The keys of ``result.json``."""


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
