"""Everything that a scorer declares is saved, and models that people were folded into are saved like others."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from matinee.errors import StoreError
from matinee.matrix.fields import array, number
from matinee.models.registry import MODELS
from matinee.models.truncated_svd import SingularFactors, TruncatedSVD
from matinee.store.load import load
from matinee.store.save import save
from tests.support.creeping import Creeping
from tests.support.stored import Saved, answers, fitted, ratings, reseal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from matinee.fitting.model import Learnt, Training
    from matinee.fitting.options import RunOptions
    from matinee.predicting.fitted import FittedModel

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class KeptFactors(SingularFactors):
    """Arrays of every kind of shape."""

    gram: NDArray[np.float32] = array("kk")
    implicit: NDArray[np.float32] = array("nk")
    people: NDArray[np.float32] = array("m")
    share: float = number()
    weight: NDArray[np.float32] | None = array("n", optional=True)


@dataclass(frozen=True)
class Keeping(TruncatedSVD):
    """A truncated SVD that keeps more than it needs."""

    scorer: ClassVar[type[KeptFactors]] = KeptFactors
    name: ClassVar[str] = "keeping"

    def learn(self, training: Training, options: RunOptions) -> Learnt:
        learnt = super().learn(training, options)
        users, items = training.matrix.shape
        rng = np.random.default_rng(0)
        shapes = {"gram": (self.rank, self.rank), "implicit": (items, self.rank), "people": users, "weight": items}
        kept = {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
        own = {field.name: getattr(learnt.scorer, field.name) for field in fields(learnt.scorer)}
        return learnt._replace(scorer=KeptFactors(**own, **kept, share=0.1))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FittedModel:
    monkeypatch.setitem(MODELS, "keeping", Keeping)
    return fitted(1, Keeping(rank=2))


def test_the_arrays_come_back_to_the_last_bit(model: FittedModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    loaded = load(tmp_path)
    assert isinstance(loaded.scorer, KeptFactors)
    assert loaded.scorer.share == 0.1
    for name in ("gram", "implicit", "people", "weight"):
        content, again = getattr(model.scorer, name), getattr(loaded.scorer, name)
        np.testing.assert_array_equal(again, content)
        assert again.dtype == np.float32
        assert again.shape == content.shape
        assert not again.flags.writeable


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda arrays: arrays.pop("scorer.gram"), "its arrays are"),
        (lambda arrays: arrays.update({"scorer.more": np.zeros(1, np.float32)}), "its arrays are"),
        (
            lambda arrays: arrays.update({"scorer.implicit": np.zeros((10, 3), np.float32)}),
            r"scorer\.implicit is float32 of shape \(10, 3\) instead of float32 of shape \(10, 2\)",
        ),
        (lambda arrays: arrays.update({"scorer.weight": np.zeros(10)}), r"scorer\.weight is float64 of shape"),
        (
            lambda arrays: arrays.update({"scorer.gram": np.full((2, 2), np.nan, np.float32)}),
            r"scorer\.gram holds NaN or infinity",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, says: str, model: FittedModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    saved = Saved.open(tmp_path)
    change(saved.parts["arrays"])
    saved.write()
    with pytest.raises(StoreError, match=says):
        load(tmp_path)


def test_a_model_may_hold_only_some_of_its_arrays(model: FittedModel, tmp_path: Path) -> None:
    save(replace(model, scorer=replace(model.scorer, weight=None)), tmp_path)
    assert load(tmp_path).scorer.weight is None
    with pytest.raises(StoreError, match=r"cannot be saved: there is no array scorer\.gram"):
        save(replace(model, scorer=replace(model.scorer, gram=None)), tmp_path)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (["share"], r"its scorer is \['share'\], not a set of values"),
        (None, "its scorer is None, not a set of values"),
        ({"mean": 3.0}, "its share is None, not a finite number"),
        ({"mean": 3.0, "share": True}, "its share is True, not a finite number"),
    ],
)
def test_numbers_that_are_not_what_is_declared_are_refused(
    value, says: str, model: FittedModel, tmp_path: Path
) -> None:
    save(model, tmp_path)
    reseal(tmp_path, lambda manifest: manifest.update(scorer=value))
    with pytest.raises(StoreError, match=says):
        load(tmp_path)


def test_arrays_that_the_model_does_not_declare_are_not_saved(model: FittedModel, tmp_path: Path) -> None:
    odd = replace(fitted(), scorer=model.scorer)
    with pytest.raises(StoreError, match=r"cannot be saved: its arrays are scorer\.gram, .* and others instead of"):
        save(odd, tmp_path / "model")


@pytest.mark.parametrize("config", [TruncatedSVD(rank=2), TruncatedSVD(rank=2, fill="item")], ids=str)
def test_a_folded_model_answers_as_before(config: TruncatedSVD, tmp_path: Path) -> None:
    folded = fitted(5, config, users=40, items=30).fold_in(ratings(8, users=7, items=30))
    save(folded, tmp_path)
    assert answers(load(tmp_path)) == answers(folded)


def test_a_model_without_anybody_is_saved_too(tmp_path: Path) -> None:
    people = ratings(8).take(slice(0, 0))
    folded = fitted().fold_in(replace(people, users=type(people.users)(people.users.ids[:0], "user")))
    save(folded, tmp_path)
    assert len(load(tmp_path).users) == 0


def test_version_1_had_one_number_for_both_sides(tmp_path: Path) -> None:
    """That of the folded people of version 2 is none for their films."""
    shutil.copytree(GOLDEN / "v2", tmp_path / "model")

    def as_version_1(manifest: dict[str, object]) -> None:
        manifest["schema"] = 1
        del manifest["item_ratings"]

    reseal(tmp_path / "model", as_version_1)
    with pytest.raises(StoreError, match=r"its items have 233 ratings instead of 5"):
        load(tmp_path / "model")


def test_how_a_fit_went_is_saved_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(MODELS, "creeping", Creeping)
    model = fitted(1, Creeping(), users=120, items=60)
    save(model, tmp_path)
    details = load(tmp_path).report.to_dict()
    assert details == model.report.to_dict()
    assert len(details["watched_trace"]) == 9
