"""A model that is saved and loaded is the same model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matinee.data.metadata.catalogue import Catalogue
from matinee.data.scale import Scale
from matinee.models.als import ALS
from matinee.models.baselines import Bias, Mean
from matinee.models.bayesian.model import Bayesian
from matinee.models.ease import Ease
from matinee.models.implicit_als import ImplicitALS
from matinee.models.item_knn import ItemKNN
from matinee.models.nmf import Nmf
from matinee.models.registry import MODELS
from matinee.models.sgd import SGD
from matinee.models.soft_impute.model import SoftImpute
from matinee.models.svdpp import SVDPlusPlus
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.load import load
from matinee.store.save import save
from tests.support.stored import answers, arrays, fitted, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.fitting.model import Model
    from matinee.predicting.fitted import FittedModel

CONFIGS: tuple[Model, ...] = (
    Mean(),
    Bias(damping=1.5),
    TruncatedSVD(rank=3),
    TruncatedSVD(rank=1, fill="zero", tolerance=1e-9),
    Ease(regularization=20.0, liked=3.0),
    ItemKNN(neighbours=5),
    ImplicitALS(rank=3, sweeps=2),
    ALS(rank=3, sweeps=4, patience=0),
    Bayesian(rank=3, draws=6, burn_in=2),
    SGD(rank=3, epochs=3, patience=0),
    SVDPlusPlus(rank=3, sweeps=2, patience=0),
    SoftImpute(rank=3, sweeps=3, patience=0),
    Nmf(rank=3, sweeps=3, patience=0),
    Bayesian(rank=3, draws=6, burn_in=2, noise="equal", likelihood="ordered-probit"),
)


def assert_same(model: FittedModel, other: FittedModel) -> None:
    assert answers(other) == answers(model)
    for name in ("config", "users", "items", "scale"):
        assert getattr(other, name) == getattr(model, name), name
    assert (other.users.name, other.items.name) == ("user", "item")
    for name in ("seed", "seconds"):
        assert getattr(other.report, name) == getattr(model.report, name), name
    assert other.report.to_dict() == model.report.to_dict()
    assert (type(other.scorer), type(other.report)) == (type(model.scorer), type(model.report))
    for owner, again in ((model.scorer, other.scorer), (model, other)):
        assert numbers(again) == numbers(owner)
        assert arrays(again).keys() == arrays(owner).keys()
        for name, content in arrays(owner).items():
            assert arrays(again)[name].dtype == content.dtype, name
            assert np.array_equal(arrays(again)[name], content), name
    assert other.catalogue.films.equals(model.catalogue.films)
    assert (other.catalogue.source, other.catalogue.skipped) == (model.catalogue.source, model.catalogue.skipped)
    assert (other.calibration is None) == (model.calibration is None)


def test_every_model_is_tried_here() -> None:
    assert {config.name for config in CONFIGS} == set(MODELS)


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_a_loaded_model_predicts_to_the_last_bit(config: Model, words: bool, tmp_path: Path) -> None:
    model = fitted(5, config, words=words, users=40, items=30)
    assert (model.calibration is None) == (config.predicts == "preference")
    save(model, tmp_path / "model")
    assert_same(model, load(tmp_path / "model"))


def test_without_intervals_titles_or_steps(tmp_path: Path) -> None:
    model = replace(fitted(), calibration=None, catalogue=Catalogue.empty(), scale=Scale(0.5, 5.0))
    save(model, tmp_path)
    loaded = load(tmp_path)
    assert_same(model, loaded)
    assert loaded.scale.step is None
    assert len(loaded.catalogue) == 0


def test_factors_in_fortran_order(tmp_path: Path) -> None:
    model = fitted(users=40, items=30)
    factors = {name: np.asfortranarray(getattr(model.scorer, name)) for name in ("user_factors", "item_factors")}
    model = replace(model, scorer=replace(model.scorer, **factors))
    save(model, tmp_path)
    assert_same(model, load(tmp_path))


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**40),
    seconds=st.floats(0, 1e6),
    source=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_any_plain_values(seed: int, seconds: float, source: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    report = replace(fitted().report, seed=seed, seconds=seconds)
    model = replace(fitted(), report=report, catalogue=replace(fitted().catalogue, source=source))
    folder = tmp_path_factory.mktemp("model")
    save(model, folder)
    assert_same(model, load(folder))


def test_saving_again_what_was_loaded_changes_nothing(tmp_path: Path) -> None:
    save(fitted(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    save(load(tmp_path), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
