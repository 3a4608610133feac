"""What folding in needs is saved with the model, and models that people were folded into are saved like others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from matinee.errors import StoreError
from matinee.models.registry import MODELS
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.load import load
from matinee.store.save import save
from tests.support.creeping import Creeping
from tests.support.stored import Saved, answers, fitted, ratings, reseal

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.predicting.fitted import FittedModel


@dataclass(frozen=True)
class Keeping(TruncatedSVD):
    """A truncated SVD that keeps arrays of every kind of shape for folding in."""

    name: ClassVar[str] = "keeping"
    folding_axes: ClassVar[dict[str, str]] = {"gram": "kk", "implicit": "nk", "weight": "n", "share": "", "people": "m"}

    def learn(self, matrix, options):
        learnt = super().learn(Training(matrix), options)
        sizes = {"n": matrix.shape[1], "m": matrix.shape[0], "k": self.rank}
        rng = np.random.default_rng(0)
        kept = {
            name: rng.standard_normal([sizes[axis] for axis in axes]).astype(np.float32)
            for name, axes in self.folding_axes.items()
        }
        return replace(learnt, folding=kept)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> FittedModel:
    monkeypatch.setitem(MODELS, "keeping", Keeping)
    return fitted(1, Keeping(rank=2))


def test_the_arrays_come_back_to_the_last_bit(model: FittedModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    loaded = load(tmp_path)
    assert set(loaded.scorer.folding) == set(Keeping.folding_axes)
    for name, array in model.scorer.folding.items():
        np.testing.assert_array_equal(loaded.scorer.folding[name], array)
        assert loaded.scorer.folding[name].dtype == np.float32
        assert loaded.scorer.folding[name].shape == array.shape
        assert not loaded.scorer.folding[name].flags.writeable


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda arrays: arrays.pop("folding.gram"), "its arrays are"),
        (lambda arrays: arrays.update({"folding.more": np.zeros(1, np.float32)}), "its arrays are"),
        (
            lambda arrays: arrays.update({"folding.implicit": np.zeros((10, 3), np.float32)}),
            r"folding\.implicit is float32 of shape \(10, 3\) instead of float32 of shape \(10, 2\)",
        ),
        (lambda arrays: arrays.update({"folding.weight": np.zeros(10)}), r"folding\.weight is float64 of shape"),
        (
            lambda arrays: arrays.update({"folding.gram": np.full((2, 2), np.nan, np.float32)}),
            r"folding\.gram holds NaN or infinity",
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
    some = {name: model.scorer.folding[name] for name in ("gram", "weight")}
    save(replace(model, factors=replace(model.scorer, folding=some)), tmp_path)
    assert set(load(tmp_path).scorer.folding) == {"gram", "weight"}


@pytest.mark.parametrize("names", [["nonsense"], "gram", [7], {"gram": 1}, None])
def test_names_that_the_model_does_not_have_are_refused(names, model: FittedModel, tmp_path: Path) -> None:
    save(model, tmp_path)
    reseal(tmp_path, lambda manifest: manifest.update(folding=names))
    with pytest.raises(StoreError, match=r"its folding is .*, not a list of some of: gram, implicit, people, share"):
        load(tmp_path)


def test_arrays_that_were_not_announced_are_not_saved(tmp_path: Path) -> None:
    plain = fitted()
    odd = replace(plain, factors=replace(plain.scorer, folding={"extra": np.zeros(3, np.float32)}))
    with pytest.raises(StoreError, match=r"cannot be saved: its folding is \['extra'\], not a list of some of: none"):
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
    save(fitted(), tmp_path)

    def as_version_1(manifest: dict[str, object]) -> None:
        manifest["schema"] = 1
        del manifest["item_ratings"], manifest["folding"]

    reseal(tmp_path, as_version_1)
    assert answers(load(tmp_path)) == answers(fitted())
    folded = fitted().fold_in(ratings(8, users=5))
    save(folded, tmp_path)
    reseal(tmp_path, as_version_1)
    with pytest.raises(StoreError, match=r"its items have \d+ ratings instead of \d+"):
        load(tmp_path)


def test_how_a_fit_went_is_saved_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(MODELS, "creeping", Creeping)
    model = fitted(1, Creeping(), users=120, items=60)
    save(model, tmp_path)
    details = load(tmp_path).report.to_dict()
    assert details == model.report.to_dict()
    assert len(details["watched_trace"]) == 9
