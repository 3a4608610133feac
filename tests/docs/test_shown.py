"""The comparison of shown and printed output itself, so that the examples' test can fail."""

from __future__ import annotations

from tests.support.shown import missing

PRINTED = "RMSE  0.8569  0.844 to 0.871\nlargest residual 3e-06 σ₁\n100,000 ratings\n"


def test_what_was_printed_is_found() -> None:
    assert missing("RMSE 0.8569 0.844 to 0.871\n…\nlargest residual 9e-08 σ₁", PRINTED) == []


def test_other_words_are_missed() -> None:
    assert missing("RMSE of 0.8569", PRINTED) == ["RMSE of 0.8569"]


def test_other_numbers_are_missed() -> None:
    assert missing("100,000 ratings\n90,000 ratings", PRINTED) == ["90,000 ratings"]
    assert missing("RMSE 0.8469 0.844 to 0.871", PRINTED) != []
