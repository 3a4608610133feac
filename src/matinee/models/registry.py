"""Every model by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matinee.errors import ConfigError
from matinee.models.als import ALS
from matinee.models.baselines import Bias, Mean
from matinee.models.bayesian.model import Bayesian
from matinee.models.ease import Ease
from matinee.models.implicit_als import ImplicitALS
from matinee.models.item_knn import ItemKNN
from matinee.models.nmf import Nmf
from matinee.models.sgd import SGD
from matinee.models.soft_impute.model import SoftImpute
from matinee.models.svdpp import SVDPlusPlus
from matinee.models.truncated_svd import TruncatedSVD

if TYPE_CHECKING:
    from matinee.fitting.model import Model

MODELS: Final[dict[str, type[Model]]] = {
    model.name: model
    for model in (
        Mean,
        Bias,
        TruncatedSVD,
        SoftImpute,
        ALS,
        Bayesian,
        SGD,
        SVDPlusPlus,
        Nmf,
        ImplicitALS,
        Ease,
        ItemKNN,
    )
}


def model_named(name: str) -> type[Model]:
    """The model of that name; `ConfigError`, listing all, where there is none."""
    if name not in MODELS:
        raise ConfigError(f"model: found '{name}'; allowed: {', '.join(MODELS)}; see them with: matinee models")
    return MODELS[name]
