"""Chains beside each other, what is watched of them, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from matinee.fitting.options import RunOptions
from matinee.matrix.sparse import RatingMatrix
from matinee.models.bayesian import model as bayesian
from matinee.models.bayesian.chain.chain import chain_seeds
from matinee.models.bayesian.convergence import AGREE, Convergence
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.run.monitor import Monitor, _size
from matinee.models.bayesian.run.rhat import bulk_size, split_rhat
from tests.support.chains import RANK, a_chain
from tests.support.planted import planted
from tests.support.predicting import predict_at
from tests.support.waiting import a_second_a_look

QUICK = RunOptions(intervals=False)
SHORT = Bayesian(rank=3, draws=40, burn_in=20, user_features=8, item_features=8)


def test_the_first_chain_is_of_the_seed_and_more_do_not_change_the_others() -> None:
    assert chain_seeds(7, 1) == [7]
    assert chain_seeds(7, 5)[:3] == chain_seeds(7, 3)
    assert len({*chain_seeds(7, 50), *chain_seeds(8, 50)}) == 100


def test_two_chains_of_one_seed_are_one(monkeypatch) -> None:
    ratings = planted(60, 40, 0.4)
    one = SHORT.fit(ratings, QUICK)
    monkeypatch.setattr(bayesian, "chain_seeds", lambda seed, count: [seed] * count)
    two = replace(SHORT, chains=2).fit(ratings, QUICK)
    np.testing.assert_allclose(one.scorer.user_bias, two.scorer.user_bias, atol=1e-6)
    apart = np.subtract(*(predict_at(model, ratings.user, ratings.item).value for model in (one, two)))
    assert np.sqrt(np.mean(np.square(apart))) < 0.02, "but for what compression loses"
    assert (one.report.to_dict()["draws_kept"], two.report.to_dict()["draws_kept"]) == (40, 80)
    assert one.report.to_dict()["noise"] == pytest.approx(two.report.to_dict()["noise"])
    lines = two.report.to_dict()["posterior_traces"]["values"]
    assert all(first == second for first, second in lines.values())
    assert lines["noise"][0] == one.report.to_dict()["posterior_traces"]["values"]["noise"][0]


def test_several_chains_predict_better_than_one_of_them() -> None:
    """Of so few draws each, their mean is the better one: that is what averaging is for."""
    ratings = planted(120, 80, 0.3)
    held = np.arange(len(ratings)) % 5 == 0
    training, hidden = ratings.take(~held), ratings.take(held)
    config = replace(SHORT, draws=5)
    errors = {
        chains: np.mean(
            np.square(_predicted(replace(config, chains=chains).fit(training, QUICK), hidden) - hidden.value)
        )
        for chains in (1, 8)
    }
    assert errors[8] < errors[1]


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_change_not_one_bit_of_several_chains(threads: int) -> None:
    ratings = planted(60, 40, 0.3)
    one, other = (replace(SHORT, chains=3).fit(ratings, RunOptions(threads=n, intervals=False)) for n in (1, threads))
    np.testing.assert_array_equal(one.scorer.user_factors, other.scorer.user_factors)
    assert one.report.to_dict()["convergence"] == other.report.to_dict()["convergence"]


def test_how_it_went_counts_draws_of_a_chain_and_says_which() -> None:
    said: list[tuple[str, float]] = []
    options = RunOptions(intervals=False, progress=lambda *told: said.append(told))
    model = replace(SHORT, chains=2).fit(planted(60, 40, 0.4), options)
    told = model.report.iteration
    assert (len(told.steps), told.ended, told.kept) == (60, "all sweeps", 60)
    assert said[-1][0].startswith("sampling: chain 2 of 2, draw 60, training RMSE 0.")
    shares = [share for _, share in said]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert told.steps[-1].objective < told.steps[0].objective


def test_a_time_limit_leaves_chains_of_equal_length() -> None:
    with a_second_a_look():
        model = replace(SHORT, draws=1_000, chains=3).fit(
            planted(60, 40, 0.4), RunOptions(intervals=False, time_limit=100)
        )
    lines = model.report.to_dict()["posterior_traces"]["values"]["noise"]
    assert len({len(line) for line in lines}) == 1
    assert model.report.to_dict()["convergence"]["draws"] % 3 == 0


@pytest.mark.parametrize("change", [{}, {"noise": "equal"}, {"thinning": 7}, {"burn_in": 0}])
def test_what_is_told_is_of_the_kept_draws_and_plain(change) -> None:
    model = replace(SHORT, chains=2, **change).fit(planted(60, 40, 0.4), QUICK)
    details = model.report.to_dict()
    assert json.loads(json.dumps(details, allow_nan=False)) == details
    found, traces = model.report.convergence, details["posterior_traces"]
    assert found is not None
    kept = 40 // model.config.thinning
    assert found.draws == 2 * kept == details["draws_kept"]
    assert len(traces["values"]) == 6
    noise = next(one for one in found.quantities if one.name == "noise")
    drawn = np.array(traces["values"]["noise"])[:, model.config.burn_in :]
    drawn = drawn[:, model.config.thinning - 1 :: model.config.thinning]
    assert noise.mean == pytest.approx(drawn.mean(), rel=1e-4) == pytest.approx(details["noise"], rel=1e-4)
    assert noise.rhat == pytest.approx(split_rhat(drawn), abs=0.01)
    assert noise.bulk == pytest.approx(bulk_size(drawn), rel=0.05)
    assert ("ν of users" in {one.name for one in found.quantities}) == (model.config.noise == "varying")


def test_long_chains_are_thinned_for_the_picture() -> None:
    details = replace(SHORT, rank=1, draws=1_180).fit(planted(20, 15, 0.5), QUICK).report.to_dict()
    traces = details["posterior_traces"]
    assert traces["every"] == 3
    assert {len(line) for lines in traces["values"].values() for line in lines} == {400}
    assert details["convergence"]["draws"] == 1_180


def test_the_size_of_what_factors_say_does_not_mind_rotations() -> None:
    chain, rng = a_chain(1, False), np.random.default_rng(1)
    for _ in range(3):
        chain.sweep()
    products = chain.users.factors @ chain.items.factors.T
    assert _size(chain) == pytest.approx(np.sqrt(np.mean(np.square(products, dtype=np.float64))), rel=1e-5)
    before = _size(chain)
    turn = np.linalg.qr(rng.standard_normal((RANK, RANK)))[0]
    for side in (chain.users, chain.items):
        side.factors[:, :RANK] = side.factors[:, :RANK] @ turn
    assert _size(chain) == pytest.approx(before, rel=1e-5)


def test_watched_pairs_are_of_those_who_have_ratings() -> None:
    ratings = planted(60, 40, 0.05)
    matrix = RatingMatrix.from_ratings(ratings)
    monitor = Monitor(matrix, 3)
    assert matrix.user_counts[monitor.user].min() > 0
    assert matrix.item_counts[monitor.item].min() > 0


def of(rhat: float | None, bulk: float | None = 200.0, draws: int = 300, ended: str = "all sweeps") -> Convergence:
    one = {"mean": 3.0, "sd": 0.4, "rhat": rhat, "bulk": bulk, "tail": bulk}
    wild = {"mean": 1.0, "sd": 1.0, "rhat": 3.0, "bulk": 2.0, "tail": 2.0}
    told = {"chains": 2, "draws": draws, "burn_in": 50}
    told["quantities"] = {"prediction 1": one, "precision of film factors": wild}
    return Convergence.of_details({"convergence": told, "sweeps": 50 + draws // 2, "ended": ended})


def test_what_is_said_is_of_predictions_alone() -> None:
    assert of(1.0149).in_words() == (
        "converged: of 1 watched predictions, nine in ten have an R-hat up to 1.01 (1.1 is allowed) and at least 200 "
        "effective draws. More draws would change a typical prediction by about 0.03 stars"
    )
    assert of(AGREE + 0.02, 9).in_words() == (
        "not converged: of 1 watched predictions, nine in ten have an R-hat up to 1.12 (1.1 is allowed) and at least 9 "
        "effective draws. More draws would change a typical prediction by about 0.1 stars. Take more draws (--set "
        "draws=300), more chains, or a longer burn_in"
    )
    assert of(None, None, 2).in_words() == (
        "not known to have converged: 2 kept draws are too few to tell. Take more draws (--set draws=100), more "
        "chains, or a longer burn_in"
    )
    assert of(1.5, 9, ended="time limit").in_words().endswith(". Allow more time, or go on later with fit --checkpoint")
    assert Convergence.of_details({"trace": []}) is None


def course(chains: int, draws: int, burn_in: int, made: int, ended: str = "all sweeps") -> str:
    told = {"chains": chains, "draws": draws, "burn_in": burn_in, "quantities": {}}
    return Convergence.of_details({"convergence": told, "sweeps": made, "ended": ended}).course()


def test_draws_are_told_apart_by_what_became_of_them() -> None:
    assert course(1, 40, 20, 60) == "60 draws: 20 burn-in, 40 kept"
    assert course(2, 60, 15, 45) == "2 chains of 45 draws: 15 burn-in, 30 kept each"
    assert course(1, 20, 20, 60) == "60 draws: 20 burn-in, 20 of 40 kept"
    assert course(1, 11, 20, 31, "time limit") == "31 draws: 20 burn-in, 11 kept; time limit"
    assert course(1, 0, 1, 1, "interrupted") == "1 draw, all burn-in: the last is used; Ctrl-C"


def test_what_is_watched_has_a_name_for_people() -> None:
    one = {"mean": 3.0, "sd": 0.4, "rhat": 1.0, "bulk": 9.0, "tail": 9.0}
    quantities = {
        "ν of users": one,
        "size of p · q": one,
        "noise": one,
        "prediction 1": {**one, "pair": "user 7, Heat"},
    }
    found = Convergence.from_dict({"chains": 1, "draws": 9, "quantities": quantities})
    assert [each.label for each in found.quantities] == [
        "degrees of freedom, users",
        "size of taste (p · q)",
        "noise",
        "user 7, Heat",
    ]
    assert [each.predicts for each in found.quantities] == [False, False, False, True]


def _predicted(model, hidden):
    return model.predict_pairs(model.pairs_of(hidden)).value
