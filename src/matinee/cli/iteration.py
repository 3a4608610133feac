"""How an iteration ended, as the commands say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


def how_it_ended(details: Mapping[str, Any], parameters: Mapping[str, Any]) -> str | None:
    """One line, as ``12 sweeps, no gain after 9; …`` or ``60 draws: …``; ``None`` where the model did not iterate."""
    from matinee.models.bayesian.convergence import Convergence
    from matinee.predicting.report import Iteration

    iteration, drawn = Iteration.from_dict(details), Convergence.of_details(details)
    if iteration is None:
        return None
    words = iteration.in_words("epochs" if "epochs" in parameters else "sweeps") if drawn is None else drawn.course()
    return f"{words}; {details['resumed']:,} draws are from the checkpoint" if "resumed" in details else words


def how_it_converged(details: Mapping[str, Any]) -> str | None:
    """One line, as ``converged: of 40 watched predictions, …``; ``None`` where the model does not draw."""
    from matinee.models.bayesian.convergence import Convergence

    found = Convergence.of_details(details)
    return None if found is None else found.in_words()


def what_it_learnt_from(details: Mapping[str, Any]) -> str | None:
    """As ``ratings, times, genres and years (movies.csv)``; ``None`` where the model takes nothing but ratings."""
    return ", ".join(details["learnt_from"]) if "learnt_from" in details else None


def say_interrupted(details: Mapping[str, Any]) -> None:
    """Tell on stderr, where it is seen whatever stdout is for, that this is not the whole fit."""
    from matinee.predicting.report import INTERRUPTED

    if details.get("ended") == INTERRUPTED:
        click.echo("note: Ctrl-C ended the fit before its time; the best so far is kept, without intervals", err=True)
