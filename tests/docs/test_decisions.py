"""Decisions are numbered without gaps, say the same three things, and are all listed."""

from __future__ import annotations

import re

import pytest

from tests.support.pages import DOCS, Page

FOLDER = DOCS / "decisions"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_numbers_have_no_gaps() -> None:
    numbers = [int(path.name.split("-")[0]) for path in RECORDS]
    assert numbers == list(range(1, len(RECORDS) + 1))
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem) for path in RECORDS)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_says_context_decision_and_consequences(path: object) -> None:
    text = Page(path).text  # type: ignore[arg-type]
    assert re.match(rf"# {int(path.name[:4])}\. \S", text)  # type: ignore[attr-defined]
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_all_are_listed_in_order() -> None:
    assert Page(FOLDER / "README.md").links() == [path.name for path in RECORDS]
