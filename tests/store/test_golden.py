"""Models saved by earlier versions are still loaded, and still say the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from matinee.data.reading.dataframes import ratings_from_table
from matinee.data.scale import Scale
from matinee.matrix.fields import arrays_of
from matinee.models.als import ALS
from matinee.models.bayesian.model import Bayesian
from matinee.models.registry import MODELS
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.load import load
from matinee.store.manifest import SCHEMA
from matinee.store.save import save
from tests.support.pairs import every_pair
from tests.support.stored import ratings

if TYPE_CHECKING:
    from matinee.models.bayesian.factors import PosteriorFactors

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())

OF_EVERY_MODEL = [name for name in VERSIONS if name.startswith("v3-")]
"""Saved by the last version before schema 4, which named arrays after the fields that declare them."""

CLOSE = 1e-12
"""Stars: sums are made in the same order as before."""


def saved_with(version: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{version}.json").read_text())


def test_every_schema_version_is_kept() -> None:
    assert [f"v{version}" for version in range(1, SCHEMA + 1)] == [name for name in VERSIONS if "-" not in name]
    models = {json.loads((GOLDEN / name / "manifest.json").read_text())["model"]["name"] for name in VERSIONS}
    assert models >= set(MODELS) - {"mean", "bias"}


@pytest.mark.parametrize("version", VERSIONS)
def test_its_predictions(version: str) -> None:
    model = load(GOLDEN / version)
    expected = saved_with(version)
    predictions = model.predict_pairs(every_pair(model))
    for name in ("value", "lower", "upper"):
        if expected[name] is None:
            assert getattr(predictions, name) is None
        else:
            np.testing.assert_allclose(getattr(predictions, name), expected[name], rtol=0, atol=CLOSE)
    assert predictions.source.tolist() == expected["source"]


@pytest.mark.parametrize("version", OF_EVERY_MODEL)
def test_new_people_are_folded_into_it_as_before(version: str) -> None:
    folded = load(GOLDEN / version).fold_in(ratings(9, users=4, items=16, words=True), 1)
    predictions = folded.predict_pairs(every_pair(folded))
    np.testing.assert_allclose(predictions.value, saved_with(version)["folded"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_what_it_predicts_at_a_time(version: str) -> None:
    model = load(GOLDEN / version)
    pairs = every_pair(model)
    time = 10**9 + 3 * 10**7 * np.arange(len(pairs)) // len(pairs)
    timed = model.predict_pairs(model.pairs_at(pairs.user.index, pairs.item.index, time)).value
    np.testing.assert_allclose(timed, saved_with(version)["timed"], rtol=0, atol=CLOSE)
    assert not np.array_equal(timed, model.predict_pairs(pairs).value)


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
    shapes = {name: content.shape for name, _, content in arrays_of(model.scorer)}
    assert (shapes["implicit_gram"], shapes["implicit_pull"]) == ((2, 2), (10, 2))
    assert model.calibration is not None
    assert model.report.to_dict() == {"sweeps": 3, "ended": "all sweeps"}


def test_what_version_3_holds() -> None:
    """Periods, session drift beside them, what both say of a time; a user and a film without ratings, described."""
    model = load(GOLDEN / "v3")
    assert model.config == Bayesian(rank=2, draws=4, burn_in=2, user_features=2, item_features=2, periods=3)
    assert (model.user_counts[0], model.item_counts[0]) == (0, 0)
    assert_it_knows_times_and_cold_starts(model.scorer)


def test_what_version_4_holds() -> None:
    """The same with thresholds between stars."""
    model = load(GOLDEN / "v4")
    assert model.config.to_dict()["likelihood"] == "ordered-probit"
    assert (model.user_counts[0], model.item_counts[0]) == (0, 0)
    assert_it_knows_times_and_cold_starts(model.scorer)
    assert model.scorer.cutpoints is not None
    assert len(model.scorer.cutpoints.thresholds) == len(model.scorer.cutpoints.stars) - 1


def assert_it_knows_times_and_cold_starts(scorer: PosteriorFactors) -> None:
    assert scorer.cold_start is not None
    assert (scorer.cold_start.width > 1).all()
    assert scorer.session_drift is not None
    assert scorer.periods is not None
    assert [len(scorer.periods.edges), len(scorer.periods.bias)] == [2, 3]


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
    before = load(tmp_path / "model")
    save(before, tmp_path / "model")
    assert json.loads((tmp_path / "model" / "manifest.json").read_text())["schema"] == SCHEMA
    after = load(tmp_path / "model")
    values = (model.predict_pairs(every_pair(model)).value for model in (before, after))
    np.testing.assert_array_equal(*values)
