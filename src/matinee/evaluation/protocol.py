"""The protocols in words, for the command line, the report and the pictures; `protocols` runs them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matinee.evaluation.result import Setting

CORRUPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "remove": "it was removed, as if it had never been given",
        "zero": "it was replaced by zero",
        "random": "it was replaced by a random rating",
        "opposite": "it was replaced by the rating at the opposite end of the scale",
        "value": "it was replaced by one given rating",
    }
)
"""Every way to corrupt an entry, in words."""


@dataclass(frozen=True)
class Protocol:
    """One way to choose the ratings that are predicted.

    Attributes
    ----------
    name : the same in Python, on the command line and in JSON.
    adjective : describes a rating that is predicted, as in "10,000 hidden ratings".
    heading : title of its step in the report.
    explain : text of that step, from the settings and the number of ratings (``"10,000 ratings"``).
    options : details of the settings that are options of the command line.
    help : one line for ``--protocol``; empty where another option chooses it.

    """

    name: str
    adjective: str
    heading: str
    explain: Callable[[Setting, str], str]
    options: tuple[str, ...]
    help: str = ""


def _explain_hide(setting: Setting, count: str) -> str:
    baseline = "popularity" if setting.predicts == "preference" else "the biases"
    return (
        f"{count}, chosen at random (seed {setting.seed}), were hidden before anything was learnt, {baseline} "
        "included. We know what they were; the model does not."
    )


def _explain_test(_: Setting, count: str) -> str:
    return f"{count} were given separately as a test. The model never saw them."


def _explain_corrupt(setting: Setting, count: str) -> str:
    corruption = str(setting.details.get("corruption", "its value was changed or removed"))
    held = setting.details.get("held")
    return (
        f"{count} took a turn each, all others staying as they were: {CORRUPTIONS.get(corruption, corruption)}, "
        "the decomposition was computed again, and the entry was read back."
        + (f" Held while doing so: {held}." if held else "")
    )


HIDE: Final = Protocol(
    "hide", "hidden", "The hidden entries", _explain_hide, ("fraction",), "a share of the ratings, all at once"
)
TEST: Final = Protocol("test", "test", "The test ratings", _explain_test, ("test",))
CORRUPT: Final = Protocol(
    "corrupt",
    "corrupted",
    "The corrupted entries",
    _explain_corrupt,
    ("fraction", "corruption"),
    "one entry at a time, all others intact",
)

PROTOCOLS: Final[Mapping[str, Protocol]] = MappingProxyType(
    {protocol.name: protocol for protocol in (HIDE, TEST, CORRUPT)}
)
"""Every protocol by its name."""
