"""The report: one HTML file that needs nothing else."""

from __future__ import annotations

import platform
import re
import shlex
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

import jinja2
import matplotlib
import numpy as np
import polars as pl

from matinee.evaluation.metrics.distribution import scores, states_stars
from matinee.evaluation.metrics.groups import by_source, by_star, intervals_by_activity
from matinee.evaluation.metrics.ranking import LABELS, MEASURES
from matinee.evaluation.metrics.ranking_groups import by_film_activity, by_user_activity, missed
from matinee.evaluation.plots.registry import applicable
from matinee.evaluation.plots.render import render_svg
from matinee.evaluation.plots.style import DARK, LIGHT
from matinee.evaluation.protocol import PROTOCOLS
from matinee.evaluation.report.examples import surprising
from matinee.evaluation.report.facts import facts
from matinee.evaluation.report.ranking_story import ranking_steps
from matinee.evaluation.report.story import steps
from matinee.evaluation.report.summary import summary
from matinee.evaluation.report.wording import (
    chance,
    clean,
    data_name,
    decimals,
    film_name,
    predicted_ratings,
    sentence,
    shorten,
    signed,
)
from matinee.models.bayesian.convergence import Convergence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matinee.evaluation.result import Evaluation, Setting

_LONGEST_TITLE: Final = 90
_SURPRISES: Final = 15


def report_html(
    evaluation: Evaluation,
    command: str | None = None,
    light: Mapping[str, bytes] | None = None,
    dark: Mapping[str, bytes] | None = None,
    numbers: Mapping[str, Any] | None = None,
) -> str:
    """The whole report as HTML: no scripts, no network, light and dark, under 2 MB.

    ``command`` is what was typed; without it a command is put together from the settings. ``light`` and
    ``dark`` are pictures already drawn (`render_svg`), ``numbers`` the `summary`; each is made where it is missing.
    Titles and ids are escaped. Raises `InputError` where nothing was predicted.
    """
    numbers = numbers or summary(evaluation)
    pictures = _pictures(evaluation, light or render_svg(evaluation, LIGHT), dark or render_svg(evaluation, DARK))
    setting = evaluation.setting
    page = _template().render(
        digits=decimals(setting.scale),
        light=LIGHT,
        dark=DARK,
        setting=setting,
        data=data_name(setting),
        numbers=numbers,
        predicted=predicted_ratings(setting, len(evaluation.rows)),
        pictures=pictures,
        ranked=evaluation.ranks,
        **(_ranking_parts(evaluation, numbers) if evaluation.ranks else _star_parts(evaluation)),
        corrupt=evaluation.corrupted,
        command=command or command_of(setting),
        typed=command is not None,
        convergence=Convergence.of_details(setting.details),
        facts=facts(setting),
        versions=_versions(setting),
    )
    return _unbroken(page)


def _unbroken(page: str) -> str:
    """``page`` with no line that begins with a per cent sign; a command, which may be copied, stays as it is."""
    return re.sub(r"(?<=\d) %(?![^<]*</code>)", "\N{NO-BREAK SPACE}%", page)


def _star_parts(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "steps": steps(evaluation),
        "groups": [
            ("By true rating", by_star(evaluation)),
            ("By what is known of the pair", by_source(evaluation)),
        ],
        "intervals": _intervals(evaluation),
        "scores": scores(evaluation),
        "surprises": surprising(evaluation, _SURPRISES).to_dicts(),
        "chances": states_stars(evaluation),
    }


def _intervals(evaluation: Evaluation) -> list[tuple[str, pl.DataFrame]]:
    if evaluation.setting.coverage is None:
        return []
    sides = (("By user", "user_ratings"), ("By film", "item_ratings"))
    return [(heading, intervals_by_activity(evaluation, column)) for heading, column in sides]


def _ranking_parts(evaluation: Evaluation, numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "steps": ranking_steps(evaluation),
        "measures": [(LABELS[name], numbers["ranking"][name]) for name in MEASURES],
        "users": by_user_activity(evaluation),
        "films": by_film_activity(evaluation),
        "missed": missed(evaluation, _SURPRISES).to_dicts(),
    }


def command_of(setting: Setting) -> str:
    """A command that repeats the evaluation, as far as its settings tell."""
    words = ["matinee", "evaluate", setting.data, "--model", setting.model]
    for name, value in setting.parameters.items():
        words += ["--set", f"{name}={value}"]
    protocol = PROTOCOLS[setting.protocol]
    words += ["--protocol", protocol.name] if protocol.help else []
    for name in protocol.options:
        words += [f"--{name}", str(setting.details[name])] if name in setting.details else []
    return shlex.join([*map(clean, words), "--seed", str(setting.seed)])


def _versions(setting: Setting) -> dict[str, str]:
    return {
        "Matinee": setting.version,
        "Python": platform.python_version(),
        "NumPy": np.__version__,
        "Polars": pl.__version__,
        "matplotlib": matplotlib.__version__,
    }


def _pictures(evaluation: Evaluation, light: Mapping[str, bytes], dark: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [
        {
            "name": picture.name,
            "title": picture.title,
            "caption": picture.caption,
            "alt": picture.describe(evaluation),
            "light": _data_uri(light[picture.name]),
            "dark": _data_uri(dark[picture.name]),
        }
        for picture in applicable(evaluation)
    ]


def _data_uri(svg: bytes) -> str:
    """An address that holds the picture itself."""
    return f"data:image/svg+xml;base64,{b64encode(svg).decode()}"


def _film(row: Mapping[str, Any]) -> str:
    return shorten(film_name(row), _LONGEST_TITLE)


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("matinee.evaluation.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"signed": signed, "film": _film, "clean": clean, "chance": chance}
    environment.filters |= {"sentence": sentence, "shorten": shorten}
    return environment.get_template("report.html.j2")
