"""Links lead somewhere, every page can be found, and no page knows whose machine it was written on."""

from __future__ import annotations

import re

import pytest

from tests.support.pages import ROOT, Page, pages

LARGEST_PICTURE = 100_000
HOUSE = ("src", "native", "tests", "docs", "benchmarks", "tools")
SOURCE = re.compile(r"[\w./-]*\w\.(?:py|pyi|cpp|hpp|md|txt|sh)")
MACHINE = re.compile(r"(?<![\w.~:/<])/\w+/\S*|localhost|127\.0\.0\.1")
"""Absolute paths and addresses of somebody's own."""


def inner(page: Page) -> list[str]:
    return [link for link in page.links() if "://" not in link and not link.startswith("mailto:")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_links_between_files_resolve(page: Page) -> None:
    for link in inner(page):
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file).resolve() if file else page.path
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT), f"{page.name}: {link} leads out of the project"
        if anchor:
            assert anchor in Page(target).anchors(), f"{page.name}: {link}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        waiting += [(path.parent / link.partition("#")[0]).resolve() for link in inner(Page(path)) if link[0] != "#"]
    assert {page.path for page in pages()} - reached == set()


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_files_named_in_the_guides_of_the_house_exist(name: str) -> None:
    named = [span for span in Page(ROOT / name).spans() if SOURCE.fullmatch(span) and "NAME" not in span]
    assert len(named) > 10
    files = [f"/{path.relative_to(ROOT).as_posix()}" for folder in HOUSE for path in (ROOT / folder).glob("**/*.*")]
    files += [f"/{path.name}" for path in ROOT.iterdir()]
    assert [span for span in named if not any(file.endswith(f"/{span}") for file in files)] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_no_page_names_a_machine(page: Page) -> None:
    assert MACHINE.findall(page.text) == []


def test_pictures_are_small_and_shown() -> None:
    pictures = set((ROOT / "docs" / "images").iterdir())
    shown = {(page.path.parent / link).resolve() for page in pages() for link in inner(page)}
    assert pictures
    assert pictures <= shown
    assert all(picture.stat().st_size < LARGEST_PICTURE for picture in pictures)
