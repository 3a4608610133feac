"""The steps of an evaluation in plain words, for readers who are new to the singular value decomposition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from matinee.evaluation.metrics.errors import errors, mae, rmse
from matinee.evaluation.plots.singular_values import variance_share
from matinee.evaluation.protocol import PROTOCOLS
from matinee.evaluation.report.wording import counted, data_name, decimals, rounds
from matinee.models.bayesian.convergence import TRACES, Convergence
from matinee.predicting.report import INTERRUPTED, TIME_LIMIT, Iteration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matinee.evaluation.result import Evaluation

_CUTS: Final = {TIME_LIMIT: ", and the time limit cut the rest", INTERRUPTED: ", and Ctrl-C cut the rest"}


@dataclass(frozen=True)
class Paragraph:
    """One step: a short heading and its text."""

    heading: str
    text: str


def steps(evaluation: Evaluation) -> tuple[Paragraph, ...]:
    """The steps from the ratings to the errors, in order."""
    parts = (the_ratings, _matrix, the_removal, the_model, _decomposition, _learning, _prediction, _errors)
    paragraphs = (part(evaluation) for part in parts)
    return tuple(paragraph for paragraph in paragraphs if paragraph is not None)


def the_ratings(evaluation: Evaluation) -> Paragraph:
    """The ratings that were learnt from."""
    setting = evaluation.setting
    return Paragraph(
        "The ratings",
        f"{data_name(setting)} holds ratings that users gave to films, on a scale of {setting.scale} stars. "
        f"The model learnt from {counted(setting.train_ratings, 'rating')}.",
    )


def _matrix(_: Evaluation) -> Paragraph:
    return Paragraph(
        "The matrix",
        "Put them in a table with a row for each user, a column for each film and the rating in the cell. "
        "Nearly all cells are empty: nobody has seen everything. Predicting means filling the empty cells.",
    )


def the_removal(evaluation: Evaluation) -> Paragraph:
    """The ratings that were kept from the model."""
    protocol = PROTOCOLS[evaluation.setting.protocol]
    count = counted(len(evaluation.rows), "rating")
    return Paragraph(protocol.heading, protocol.explain(evaluation.setting, count))


def the_model(evaluation: Evaluation) -> Paragraph:
    """The model in words, or the meaning of an empty cell for it."""
    heading = "The empty cells" if _fills(evaluation) else "The model"
    return Paragraph(heading, evaluation.setting.summary)


def _fills(evaluation: Evaluation) -> bool:
    """True where the model fills the empty cells of the table and decomposes it."""
    return "fill" in evaluation.setting.parameters


def _decomposition(evaluation: Evaluation) -> Paragraph | None:
    kept = len(evaluation.singular_values)
    if not kept or not _fills(evaluation):
        return None
    share = variance_share(evaluation)
    held = "" if share is None else f" Those kept hold {100 * share:.3g} % of the variance of the table."
    return Paragraph(
        "The decomposition",
        "The singular value decomposition writes the table as a product, A = U Σ Vᵀ: how much each user "
        "leans towards each pattern of taste (U), how strong each pattern is (the singular values in Σ), and "
        f"how much of it each film has (V). The {counted(kept, 'largest singular value')} "
        f"{'was' if kept == 1 else 'were'} kept and the rest dropped as noise.{held}",
    )


def _learning(evaluation: Evaluation) -> Paragraph | None:
    details = evaluation.setting.details
    iteration = Iteration.from_dict(details)
    convergence = Convergence.of_details(details)
    if iteration is None or not iteration.steps:
        return None
    if convergence is not None:
        return Paragraph("The draws", _drawing(iteration, convergence, details.get(TRACES, {})))
    word = rounds(evaluation.setting)
    text = f"It learns in rounds over the ratings, here called {word}s, each a little better than the one before. "
    if iteration.watched:
        text += (
            "A few of the training ratings were set aside to watch it by: once their errors fall no more, further "
            f"{word}s learn noise, so it stops. "
        )
    return Paragraph("The learning", f"{text}It took {iteration.in_words(f'{word}s')}.")


def _drawing(iteration: Iteration, convergence: Convergence, traces: Mapping[str, Any]) -> str:
    burn_in = traces.get("burn_in", 0)
    draws = counted(iteration.kept, "draw")
    if convergence.chains > 1:
        draws += f" of each of {convergence.chains:,} chains"
    text = f"It draws all numbers that it does not know again and again. {draws} "
    text += "was made" if iteration.kept == 1 else "were made"
    if burn_in and convergence.draws:
        text += f"; the first {burn_in:,}, which still remember where they began, were thrown away"
    return f"{text}{_CUTS.get(iteration.ended, '')}. {_averaged(convergence.draws)}"


def _averaged(draws: int) -> str:
    if not draws:
        return "All still remember where they began, but there are no others: the last of them is what is predicted."
    return f"The prediction is the average over {'the one' if draws == 1 else f'the {draws:,}'} kept."


def _prediction(evaluation: Evaluation) -> Paragraph:
    outside = "a number outside the scale is brought to its nearest end."
    if _fills(evaluation):
        text = (
            "Multiplying the kept parts back together gives a number for every cell, also for those it never saw. "
            f"What was taken away before is added back, and {outside}"
        )
    else:
        text = f"The model gives a number for every cell, also for those it never saw; {outside}"
    return Paragraph("The prediction", text)


def _errors(evaluation: Evaluation) -> Paragraph:
    digits = decimals(evaluation.setting.scale)
    error = errors(evaluation)
    return Paragraph(
        "The errors",
        "The error is prediction minus truth. Squared, averaged and rooted it gives the RMSE, "
        f"{rmse(error):.{digits}f} stars, which counts a large miss more than many small ones; its plain "
        f"average without sign is the MAE, {mae(error):.{digits}f} stars.",
    )
