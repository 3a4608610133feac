"""Hide, test, corrupt: what each predicts and what it refuses."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from matinee.data.reading.read import read_ratings
from matinee.data.synthetic.sample import sample
from matinee.errors import ConfigError, DataError
from matinee.evaluation.metrics.errors import coverage, errors, rmse
from matinee.evaluation.protocol import CORRUPTIONS
from matinee.evaluation.protocols import evaluate_corrupted, evaluate_hidden, evaluate_test
from matinee.fitting.options import RunOptions
from matinee.matrix.split import hide
from matinee.models.baselines import Bias, Mean
from matinee.models.truncated_svd import TruncatedSVD


@pytest.fixture(scope="module")
def ratings():
    return sample(1)


@pytest.fixture(scope="module")
def hidden(ratings):
    return evaluate_hidden(ratings, TruncatedSVD(), 0.1, RunOptions(seed=3))


def test_hide_predicts_the_hidden_share_and_nothing_else(ratings, hidden):
    split = hide(ratings, 0.1, 3)
    assert hidden.rows["truth"].to_list() == split.hidden.value.tolist()
    assert hidden.setting.train_ratings == len(split.training)
    assert hidden.setting.details["certificate"]["holds"]


def test_hide_beats_the_biases_on_the_planted_sample(hidden):
    assert rmse(errors(hidden)) < 0.97 * rmse(errors(hidden, "baseline"))


def test_intervals_hold_what_they_state(hidden):
    assert hidden.setting.coverage == 0.9
    assert coverage(hidden) == pytest.approx(0.9, abs=0.015)


def test_the_rank_curve_passes_through_the_models_own_error(hidden):
    assert hidden.rank_curve is not None
    at_rank = hidden.rank_curve.y[hidden.rank_curve.x.index(20.0)]
    assert at_rank == pytest.approx(rmse(errors(hidden)), abs=1e-5)


def test_the_result_is_the_same_for_any_number_of_threads(ratings):
    one, two = (evaluate_hidden(ratings, TruncatedSVD(), 0.1, RunOptions(seed=3, threads=t)) for t in (1, 2))
    assert one.rows.equals(two.rows)


def test_another_seed_hides_other_ratings(ratings, hidden):
    other = evaluate_hidden(ratings, Mean(), 0.1, RunOptions(seed=4))
    assert not other.rows.select("user", "item").equals(hidden.rows.select("user", "item"))


def test_a_test_file_with_unknown_users_and_films_is_predicted_from_what_is_known(tmp_path):
    (tmp_path / "train.csv").write_text(
        "user,movie,rating\n" + "\n".join(f"{u},{m},{1 + (u + m) % 5}" for u in range(9) for m in range(7))
    )
    (tmp_path / "test.csv").write_text("user,movie,rating\n0,99,3\n99,0,4\n98,98,5\n")
    training, test = read_ratings(tmp_path / "train.csv"), read_ratings(tmp_path / "test.csv")
    result = evaluate_test(training, test, TruncatedSVD(rank=2))
    assert result.rows["source"].to_list() == ["user", "movie", "mean"]
    assert result.rows["user_ratings"].to_list() == [7, 0, 0]
    assert result.rows["prediction"].is_finite().all()


def test_test_ratings_that_were_trained_on_are_refused(ratings):
    split = hide(ratings, 0.5, 0)
    leaked = ratings.take(np.arange(10))
    with pytest.raises(DataError, match="are also in"):
        evaluate_test(ratings, leaked, Bias())
    evaluate_test(split.training, split.hidden.take(np.arange(50)), Bias())


def test_removed_entries_carry_no_corrupted_value_and_replaced_ones_do(ratings):
    options = RunOptions(seed=2)
    removed = evaluate_corrupted(ratings, TruncatedSVD(rank=5), 0.002, "remove", options=options)
    replaced = evaluate_corrupted(ratings, TruncatedSVD(rank=5), 0.002, "opposite", options=options)
    assert removed.rows["corrupted"].is_null().all()
    assert (replaced.rows["corrupted"] + replaced.rows["truth"]).unique().to_list() == [5.5]
    assert replaced.rows.select("user", "item").equals(removed.rows.select("user", "item"))


@pytest.mark.parametrize("how", CORRUPTIONS)
def test_verification_finds_refits_equal_for_each_corruption(ratings, how):
    given = 2.0 if how == "value" else None
    result = evaluate_corrupted(ratings, TruncatedSVD(rank=8, fill="user"), 0.001, how, given, verify=3)
    assert result.setting.details["verified"]["entries"] == 3
    assert result.setting.details["verified"]["largest_difference"] < 1e-5


def test_a_random_corruption_is_on_the_scale_and_never_the_rating_itself(ratings):
    rows = evaluate_corrupted(ratings, TruncatedSVD(rank=3), 0.02, "random").rows
    assert ratings.scale.contains(rows["corrupted"].to_numpy()).all()
    assert (rows["corrupted"] != rows["truth"]).all()


def test_what_the_biases_answer_for_has_its_source_said(tmp_path):
    lines = [f"{u},{m},{1 + (u * m) % 5}" for u in range(8) for m in range(6)] + ["0,77,2"]
    (tmp_path / "r.csv").write_text("user,movie,rating\n" + "\n".join(lines))
    ratings = read_ratings(tmp_path / "r.csv")
    rows = evaluate_corrupted(ratings, TruncatedSVD(rank=2), 1.0).rows
    alone = rows.filter(pl.col("item") == 77)
    assert alone["source"].to_list() == ["user"]
    assert alone["prediction"].to_list() == alone["baseline"].to_list()
    assert set(rows.filter(pl.col("item") != 77)["source"]) == {"model"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"config": Bias()}, "protocol corrupt: found model 'bias'"),
        ({"how": "shuffle"}, "corruption: found 'shuffle'; allowed: remove, zero, random, opposite, or a number"),
        ({"how": "value"}, "a finite value goes with 'value'"),
        ({"how": "zero", "replacement": 3.0}, "and with it alone"),
        ({"how": "value", "replacement": float("nan")}, "a finite value"),
        ({"fraction": 0.0}, "fraction: found 0; allowed is over 0 up to 1"),
        ({"fraction": 1.5}, "fraction: found 1.5"),
    ],
)  # fmt: skip
def test_what_cannot_be_corrupted_is_refused(ratings, arguments, message):
    with pytest.raises(ConfigError, match=message):
        evaluate_corrupted(ratings, **({"config": TruncatedSVD(rank=3)} | arguments))


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 2.0])
def test_hiding_nothing_or_everything_is_refused(ratings, fraction):
    with pytest.raises(ConfigError, match="allowed is over 0 and under 1"):
        evaluate_hidden(ratings, Bias(), fraction)


def test_every_entry_of_the_real_file_is_read_back_as_refits_would(real_data):
    ratings = read_ratings(real_data / "the-movies-dataset" / "ratings_small.csv")
    result = evaluate_corrupted(ratings, TruncatedSVD(fill="zero"), 1.0, verify=3)
    assert len(result.rows) == 100_004
    assert result.setting.details["verified"]["largest_difference"] < 1e-5
