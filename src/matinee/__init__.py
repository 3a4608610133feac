"""Matinee: film ratings predicted with the singular value decomposition and its descendants.

The public API is the list below, and nothing else. Each name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matinee.data.check import check
    from matinee.data.download.fetch import download
    from matinee.data.metadata.catalogue import Catalogue
    from matinee.data.metadata.people import People
    from matinee.data.ratings import Ratings
    from matinee.data.reading.dataframes import ratings_from_table
    from matinee.data.reading.read import read_ratings
    from matinee.data.scale import Scale
    from matinee.data.synthetic.sample import sample
    from matinee.data.vocabulary import Vocabulary
    from matinee.errors import (
        ConfigError,
        DataError,
        DownloadError,
        InputError,
        MatineeError,
        NumericalError,
        StoreError,
        UnknownIdError,
    )
    from matinee.evaluation.plots.registry import figures
    from matinee.evaluation.protocols import evaluate_corrupted, evaluate_hidden, evaluate_test
    from matinee.evaluation.result import Evaluation
    from matinee.fitting.options import RunOptions
    from matinee.matrix.sparse import RatingMatrix
    from matinee.matrix.split import hide
    from matinee.models.als import ALS
    from matinee.models.baselines import Bias, Mean
    from matinee.models.bayesian.model import Bayesian
    from matinee.models.ease import Ease
    from matinee.models.implicit_als import ImplicitALS
    from matinee.models.item_knn import ItemKNN
    from matinee.models.nmf import Nmf
    from matinee.models.sgd import SGD
    from matinee.models.soft_impute.model import SoftImpute
    from matinee.models.svd.certificate import Certificate
    from matinee.models.svd.solve import Decomposition, truncated_svd
    from matinee.models.svdpp import SVDPlusPlus
    from matinee.models.truncated_svd import TruncatedSVD
    from matinee.predicting.distribution import Predictive
    from matinee.predicting.factors import Predictions
    from matinee.predicting.fitted import FittedModel
    from matinee.store.checkpoint import DirectoryCheckpoint
    from matinee.store.load import load
    from matinee.store.save import save

    __version__: str

__all__ = [
    "ALS",
    "SGD",
    "Bayesian",
    "Bias",
    "Catalogue",
    "Certificate",
    "ConfigError",
    "DataError",
    "Decomposition",
    "DirectoryCheckpoint",
    "DownloadError",
    "Ease",
    "Evaluation",
    "FittedModel",
    "ImplicitALS",
    "InputError",
    "ItemKNN",
    "MatineeError",
    "Mean",
    "Nmf",
    "NumericalError",
    "People",
    "Predictions",
    "Predictive",
    "RatingMatrix",
    "Ratings",
    "RunOptions",
    "SVDPlusPlus",
    "Scale",
    "SoftImpute",
    "StoreError",
    "TruncatedSVD",
    "UnknownIdError",
    "Vocabulary",
    "__version__",
    "check",
    "download",
    "evaluate_corrupted",
    "evaluate_hidden",
    "evaluate_test",
    "figures",
    "hide",
    "load",
    "ratings_from_table",
    "read_ratings",
    "sample",
    "save",
    "truncated_svd",
]

_HOMES: Final = {
    "data.metadata.catalogue": ("Catalogue",),
    "data.check": ("check",),
    "data.download.fetch": ("download",),
    "data.metadata.people": ("People",),
    "data.ratings": ("Ratings",),
    "data.reading.read": ("read_ratings",),
    "data.synthetic.sample": ("sample",),
    "data.scale": ("Scale",),
    "data.reading.dataframes": ("ratings_from_table",),
    "data.vocabulary": ("Vocabulary",),
    "errors": (
        "ConfigError",
        "DataError",
        "DownloadError",
        "InputError",
        "MatineeError",
        "NumericalError",
        "StoreError",
        "UnknownIdError",
    ),
    "evaluation.plots.registry": ("figures",),
    "evaluation.protocols": ("evaluate_corrupted", "evaluate_hidden", "evaluate_test"),
    "evaluation.result": ("Evaluation",),
    "matrix.sparse": ("RatingMatrix",),
    "matrix.split": ("hide",),
    "models.als": ("ALS",),
    "predicting.fitted": ("FittedModel",),
    "models.baselines": ("Bias", "Mean"),
    "models.bayesian.model": ("Bayesian",),
    "models.ease": ("Ease",),
    "predicting.factors": ("Predictions",),
    "models.implicit_als": ("ImplicitALS",),
    "models.item_knn": ("ItemKNN",),
    "models.nmf": ("Nmf",),
    "fitting.options": ("RunOptions",),
    "predicting.distribution": ("Predictive",),
    "models.sgd": ("SGD",),
    "models.soft_impute.model": ("SoftImpute",),
    "models.svd.certificate": ("Certificate",),
    "models.svd.solve": ("Decomposition", "truncated_svd"),
    "models.svdpp": ("SVDPlusPlus",),
    "models.truncated_svd": ("TruncatedSVD",),
    "store.checkpoint": ("DirectoryCheckpoint",),
    "store.load": ("load",),
    "store.save": ("save",),
}
"""Where each name lives; importing them all at once would take longer than the shortest command."""


def __getattr__(name: str) -> Any:
    value = _version() if name == "__version__" else _found(name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _found(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'; the public names are in matinee.__all__")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(__name__)
    except PackageNotFoundError:
        return "0+unknown"
