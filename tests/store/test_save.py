"""Where a model may be saved, what is left of the one before, and what cannot be saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest

from matinee.errors import StoreError
from matinee.fitting.model import Model
from matinee.models.baselines import Mean
from matinee.store.load import load
from matinee.store.save import check_target, save
from tests.support.stored import answers, fitted

if TYPE_CHECKING:
    from pathlib import Path

    from matinee.predicting.fitted import FittedModel


def test_a_directory_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    save(fitted(), tmp_path / "a" / "b")
    assert answers(load(tmp_path / "a" / "b")) == answers(fitted())


def test_the_old_model_goes_and_other_files_stay(tmp_path: Path) -> None:
    save(fitted(1), tmp_path)
    old = {path.name for path in tmp_path.iterdir()}
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / ".users-0123456789abcdef.arrow.99.tmp").write_text("left by a writer that died")
    (tmp_path / "items-0123456789abcdef.arrow").write_text("left as well")
    save(fitted(2), tmp_path)
    assert answers(load(tmp_path)) == answers(fitted(2))
    names = {path.name for path in tmp_path.iterdir()}
    assert "notes.txt" in names
    assert len(names) == 6
    assert not any(name.startswith("arrays") for name in names & old)


def test_a_save_that_was_interrupted_or_damaged_is_saved_over(tmp_path: Path) -> None:
    save(fitted(1), tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    save(fitted(2), tmp_path)
    (tmp_path / "manifest.json").unlink()
    save(fitted(3), tmp_path)
    assert answers(load(tmp_path)) == answers(fitted(3))
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize(
    ("name", "content"),
    [("thesis.tex", "years of work"), ("manifest.json", '{"name": "my web app"}'), ("manifest.json", "{")],
)
def test_a_directory_of_something_else_is_left_alone(name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    for attempt in (lambda: save(fitted(), tmp_path), lambda: check_target(tmp_path)):
        with pytest.raises(StoreError, match=r"holds other files and no model; found .*; allowed: a new or empty"):
            attempt()
    assert [path.read_text() for path in tmp_path.iterdir()] == [content]


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("not a directory")
    for place in (tmp_path / "model", tmp_path / "model" / "below"):
        with pytest.raises(StoreError, match=f"{place}: a file is in the way; choose another directory"):
            save(fitted(), place)


@dataclass(frozen=True)
class _Homemade(Mean):
    name: ClassVar[str] = "homemade"


def _with(**changes: Any) -> FittedModel:
    return replace(fitted(), scorer=replace(fitted().scorer, **changes))


def _reporting(**changes: Any) -> FittedModel:
    return replace(fitted(), report=replace(fitted().report, **changes))


def _broken() -> dict[str, tuple[FittedModel, str]]:
    scorer = fitted().scorer
    nan = scorer.user_factors.copy()
    nan[0, 0] = np.nan
    return {
        "NaN": (_with(user_factors=nan), "user_factors holds NaN or infinity"),
        "float64": (_with(item_bias=scorer.item_bias.astype(float)), "item_bias is float64"),
        "shape": (_with(item_factors=scorer.user_factors), "item_factors is float32 of"),
        "mean": (_with(mean=float("inf")), "its mean is inf, not a finite number"),
        "NaN in the report": (_reporting(values=(float("nan"),)), "not JSON compliant"),
        "object in the report": (_reporting(values=(object(),)), "not JSON serializable"),
        "unknown model": (replace(fitted(), config=_Homemade()), "found 'homemade'; allowed: mean, bias"),
    }


@pytest.mark.parametrize("case", _broken())
def test_what_could_not_be_loaded_is_not_saved(case: str, tmp_path: Path) -> None:
    model, says = _broken()[case]
    with pytest.raises(StoreError, match=f"this model cannot be saved: .*{says}.*; fit it again"):
        save(model, tmp_path / "model")
    assert not (tmp_path / "model").exists()
    assert issubclass(_Homemade, Model)
