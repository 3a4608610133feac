"""The generated pages are what the code says today, and what they promise holds."""

from __future__ import annotations

import importlib.util
import re
from typing import TYPE_CHECKING, Any

import pytest

import matinee
from matinee.models.registry import MODELS
from tests.support.pages import DOCS, Page

if TYPE_CHECKING:
    from types import ModuleType

ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| `(.+?)` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date(generate: ModuleType) -> None:
    for path, text in generate.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date; run: make docs"


def test_every_public_name_is_described() -> None:
    text = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    assert [name for name in matinee.__all__ if f"\n### `{name}`\n" not in text and not name.startswith("__")] == []


def sections() -> dict[str, str]:
    parts = re.split(r"^## `(.+)`$", Page(DOCS / "reference" / "models.md").text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def documented(name: str) -> list[tuple[str, str, str]]:
    return [(found[1], found[2], found[3]) for found in ROW.finditer(sections()[name])]


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_of_a_model_is_documented_and_accepted(name: str) -> None:
    model = MODELS[name]
    rows = documented(name)
    assert [row[0] for row in rows] == [parameter.name for parameter in model.parameters()]
    assert model.from_strings({parameter: default for parameter, _, default in rows}) == model()


BESIDE = {"thinning": {"draws": "1000"}}
"""What some parameters need beside them: of fewer draws than `thinning` none would be kept."""


@pytest.mark.parametrize("name", MODELS)
def test_every_documented_value_is_accepted(name: str) -> None:
    for parameter, allowed, _ in documented(name):
        for value in re.findall(r"`([^`]+)`", allowed):
            settings: dict[str, Any] = {parameter: value, **BESIDE.get(parameter, {})}
            assert str(getattr(MODELS[name].from_strings(settings), parameter)) in (
                value,
                f"{value}.0",
                str(float_of(value)),
            )


def float_of(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
