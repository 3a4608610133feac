"""The report: one self-contained, accessible, harmless HTML file that says the right numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from matinee.errors import InputError
from matinee.evaluation.metrics.distribution import scores
from matinee.evaluation.metrics.errors import errors, mae, rmse, rmse_interval
from matinee.evaluation.metrics.ranking import ranking_summary
from matinee.evaluation.metrics.ranking_groups import by_film_activity, by_user_activity, missed
from matinee.evaluation.plots.registry import applicable
from matinee.evaluation.plots.style import DARK, LIGHT
from matinee.evaluation.report.facts import flatten
from matinee.evaluation.report.page import command_of, report_html
from matinee.evaluation.report.story import steps
from matinee.evaluation.report.wording import signed
from matinee.models.truncated_svd import TruncatedSVD
from tests.support.evaluations import CASES, HOSTILE, distributed, evaluation, with_rows


class Page(HTMLParser):
    """Every tag with its attributes, and the text outside style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "source"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _blank(result) -> dict[str, dict[str, bytes]]:
    """Pictures of no content, where the test is of the words: drawing takes seconds."""
    empty = {picture.name: b"<svg/>" for picture in applicable(result)}
    return {"light": empty, "dark": empty}


def _page(result, command: str | None = None) -> Page:
    return Page(report_html(result, command, **_blank(result)))


@pytest.fixture(scope="module")
def whole() -> str:
    return report_html(CASES["zeroed"], "matinee evaluate 'my ratings.csv' --protocol corrupt")


def test_one_file_without_scripts_or_network(whole: str) -> None:
    page = Page(whole)
    assert page.open == []
    assert not {"script", "link", "iframe", "object", "base", "form"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("href", "action")]
        assert all((attributes.get(name) or "data:image/").startswith("data:image/") for name in ("src", "srcset"))
    assert "default-src 'none'" in next(iter(page.all("meta")[3].values())) + str(page.all("meta")[3])
    assert not re.search(r"url\(|@import", whole)
    assert len(whole.encode()) < 2_000_000


def test_each_figure_in_both_themes(whole: str) -> None:
    page = Page(whole)
    assert len(page.all("picture")) == len(page.all("img")) == len(page.all("source")) == 6
    for image, dark in zip(page.all("img"), page.all("source"), strict=True):
        assert dark["media"] == "(prefers-color-scheme: dark)"
        assert dark["srcset"] != image["src"]
        assert len(image["alt"] or "") > 20
    assert LIGHT.background in whole
    assert DARK.background in whole


def test_language_headings_and_tables_are_marked(whole: str) -> None:
    page = Page(whole)
    assert page.all("html")[0]["lang"] == "en-GB"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(np.diff(levels)) == 1
    assert all(cell["scope"] in ("col", "row") for cell in page.all("th"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {section["aria-labelledby"] for section in page.all("section")} <= set(ids)


def test_the_headline_is_right() -> None:
    result = CASES["with intervals, 0 to 100"]
    text, error = _page(result).text, errors(result)
    low, high = rmse_interval(result)
    assert f"RMSE (stars) {rmse(error):.2f} 95 % interval {low:.2f} to {high:.2f}" in text
    assert f"Baseline’s RMSE (stars) {rmse(errors(result, 'baseline')):.2f}" in text
    assert f"MAE (stars) {mae(error):.2f}" in text
    inside = result.rows.select((pl.col("truth").is_between("lower", "upper")).mean()).item()
    assert f"{100 * inside:.1f} % of truths inside the interval; stated: 90 %" in text
    assert "Coverage" not in _page(CASES["hidden"]).text


@pytest.mark.parametrize(("share", "words"), [(0.0, "equals the baseline’s"), (2.0, "stars above"), (-0.9, "stars (")])
def test_the_verdict(share: float, words: str) -> None:
    base = CASES["hidden"]
    truth = pl.col("truth").cast(pl.Float64)
    off = with_rows(base, baseline=truth + 0.1, prediction=truth + 0.1 + 0.1 * share, truth=truth)
    off = replace(off, setting=replace(off.setting, scale=type(off.setting.scale)(-100, 100)))
    assert words in _page(off).text


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_a_report(case: str) -> None:
    page = _page(CASES[case])
    assert page.open == []
    assert "nan" not in page.text.lower().split()
    assert len(page.all("img")) == len(applicable(CASES[case]))


def test_hostile_titles_and_ids_are_shown_and_not_obeyed() -> None:
    hostile = CASES["hostile"]
    html = report_html(hostile, HOSTILE, **_blank(hostile))
    page = Page(html)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e]", html)


def test_what_corruption_did_is_told_from_the_details() -> None:
    details = {"corruption": "opposite", "held": "the biases", "certificate": {"worst_residual": 1e-9, "holds": True}}
    result = evaluation(protocol="corrupt", corrupted=1.0, details=details)
    text = _page(result).text
    assert "replaced by the rating at the opposite end of the scale" in text
    assert "Held while doing so: the biases." in text
    assert "certificate: worst residual 1e-09" in text
    assert "certificate: holds yes" in text


@pytest.mark.parametrize(
    ("case", "headings"),
    [
        ("hidden", ["The hidden entries", "The empty cells", "The decomposition"]),
        ("removed", ["The corrupted entries", "The empty cells", "The decomposition"]),
        ("untitled", ["The test ratings", "The empty cells", "The decomposition"]),
        ("whole stars, no factors", ["The hidden entries", "The model"]),
    ],
)
def test_the_steps_follow_the_protocol(case: str, headings: list[str]) -> None:
    told = [step.heading for step in steps(CASES[case])]
    assert told == ["The ratings", "The matrix", *headings, "The prediction", "The errors"]


@pytest.mark.parametrize(
    ("fill", "words"),
    [("zero", "naive"), ("mean", "mean of all"), ("user", "that user"), ("item", "that film"), ("bias", "biases")],
)
def test_every_fill_is_explained(fill: str, words: str) -> None:
    parameters = {"rank": 3, "fill": fill}
    told = steps(evaluation(20, parameters=parameters, summary=TruncatedSVD(**parameters).description))
    assert words in next(step.text for step in told if step.heading == "The empty cells")


def test_the_command_is_the_one_typed(whole: str) -> None:
    text = Page(whole).text
    assert "The command that was run: matinee evaluate 'my ratings.csv' --protocol corrupt" in text


def test_without_a_command_one_is_put_together() -> None:
    result = evaluation(20, data="my ratings.csv", details={"fraction": 0.1})
    expected = (
        "matinee evaluate 'my ratings.csv' --model truncated-svd --set rank=3 --set fill=bias "
        "--protocol hide --fraction 0.1 --seed 20"
    )
    assert command_of(result.setting) == expected
    assert f"A command with the same settings: {expected}" in _page(result).text


def test_the_surprises_are_named() -> None:
    result = CASES["removed"]
    worst = result.rows[int(np.argmax(np.abs(errors(result))))]
    assert worst["title"][0] in _page(result).text.split("The most surprising ratings")[1]
    assert "removed" in _page(result).text.split("The most surprising ratings")[1]


def test_nothing_predicted_is_said_plainly() -> None:
    nothing = replace(CASES["hidden"], rows=CASES["hidden"].rows.head(0))
    with pytest.raises(InputError, match=r"truncated-svd: 0 ratings were predicted; at least one is needed"):
        report_html(nothing)


def test_many_ratings_and_factors_stay_under_two_megabytes() -> None:
    assert len(report_html(evaluation(100_000, rank=500)).encode()) < 2_000_000


def test_details_are_flattened_for_reading() -> None:
    nested = {"a_b": {"c": 1 / 3, "d": np.bool_(True)}, "e": list(range(20)), "f": None, "g": "<x>\x00"}
    assert flatten(nested) == {
        "a b: c": "0.333333",
        "a b: d": "yes",
        "e": "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more",
        "f": "none",
        "g": "<x>",
    }


def test_how_it_learnt_is_told_and_the_trace_is_drawn_not_listed() -> None:
    text = _page(CASES["iterated"]).text
    assert "The learning. It learns in rounds over the ratings, here called sweeps" in text
    assert "It took 6 sweeps, no gain after 3; then 3 on all ratings." in text
    assert "How did it learn?" in text
    assert "watched_error" not in text
    assert "sweeps 3" in text
    unwatched = _page(CASES["iterated unwatched"]).text
    assert "It took 3 sweeps." in unwatched
    assert "set aside to watch" not in unwatched
    assert "The learning" not in _page(CASES["hidden"]).text


def test_a_ranking_is_told_as_one() -> None:
    result = CASES["ranked"]
    numbers, page = ranking_summary(result), _page(result)
    for said in (
        f"{numbers['liked']} hidden liked films of {numbers['users']} users were ranked among all films",
        "The ranking is better than showing everybody the most popular films",
        f"NDCG@10 {numbers['ndcg@10']['value']:.3f}",
        f"popularity {numbers['recall@50']['popularity']:.3f}",
        "with a 1 for a film the user gave 3.5 stars or more",
        "popularity included",
        "For whom, and for which films",
        "The films it missed furthest",
    ):
        assert said in page.text
    assert "RMSE" not in page.text
    assert "Errors by group" not in page.text


def test_a_ranking_no_better_than_popularity_is_called_so() -> None:
    assert "no better than showing everybody the most popular films" in _page(CASES["all ranked first"]).text


def test_groups_of_a_ranking_hold_every_user_and_every_film() -> None:
    result = CASES["ranked"]
    numbers = ranking_summary(result)
    users, films = by_user_activity(result), by_film_activity(result)
    assert (users["count"].sum(), films["count"].sum()) == (numbers["users"], numbers["liked"])
    mean = (users["count"] * users["ndcg"]).sum() / numbers["users"]
    assert mean == pytest.approx(numbers["ndcg@10"]["value"])


def test_the_films_missed_furthest_are_those_with_the_worst_rank() -> None:
    result = CASES["ranked"]
    found = missed(result, 5)
    known = result.rows.filter(pl.col("source") == "model")["rank"].drop_nulls()
    assert found["rank"].to_list() == known.sort(descending=True).to_list()[:5]


def test_how_well_draws_agree_is_a_table_and_not_among_the_settings() -> None:
    page = report_html(CASES["sampled"])
    assert (
        "<p>Converged: of 2 watched predictions, nine in ten have an R-hat up to 1.01 (1.1 is allowed) and at" in page
    )
    assert '<th scope="row">user 92, Heat</th>' in page
    assert (
        '<th scope="row">degrees of freedom, users</th><td>1</td><td>0.1</td><td>1.01</td><td>1234</td><td>234</td>'
        in page
    )
    assert "posterior traces" not in page
    assert "convergence: " not in page
    few = report_html(CASES["by one draw in burn-in"])
    assert "<td>–</td>" in few
    assert "<p>Not known to have converged: 0 kept draws are too few to tell. Take more draws" in few
    assert "How well the draws agree" not in report_html(CASES["iterated"])


def test_the_gain_over_one_spread_is_said_with_its_interval() -> None:
    result = distributed(900)
    score, text = scores(result)[0], _page(result).text
    gain, (low, high) = score.one_spread - score.value, score.gain
    assert f"{score.one_spread:.4f} {signed(gain, 4)} {signed(low, 4)} to {signed(high, 4)}" in text


def test_what_is_known_of_a_pair_is_said_in_words() -> None:
    text = _page(with_rows(CASES["hidden"], source=pl.lit("user"))).text
    assert "By what is known of the pair" in text
    assert "user known, film not 400" in text


def test_no_line_begins_with_a_per_cent_sign_and_the_command_stays_as_typed() -> None:
    html = report_html(distributed(50), "matinee evaluate '5 % of all.csv'", **_blank(distributed(50)))
    before, command = html.split("<code>")
    assert "stated: 90\N{NO-BREAK SPACE}%" in before
    assert not re.search(r"\d %", before)
    assert command.startswith("matinee evaluate &#39;5 % of all.csv&#39;")


def test_settings_have_names_that_people_can_read() -> None:
    prior = {"bias_mean": 0.1, "noise_alike": 5.36}
    details = {"noise": 0.5, "noise_interval": [0.4, 0.6], "compression_error": 0.0241, "user_prior": prior}
    details |= {"sweeps": 80, "ended": "all sweeps"}
    text = _page(evaluation(20, parameters={"draws": 60}, details=details)).text
    assert "draws 80 ended after all draws" in text
    assert "usual noise of a rating (stars) 0.5" in text
    assert "90 % of its draws lie in (stars) 0.4, 0.6" in text
    assert "compressing the average moves predictions by (stars) 0.0241" in text
    assert "alike" not in text


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("hidden", "Errors can be worked out again from predictions.csv"),
        ("distributed", "Errors and coverage can be worked out again"),
        ("ranked", "The measures can be worked out again"),
    ],
)
def test_what_the_files_hold_is_said(case: str, words: str) -> None:
    assert f"{words}" in _page(CASES[case]).text
