"""What an evaluation did is told of the model that did it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matinee.evaluation.report.ranking_story import ranking_steps
from matinee.evaluation.report.story import steps
from matinee.models.bayesian.model import Bayesian
from matinee.models.registry import MODELS
from tests.support.evaluations import CASES, evaluation, ranked, sampled


def _told(result) -> dict[str, str]:
    told = ranking_steps(result) if result.ranks else steps(result)
    return {step.heading: step.text for step in told}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_is_told_in_words_of_its_own(name: str) -> None:
    config = MODELS[name]()
    result = ranked(20) if config.predicts == "preference" else evaluation(20)
    setting = replace(result.setting, model=name, parameters=config.to_dict(), summary=config.description)
    told = _told(replace(result, setting=setting))
    assert (told.get("The model") or told["The empty cells"]) == config.description


def test_only_what_was_taken_away_is_added_back() -> None:
    assert "added back" in _told(CASES["hidden"])["The prediction"]
    for model in ("bayesian", "soft-impute"):
        assert "added back" not in _told(evaluation(20, model=model, parameters={}))["The prediction"]


def test_only_a_table_that_was_filled_is_decomposed() -> None:
    assert "The decomposition" in _told(CASES["hidden"])
    assert "The decomposition" not in _told(evaluation(20, model="soft-impute", parameters={"rank": 3}))


def test_thresholds_are_told_where_there_are_some() -> None:
    told = [
        _told(evaluation(20, parameters={}, summary=Bayesian(likelihood=likelihood).description))["The model"]
        for likelihood in ("gaussian", "ordered-probit")
    ]
    assert ["thresholds" in text for text in told] == [False, True]


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (
            sampled(1, 350, 50),
            "350 draws were made; the first 50, which still remember where they began, were thrown away. "
            "The prediction is the average over the 300 kept.",
        ),
        (
            sampled(4, 60, 20),
            "60 draws of each of 4 chains were made; the first 20, which still remember where they began, were thrown "
            "away. The prediction is the average over the 160 kept.",
        ),
        (
            sampled(1, 12) | {"ended": "time limit"},
            "12 draws were made, and the time limit cut the rest. The prediction is the average over the 12 kept.",
        ),
        (sampled(1, 1) | {"ended": "interrupted"}, "1 draw was made, and Ctrl-C cut the rest. The prediction is the"),
        (
            sampled(2, 3, 3) | {"ended": "time limit"},
            "3 draws of each of 2 chains were made, and the time limit cut the rest. All still remember",
        ),
    ],
)
def test_draws_are_told_as_draws(details, words: str) -> None:
    told = _told(evaluation(20, rank=0, model="bayesian", details=details))
    assert words in told["The draws"]
    assert "The learning" not in told
