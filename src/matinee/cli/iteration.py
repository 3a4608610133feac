"""How an iteration ended, as the commands say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


def how_it_ended(details: Mapping[str, Any], parameters: Mapping[str, Any]) -> str | None:
    """One line, as ``12 sweeps, no gain after 9; …``; ``None`` where the model did not iterate."""
    from matinee.models.iteration import Iteration

    iteration = Iteration.of(details)
    nouns = (noun for noun in ("epochs", "draws") if noun in parameters)
    return None if iteration is None else iteration.in_words(next(nouns, "sweeps"))


def say_interrupted(details: Mapping[str, Any]) -> None:
    """Tell on stderr, where it is seen whatever stdout is for, that this is not the whole fit."""
    from matinee.models.stopping import INTERRUPTED

    if details.get("ended") == INTERRUPTED:
        click.echo("note: Ctrl-C ended the fit before its time; the best so far is kept, without intervals", err=True)
