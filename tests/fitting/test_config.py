from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from matinee.errors import ConfigError
from matinee.fitting.options import RunOptions
from matinee.models.baselines import Bias, Mean
from matinee.models.registry import MODELS, model_named
from matinee.models.truncated_svd import TruncatedSVD

REFUSED = [
    (TruncatedSVD, {"rank": 0}, "truncated-svd: rank: found 0; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"rank": 10_001}, "truncated-svd: rank: found 10001; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"rank": 2.5}, "truncated-svd: rank: found 2.5; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"rank": True}, "truncated-svd: rank: found True; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"rank": "20"}, "truncated-svd: rank: found '20'; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"rank": None}, "truncated-svd: rank: found None; allowed is a whole number from 1 to 10000"),
    (TruncatedSVD, {"fill": "median"}, "fill: found 'median'; allowed is one of zero, mean, user, item, bias"),
    (TruncatedSVD, {"fill": 3}, "truncated-svd: fill: found 3; allowed is one of zero, mean, user, item, bias"),
    (TruncatedSVD, {"damping": -0.1}, "truncated-svd: damping: found -0.1; allowed is a number from 0 to 1e+09"),
    (TruncatedSVD, {"damping": float("nan")}, "truncated-svd: damping: found nan; allowed is a number from 0 to 1e+09"),
    (TruncatedSVD, {"tolerance": 0.0}, "truncated-svd: tolerance: found 0.0; allowed is a number from 1e-13 to 0.1"),
    (TruncatedSVD, {"tolerance": 0.2}, "truncated-svd: tolerance: found 0.2; allowed is a number from 1e-13 to 0.1"),
    (Bias, {"damping": -1.0}, "bias: damping: found -1.0; allowed is a number from 0 to 1e+09"),
    (Bias, {"damping": float("inf")}, "bias: damping: found inf; allowed is a number from 0 to 1e+09"),
    (Bias, {"damping": "much"}, "bias: damping: found 'much'; allowed is a number from 0 to 1e+09"),
]

MISWRITTEN = [
    (TruncatedSVD, {"rank": "many"}, "truncated-svd: rank: found 'many'; allowed is a whole number"),
    (TruncatedSVD, {"rank": "2.5"}, "truncated-svd: rank: found '2.5'; allowed is a whole number"),
    (TruncatedSVD, {"damping": "3,5"}, "truncated-svd: damping: found '3,5'; allowed is a number"),
    (TruncatedSVD, {"damping": "nan"}, "truncated-svd: damping: found nan; allowed is a number from 0 to 1e+09"),
    (TruncatedSVD, {"ranks": "5"}, "found parameter 'ranks'; allowed: rank, fill, damping, tolerance"),
    (Mean, {"rank": "5"}, "mean: found parameter 'rank'; allowed: none"),
]

LIMITS = [
    TruncatedSVD(rank=1),
    TruncatedSVD(rank=10_000),
    TruncatedSVD(damping=0.0),
    TruncatedSVD(damping=1e9),
    TruncatedSVD(tolerance=1e-13),
    TruncatedSVD(tolerance=0.1),
    *(TruncatedSVD(fill=fill) for fill in ("zero", "mean", "user", "item", "bias")),
    Bias(damping=0.0),
    Mean(),
]


@pytest.mark.parametrize(("model", "values", "says"), REFUSED)
def test_values_out_of_range_are_refused_with_what_is_allowed(model, values, says) -> None:
    with pytest.raises(ConfigError) as refused:
        model(**values)
    assert says in str(refused.value)


@pytest.mark.parametrize(("model", "settings", "says"), MISWRITTEN)
def test_settings_that_cannot_be_read_are_refused(model, settings, says) -> None:
    with pytest.raises(ConfigError) as refused:
        model.from_strings(settings)
    assert says in str(refused.value)


@pytest.mark.parametrize("config", LIMITS, ids=repr)
def test_every_documented_value_is_accepted_and_comes_back(config) -> None:
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config
    written = {name: str(value) for name, value in config.to_dict().items()}
    assert type(config).from_strings(written) == config


def test_numpy_numbers_become_plain_ones() -> None:
    config = TruncatedSVD(rank=np.int64(7), damping=np.float32(2.0), tolerance=np.float64(1e-4))
    assert config == TruncatedSVD(rank=7, damping=2.0, tolerance=1e-4)
    assert json.loads(json.dumps(config.to_dict()))["rank"] == 7


def test_whole_numbers_serve_where_any_number_does() -> None:
    assert Bias(damping=3).to_dict() == {"damping": 3.0}


def test_unknown_parameters_in_a_saved_configuration_are_refused() -> None:
    with pytest.raises(ConfigError, match="truncated-svd: found parameter 'depth', which it does not have"):
        TruncatedSVD.from_dict({"rank": 3, "depth": 4})


def test_configurations_are_frozen_and_equal_by_value() -> None:
    config = TruncatedSVD(rank=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.rank = 6
    assert config == TruncatedSVD(rank=5) != TruncatedSVD(rank=6)
    assert hash(config) == hash(TruncatedSVD(rank=5))


def test_parameters_are_described_for_people() -> None:
    described = {each.name: (each.kind, each.default) for each in TruncatedSVD.parameters()}
    assert described == {
        "rank": ("int", 20),
        "fill": ("zero | mean | user | item | bias", "bias"),
        "damping": ("float", 3.0),
        "tolerance": ("float", 1e-5),
    }


def test_models_are_found_by_name_and_others_refused_with_the_list() -> None:
    assert {name: model_named(name) for name in MODELS} == MODELS
    with pytest.raises(ConfigError, match="model: found 'svd'; allowed: mean, bias, truncated-svd"):
        model_named("svd")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"seed": -1}, "seed: found -1; allowed is a whole number from 0 to 2"),
        ({"seed": 2**64}, "seed: found 18446744073709551616; allowed is a whole number from 0 to 2"),
        ({"threads": 0}, "threads: found 0; allowed is 1 or more; leave it out to use all"),
        ({"time_limit": 0.0}, "time limit: found 0; allowed is a number of seconds over 0"),
        ({"time_limit": float("nan")}, "time limit: found nan; allowed is a number of seconds over 0"),
    ],
)
def test_run_options_out_of_range_are_refused(values, says) -> None:
    with pytest.raises(ConfigError) as refused:
        RunOptions(**values)
    assert says in str(refused.value)
