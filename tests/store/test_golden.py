"""Models saved by earlier versions are still loaded, and still say the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matinee.data.reading.dataframes import ratings_from_table
from matinee.data.scale import Scale
from matinee.models.als import ALS
from matinee.models.bayesian.model import Bayesian
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.load import load
from matinee.store.manifest import SCHEMA
from matinee.store.save import save

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())


def test_every_schema_version_is_kept() -> None:
    assert [f"v{version}" for version in range(1, SCHEMA + 1)] == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_its_predictions(version: str) -> None:
    model = load(GOLDEN / version)
    expected = json.loads((GOLDEN / f"{version}.json").read_text())
    user, item = (side.ravel() for side in np.indices((len(model.users), len(model.items))))
    found = model.predict_pairs(model.pairs_at(user, item))
    for name in ("value", "lower", "upper"):
        np.testing.assert_allclose(getattr(found, name), expected[name], rtol=0, atol=1e-12)
    assert found.source.tolist() == expected["source"]


def test_what_version_1_holds() -> None:
    model = load(GOLDEN / "v1")
    assert model.config == TruncatedSVD(rank=2, damping=4.5)
    assert (model.users.kind, model.items.kind) == ("integer", "string")
    assert (len(model.users), len(model.items), model.report.seed) == (12, 10, 7)
    assert model.scale == Scale(0.5, 5.0, 0.5)
    assert model.user_counts.sum() == model.item_counts.sum() == 75
    film = model.catalogue.film("film 002")
    assert film is not None
    assert (film.label, film.genres) == ("Film 2 (1990)", ("Drama",))
    assert model.calibration is not None
    assert model.calibration.coverage == 0.9
    assert len(model.report.to_dict()["singular_values"]) == 2
    assert model.report.to_dict()["certificate"]["holds"] is True


def test_what_version_2_holds() -> None:
    """Four people folded in; one has no ratings, one rated a film that the model does not know."""
    model = load(GOLDEN / "v2")
    assert model.config == ALS(rank=2, sweeps=3)
    assert model.users.ids.to_list() == ["ann", "bob", "cid", "dora"]
    assert model.user_counts.tolist() == [2, 2, 0, 1]
    assert (len(model.items), model.item_counts.sum()) == (10, 233)
    assert {name: array.shape for name, array in model.scorer.folding.items()} == {
        "implicit_gram": (2, 2),
        "implicit_pull": (10, 2),
    }
    assert model.calibration is not None
    assert model.report.to_dict() == {"sweeps": 3, "ended": "all sweeps"}


def test_what_version_3_holds() -> None:
    """Periods, moods beside them, what both say of a time; a user and a film without ratings, described."""
    model = load(GOLDEN / "v3")
    assert model.config == Bayesian(rank=2, draws=4, burn_in=2, user_features=2, item_features=2, periods=3)
    assert (model.user_counts[0], model.item_counts[0]) == (0, 0)
    assert model.scorer.cold_start is not None
    assert (model.scorer.cold_start.width > 1).all()
    assert model.scorer.periods is not None
    assert model.scorer.session_drift is not None
    assert [len(model.scorer.periods.edges), len(model.scorer.periods.bias)] == [2, 3]
    user, item = (side.ravel() for side in np.indices((len(model.users), len(model.items))))
    time = 10**9 + 3 * 10**7 * np.arange(len(user)) // len(user)
    expected = json.loads((GOLDEN / "v3.json").read_text())["timed"]
    np.testing.assert_allclose(
        model.predict_pairs(model.pairs_at(user, item, time=time)).value, expected, rtol=0, atol=1e-12
    )


def test_people_are_folded_into_version_2_as_they_were() -> None:
    """The same ratings again give the same rows, to the rounding of the small systems solved for them."""
    model = load(GOLDEN / "v2")
    films = [f"film {number:03}" for number in (1, 4, 77, 5, 8, 4)]
    given = pl.DataFrame(
        {
            "user": ["ann", "ann", "ann", "bob", "bob", "dora"],
            "item": films,
            "rating": [5.0, 0.5, 3.0, 4.0, 4.5, 2.0],
        }
    )
    again = model.fold_in(ratings_from_table(given))
    known = [0, 1, 3]
    np.testing.assert_allclose(again.scorer.user_factors, model.scorer.user_factors[known], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(again.scorer.user_bias, model.scorer.user_bias[known], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_saved_as_the_present_version(version: str, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / version, tmp_path / "model")
    save(load(tmp_path / "model"), tmp_path / "model")
    assert json.loads((tmp_path / "model" / "manifest.json").read_text())["schema"] == SCHEMA
    load(tmp_path / "model")
