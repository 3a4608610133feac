"""The steps of an evaluation of a ranking in plain words; `story` has those of predicted stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matinee.evaluation.metrics.ranking import ranking_summary
from matinee.evaluation.report.story import Paragraph, the_model, the_ratings, the_removal
from matinee.evaluation.report.wording import counted

if TYPE_CHECKING:
    from matinee.evaluation.result import Evaluation


def ranking_steps(evaluation: Evaluation) -> tuple[Paragraph, ...]:
    """The steps from the ratings to the ranks, in order."""
    return (
        the_ratings(evaluation),
        _table(evaluation),
        the_removal(evaluation),
        the_model(evaluation),
        _ranks(evaluation),
        _measures(evaluation),
    )


def _table(evaluation: Evaluation) -> Paragraph:
    liked = evaluation.setting.parameters.get("liked")
    which = "a film the user rated" if liked is None else f"a film the user gave {liked:g} stars or more"
    return Paragraph(
        "What was liked",
        f"Put them in a table with a row for each user and a column for each film, with a 1 for {which}. Nearly all "
        "cells are empty, and an empty cell does not mean dislike: nobody has seen everything.",
    )


def _ranks(_: Evaluation) -> Paragraph:
    return Paragraph(
        "The ranking",
        "For each user the model scores every film that the user has not rated before, not the hidden ones alone, and "
        "puts them in order. A score is a preference: it has no unit, and only the order counts. Of films "
        "with equal scores a hidden one is put last.",
    )


def _measures(evaluation: Evaluation) -> Paragraph:
    measures = ranking_summary(evaluation)
    recall, gain = (measures[name]["value"] for name in ("recall@10", "ndcg@10"))
    return Paragraph(
        "The measures",
        f"Each is worked out for each of {counted(measures['users'], 'user')} with hidden liked films, and averaged. "
        f"Recall@10 is the share of them among the first ten, {100 * recall:.1f} %. NDCG@10 counts a film more the "
        f"nearer the top it comes, and is 1 where the hidden films fill the top: {gain:.3f}. MRR is one over the place "
        "of the first. Showing everybody the most popular films is the baseline.",
    )
