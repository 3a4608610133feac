"""What ``--help`` shows can be copied, and what is mistyped is answered with what there is."""

from __future__ import annotations

import shlex

import click
import pytest

from matinee.cli.main import cli
from tests.support.hostile import matinee

NAMES = cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("name", ["", *NAMES])
def test_each_example_is_a_line_of_its_own_that_is_understood(name: str) -> None:
    code, out, _ = matinee(*filter(None, [name]), "--help")
    assert code == 0
    lines = out[out.index("  Example") :].splitlines()[1:]
    assert lines
    for line in lines:
        assert line.startswith("    matinee ")
        command, *words = shlex.split(line)[1:]
        known = cli.get_command(click.Context(cli), command)
        assert known is not None
        known.make_context(command, words)


def test_examples_show_what_else_there_is() -> None:
    for name, words in (("predict", "--probabilities"), ("fit", "--checkpoint"), ("evaluate", "--test test.csv")):
        examples = matinee(name, "--help")[1].partition("Examples:")[2]
        assert words in examples


def test_a_command_that_is_none_is_answered_with_those_there_are() -> None:
    code, out, err = matinee("compare", "--help")
    assert (code, out) == (2, "")
    assert err == f"matinee: No such command 'compare'; allowed: {', '.join(NAMES)}. See: matinee --help\n"


def test_without_out_predict_says_what_to_give() -> None:
    code, _, err = matinee("predict", "model", "pairs.csv")
    assert code == 2
    assert err == (
        "matinee: Missing option '--out'. Give a file, as in --out predictions.csv, or --out - for stdout. "
        "See: matinee predict --help\n"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--verify", "3"), "--verify: found with --protocol hide; allowed with --protocol corrupt only; add"),
        (("--corruption", "zero", "--test", "t.csv"), "--corruption: found with --test; allowed with --protocol"),
    ],
)
def test_options_of_another_protocol_are_named(words: tuple[str, ...], says: str) -> None:
    code, _, err = matinee("evaluate", "nowhere.csv", *words)
    assert code == 2
    assert err.startswith(f"matinee: {says}")
    assert ". See: matinee evaluate --help\n" in err
