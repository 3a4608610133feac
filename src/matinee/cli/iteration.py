"""The end of a fit in words, as the commands say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


def how_it_ended(details: Mapping[str, Any], parameters: Mapping[str, Any]) -> str | None:
    """One line, as ``12 sweeps, no gain after 9; …`` or ``60 draws: …``; ``None`` where the model did not iterate."""
    from matinee.models.bayesian.convergence import Convergence
    from matinee.predicting.report import Iteration

    iteration = Iteration.from_dict(details)
    convergence = Convergence.of_details(details)
    if iteration is None:
        return None
    noun = "epochs" if "epochs" in parameters else "sweeps"
    words = iteration.in_words(noun) if convergence is None else convergence.course()
    return f"{words}; {details['resumed']:,} draws are from the checkpoint" if "resumed" in details else words


def how_it_converged(details: Mapping[str, Any]) -> str | None:
    """One line, as ``converged: of 40 watched predictions, …``; ``None`` where the model does not draw."""
    from matinee.models.bayesian.convergence import Convergence

    convergence = Convergence.of_details(details)
    return None if convergence is None else convergence.in_words()


def what_it_learnt_from(details: Mapping[str, Any]) -> str | None:
    """As ``ratings, times, genres and years (movies.csv)``; ``None`` where the model takes nothing but ratings."""
    return ", ".join(details["learnt_from"]) if "learnt_from" in details else None


def say_interrupted(details: Mapping[str, Any]) -> None:
    """Note on stderr that this is not the whole fit: stdout may be a file."""
    from matinee.predicting.report import INTERRUPTED

    if details.get("ended") == INTERRUPTED:
        click.echo("note: Ctrl-C ended the fit before its time; the best so far is kept, without intervals", err=True)
