"""What each model does, in a sentence or two for somebody who meets it today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from matinee.evaluation.result import Setting

_FILLS: Final = {
    "zero": "Every empty cell counts as a rating of 0. That is the naive table: it takes a film nobody "
    "asked about for a film that was hated, and its errors show it.",
    "mean": "From every rating the mean of all training ratings is taken away, so that an empty cell, a 0, "
    "means an average rating.",
    "user": "From every rating the mean of that user's ratings is taken away, so that an empty cell, a 0, "
    "means what this user gives on average.",
    "item": "From every rating the mean of that film's ratings is taken away, so that an empty cell, a 0, "
    "means what this film gets on average.",
    "bias": "From every rating the biases are taken away: the mean, how generous the user is, how well "
    "liked the film is. An empty cell, a 0, then means no surprise.",
}
_FACTORS: Final = (
    "This model gives each user and each film a bias and a few factors of taste, and adds to the mean both biases and "
    "the product of their factors. "
)
_MODELS: Final = {
    "mean": "This model learns one number, the mean of all training ratings, and predicts it everywhere.",
    "bias": "This model learns the mean, how generous each user is and how well liked each film is, and "
    "adds the three up.",
    "als": _FACTORS + "It finds them in turns: those of the films held, each user's are the answer of a small "
    "regression, and the other way round. Only the known cells count.",
    "sgd": _FACTORS + "It finds them rating by rating: each error moves the numbers of its user and its film a small "
    "step. Only the known cells count.",
    "svdpp": _FACTORS + "Which films somebody has rated, and by whom a film was rated, says something of taste too, "
    "whatever the stars, and is part of the factors.",
    "nmf": _FACTORS + "No factor is negative, so that each is a part that only adds.",
    "soft-impute": "This model adds to the mean and both biases as few and as weak patterns of taste as explain the "
    "known cells well: the sum of their strengths costs as much as their errors.",
    "bayesian": _FACTORS + "Many such factorisations fit the ratings about as well. It draws a great number of them, "
    "each as often as the ratings make it likely, and predicts their average.",
    "ease": "This model learns, for each film, how much having liked each other film speaks for it, all films "
    "weighed against each other at once, and no film for itself.",
    "item-knn": "This model finds, for each film, the films that were liked by the same users, and adds up how "
    "similar those are that a user liked.",
    "implicit-als": "This model learns factors of taste for users and films that tell what was liked from what "
    "was not, and trusts what was liked more.",
}
_THRESHOLDS: Final = (
    " That sum is not yet a rating: thresholds, which are drawn too, cut it into stars. What is shown is the star to "
    "be expected."
)


def fills(setting: Setting) -> bool:
    """Whether the model fills the empty cells of the table and decomposes it."""
    return setting.parameters.get("fill") in _FILLS


def in_words(setting: Setting) -> str:
    """What the empty cells are taken for, or what the model does."""
    if fills(setting):
        return _FILLS[setting.parameters["fill"]]
    told = _MODELS.get(setting.model, f"The model {setting.model} was fitted to the table.")
    return told + _THRESHOLDS if setting.parameters.get("likelihood") == "ordered-probit" else told
