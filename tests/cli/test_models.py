"""``matinee models`` lists what there is, and every parameter in it does what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from matinee.models.registry import MODELS
from tests.support.hostile import matinee

if TYPE_CHECKING:
    from pathlib import Path


def test_every_model_and_parameter_is_listed() -> None:
    code, out, err = matinee("models")
    assert (code, err) == (0, "")
    for name, model in MODELS.items():
        assert f"\n{name}" in f"\n{out}"
        assert model.when in out
        for parameter in model.parameters():
            kind, words = re.escape(parameter.kind), re.escape(parameter.help)
            row = rf"^    {parameter.name} +{kind} +{parameter.default} +{words}$"
            assert re.search(row, out, re.MULTILINE), row
    assert "truncated-svd  (the default of evaluate; fit chooses)" in out
    assert "--set rank=50" in out


def test_json(tmp_path: Path) -> None:
    code, out, _ = matinee("models", "--json", "-")
    records = json.loads(out)
    assert code == 0
    assert [record["name"] for record in records] == list(MODELS)
    assert [record["name"] for record in records if record["default"]] == ["truncated-svd"]
    assert {record["name"]: record["predicts"] for record in records}["ease"] == "preference"
    fill = next(p for record in records for p in record["parameters"] if p["name"] == "fill")
    assert fill["kind"] == "zero | mean | user | item | bias"
    assert fill["default"] == "bias"
    assert fill["help"] == "what unknown cells are taken to be"
    matinee("models", "--json", str(tmp_path / "models.json"))
    assert json.loads((tmp_path / "models.json").read_text()) == records


def test_every_listed_default_is_accepted_as_it_is_written() -> None:
    for record in json.loads(matinee("models", "--json", "-")[1]):
        settings = {p["name"]: f"{p['default']}" for p in record["parameters"]}
        assert MODELS[record["name"]].from_strings(settings) == MODELS[record["name"]]()


def test_bad_usage_and_help() -> None:
    code, _, err = matinee("models", "all")
    assert code == 2
    assert "unexpected extra argument" in err
    code, out, _ = matinee("models", "--help")
    assert code == 0
    assert "Examples:\n    matinee models\n" in out
