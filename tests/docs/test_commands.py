"""Every command, option, model and parameter that a page names exists; every command is shown to newcomers."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

import click
import pytest

from matinee.cli.main import cli
from matinee.models.registry import model_named
from tests.support.pages import Page, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT = click.Context(cli)
COMMANDS = cli.list_commands(CONTEXT)
OF_OTHER_PROGRAMS = {"--check", "--strict"}
WITHOUT_NAME = {"fit": "bayesian"}
"""What is taken for the sample where no model is named; the truncated SVD elsewhere."""


def named(page: Page) -> Iterator[list[str]]:
    """The words after ``matinee`` of every command line on a page, in blocks and in prose."""
    for block in page.blocks():
        if block.language in ("console", "sh"):
            yield from (command.words[1:] for command in block.commands if command.words[:1] == ["matinee"])
    for span in page.spans():
        if span.startswith("matinee "):
            yield shlex.split(span)[1:]


def options(command: click.Command) -> set[str]:
    own = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    return own | {"--help", "-h"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_a_page_names_exists(page: Page) -> None:
    for words in named(page):
        name, rest = words[0], words[1:]
        if name.startswith("-"):
            assert name in options(cli) | {"--version"}, words
            continue
        assert name in COMMANDS, f"{page.name}: matinee {name}"
        command = cli.get_command(CONTEXT, name)
        assert command is not None
        given = {word.partition("=")[0] for word in rest if word.startswith("-") and word != "-"}
        assert given <= options(command), f"{page.name}: matinee {' '.join(words)}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_settings_a_page_gives_are_accepted(page: Page) -> None:
    for words in named(page):
        after = dict(pairwise(words))
        settings = [word for flag, word in pairwise(words) if flag == "--set" and "=" in word]
        pairs = dict(setting.split("=", 1) for setting in settings if setting != "KEY=VALUE")
        model_named(after.get("--model", WITHOUT_NAME.get(words[0], "truncated-svd"))).from_strings(pairs)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown_outside_the_reference(name: str) -> None:
    guides = [page for page in pages() if "reference" not in page.path.parts]
    assert any(words[:1] == [name] for page in guides for words in named(page))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_options_named_alone_exist(page: Page) -> None:
    every = {option for name in COMMANDS if (command := cli.get_command(CONTEXT, name)) for option in options(command)}
    alone = {option for span in page.spans() for option in re.findall(r"--[a-z][a-z-]*", span) if "matinee" not in span}
    assert alone - every - OF_OTHER_PROGRAMS == set()
