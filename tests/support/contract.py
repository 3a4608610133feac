"""The models that the contract holds for: every one in the registry, and options that make another model of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.models.registry import MODELS, model_named

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings
    from matinee.fitting.model import Model
    from matinee.predicting.fitted import FittedModel

QUICK = RunOptions(intervals=False)

FITTING = {
    "truncated-svd": {"rank": 2},
    "als": {"rank": 4},
    "bayesian": {"rank": 4, "draws": 60, "burn_in": 20},
    "sgd": {"rank": 4},
    "svdpp": {"rank": 4},
    "soft-impute": {"rank": 4},
    "nmf": {"rank": 6},
}
"""Hyper-parameters that suit the planted ratings; the defaults where a model is not named."""

OPTIONS = {"bayesian, ordered-probit": FITTING["bayesian"] | {"likelihood": "ordered-probit"}}
"""Options that make another model of one: the contract is kept with them as well."""

BANDS = {
    "mean": (1.08, 1.18),
    "bias": (0.87, 0.96),
    "truncated-svd": (0.70, 0.80),
    "als": (0.3, 0.8),
    "bayesian": (0.3, 0.8),
    "sgd": (0.3, 0.8),
    "svdpp": (0.40, 0.58),
    "soft-impute": (0.33, 0.42),
    "nmf": (0.5, 0.66),
}
"""RMSE in stars on hidden planted ratings. Of its taste an SVD of a thin matrix finds half."""

USUAL_BAND = (0.3, 0.85)
"""Of a model that is not named: no better than the noise, and better than biases."""

NAMES = (*MODELS, *OPTIONS)


def kind_of(name: str) -> type[Model]:
    return model_named(name.split(",")[0])


every_model = pytest.mark.parametrize("name", NAMES)

star_model = pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name).predicts == "stars"])
"""Those that predict stars; what the others must do is in `test_ranking_models`."""


def config_of(name: str, **values: Any) -> Model:
    kind = kind_of(name)
    names = {parameter.name for parameter in kind.parameters()}
    settings = {**FITTING.get(name, {}), **OPTIONS.get(name, {}), **values}
    return kind(**{key: value for key, value in settings.items() if key in names})


def everywhere(model: FittedModel) -> tuple[np.ndarray, np.ndarray]:
    user, item = (index.ravel() for index in np.indices((len(model.users), len(model.items))))
    return user, item


def rmse(model: FittedModel, hidden: Ratings) -> float:
    predicted = model.scale.clip(model.predict_pairs(model.pairs_of(hidden)).value)
    return float(np.sqrt(np.mean((predicted - hidden.value) ** 2)))
