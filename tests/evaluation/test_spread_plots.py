"""Pictures of predicted distributions show what was said and what came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matinee.evaluation.metrics.distribution import LEVELS, coverages, star_reliability
from matinee.evaluation.metrics.groups import intervals_by_activity
from matinee.evaluation.plots.registry import PICTURES
from matinee.evaluation.plots.render import to_png
from matinee.evaluation.plots.style import LIGHT
from tests.support.evaluations import CASES


def _drawn(name: str, result):
    """A figure whose layout is done."""
    figure = PICTURES[name].draw(result, LIGHT)
    to_png(figure, LIGHT)
    return figure


def test_reliability_shows_what_was_said_and_what_came() -> None:
    coverage, stars = _drawn("reliability", CASES["distributed"]).axes
    held = coverage.lines[0]
    assert held.get_xdata().tolist() == list(LEVELS)
    np.testing.assert_allclose(held.get_ydata(), coverages(CASES["distributed"]))
    assert len(stars.collections[0].get_offsets()) == len(star_reliability(CASES["distributed"]))
    assert "90%: " in PICTURES["reliability"].describe(CASES["distributed"])


def test_no_dot_of_reliability_is_cut_and_the_panels_stand_right_below_the_title() -> None:
    figure = _drawn("reliability", CASES["distributed"])
    for axes in figure.axes:
        assert axes.get_xlim()[0] < 0 < 1 < axes.get_xlim()[1]
        assert axes.get_ylim() == axes.get_xlim()
    assert not any(dots.get_clip_on() for dots in (figure.axes[0].lines[0], figure.axes[1].collections[0]))
    title = figure.texts[0].get_window_extent()
    assert title.y0 - figure.axes[0].get_window_extent().y1 < title.height / 2


def test_without_stars_reliability_is_of_intervals_alone() -> None:
    plain = replace(CASES["distributed"], rows=CASES["distributed"].rows.drop("probabilities"))
    assert len(_drawn("reliability", plain).axes) == 1


def test_intervals_are_shown_for_users_and_films() -> None:
    figure = _drawn("interval-by-activity", CASES["distributed"])
    users, widths = figure.axes[:2]
    table = intervals_by_activity(CASES["distributed"], "user_ratings")
    np.testing.assert_allclose([bar.get_width() for bar in widths.patches], table["width"])
    assert [text.get_text() for text in widths.texts] == [f"{width:.2f}" for width in table["width"]]
    assert len(users.get_yticks()) == len(table)
