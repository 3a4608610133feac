"""The settings of an evaluation as a table of names and values for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.evaluation.report.wording import clean, rounds
from matinee.models.bayesian import convergence
from matinee.predicting.report import TRACES

if TYPE_CHECKING:
    from matinee.evaluation.result import Setting

_LONGEST_LIST: Final = 12
_APART: Final = (*TRACES, convergence.TRACES, "convergence", "user_prior", "thresholds_interval", "sweeps", "ended")
"""Details that have a table or a picture of their own, or that only folding in reads: result.json has them."""

_NAMES: Final = {
    "fraction": "share of the ratings taken",
    "test": "test ratings",
    "noise": "usual noise of a rating (stars)",
    "noise_interval": "90 % of its draws lie in (stars)",
    "compression_error": "compressing the average moves predictions by (stars)",
    "draws_kept": "draws averaged",
    "interval_seconds": "measuring intervals (seconds)",
}
"""Plain names of details whose keys say too little."""


def facts(setting: Setting) -> dict[str, str]:
    """The settings by name, and of the details those that people can read."""
    plain = {
        "data": setting.data,
        "rating scale": f"{setting.scale} stars",
        "model": setting.model,
        "parameters": ", ".join(f"{name}={_in_words(value)}" for name, value in setting.parameters.items()) or "none",
        "protocol": setting.protocol,
        "seed": setting.seed,
        "training ratings": f"{setting.train_ratings:,}",
        "fitting": f"{setting.fit_seconds:.3g} s",
        "predicting": f"{setting.predict_seconds:.3g} s",
        "peak memory": f"{setting.peak_memory_mb:,.0f} MB",
    }
    details = {_NAMES.get(name, name): value for name, value in setting.details.items() if name not in _APART}
    return flatten(plain) | flatten(details | _course(setting))


def _course(setting: Setting) -> dict[str, Any]:
    """The number of rounds and what ended them, by the model's name of a round; nothing for a model without."""
    if "sweeps" not in setting.details:
        return {}
    word = rounds(setting)
    ended = str(setting.details.get("ended")).replace("sweep", word)
    return {f"{word}s": setting.details["sweeps"], "ended after": ended}


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested values as one level of readable text: ``{"a": {"b": 1}}`` becomes ``{"a: b": "1"}``."""
    flat: dict[str, str] = {}
    for key, value in values.items():
        name = prefix + clean(key).replace("_", " ")
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{name}: ")
        else:
            flat[name] = _in_words(value)
    return flat


def _in_words(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, list | tuple | np.ndarray):
        more = f" and {len(value) - _LONGEST_LIST:,} more" if len(value) > _LONGEST_LIST else ""
        return ", ".join(map(_in_words, value[:_LONGEST_LIST])) + more
    return "none" if value is None else clean(value)
