"""``matinee predict`` with more of what a rating may be: quantiles, deviation, probabilities of stars."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path  # noqa: TC003

import numpy as np
import polars as pl
import pytest

from matinee.fitting.options import RunOptions
from matinee.models.ease import Ease
from matinee.store.save import save
from tests.support.cli_planted import model
from tests.support.hostile import matinee
from tests.support.planted import planted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(model(), tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """Both known, a new film, a new user."""
    (tmp_path / "pairs.csv").write_text("userId,movieId\n1,7\n4,17\n1,8\n2,7\n")
    return tmp_path / "pairs.csv"


def test_what_a_rating_may_be_is_added_where_asked_for(folder: Path, pairs: Path) -> None:
    asked = ("--quantiles", "0.05,0.5", "--deviation", "--probabilities", "--coverage", "0.8")
    code, out, _ = matinee("predict", str(folder), str(pairs), "--out", "-", *asked)
    assert code == 0
    table = pl.read_csv(io.StringIO(out))
    stars = [f"p{star:g}" for star in np.arange(0.5, 5.5, 0.5)]
    assert table.columns[-13:] == ["deviation", "q0.05", "q0.5", *stars]
    np.testing.assert_allclose(table.select(stars).sum_horizontal(), 1.0)
    assert (table["q0.05"] <= table["lower"]).all()
    assert (table["deviation"] > 0).all()
    _, plain, _ = matinee("predict", str(folder), str(pairs), "--out", "-")
    before = pl.read_csv(io.StringIO(plain))
    assert before.columns == table.columns[: len(before.columns)]
    np.testing.assert_allclose(table["q0.05"], before["lower"])
    assert (table["upper"] <= before["upper"]).all()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            ("--quantiles", "0.1,high"),
            "--quantiles: found '0.1,high'; allowed are different numbers over 0 and under 1",
        ),
        (("--quantiles", "0.1,0.1"), "--quantiles: found '0.1,0.1'"),
        (("--quantiles", "0.9999"), "quantile: found 0.9999; allowed is 0.005 to 0.995"),
        (("--coverage", "0.999"), "coverage: found 0.999; allowed is up to 0.99: held-out ratings tell nothing beyond"),
        (("--coverage", "90"), "--coverage: found 90; allowed is over 0 and under 1, like 0.8"),
    ],
)
def test_levels_that_are_none_are_refused(folder: Path, pairs: Path, asked: tuple[str, ...], says: str) -> None:
    code, _, err = matinee("predict", str(folder), str(pairs), "--out", "-", *asked)
    assert code == 2
    assert says in err


ASKED = (("--deviation",), ("--quantiles", "0.5"), ("--probabilities",), ("--coverage", "0.8"))


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_without_a_spread_they_are_refused(pairs: Path, tmp_path: Path, asked: tuple[str, ...]) -> None:
    save(replace(model(), calibration=None), tmp_path / "bare")
    out = tmp_path / "out.csv"
    code, _, err = matinee("predict", str(tmp_path / "bare"), str(pairs), "--out", str(out), *asked)
    assert code == 2
    assert err.startswith(
        f"matinee: {asked[0]}: the model (truncated-svd) has no calibrated intervals; allowed is one that"
    )
    assert err.endswith("fit it again without --no-intervals, or to more ratings\n")
    assert not out.exists()


def test_of_a_preference_they_are_refused(pairs: Path, tmp_path: Path) -> None:
    save(Ease().fit(planted(40, 30, 0.3), RunOptions()), tmp_path / "ranking")
    told = ("--deviation", "--probabilities")
    code, _, err = matinee("predict", str(tmp_path / "ranking"), str(pairs), "--out", "-", *told)
    assert code == 2
    assert err.startswith("matinee: --deviation, --probabilities: found the model ease, which ranks films")
    assert "take one, such as bayesian or svdpp" in err
