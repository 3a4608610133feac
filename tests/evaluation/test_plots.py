"""Every picture of every shape of evaluation: drawn, labelled, unclipped, deterministic, harmless."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from matinee.errors import InputError
from matinee.evaluation.metrics.errors import errors, rmse
from matinee.evaluation.plots.error_histogram import bin_edges
from matinee.evaluation.plots.registry import PICTURES, applicable, figures
from matinee.evaluation.plots.render import render, save_rendered, to_png, to_svg
from matinee.evaluation.plots.style import DARK, LIGHT, set_apart, styled
from matinee.evaluation.report.examples import spread_examples, surprising
from matinee.evaluation.report.wording import clean, compact, counted, shorten, signed
from matinee.files import prepared
from tests.support.evaluations import CASES, evaluation, sampled, with_rows

OF_ALL = ["error-histogram", "named-films", "predicted-by-star", "error-by-activity"]
OF_A_SPREAD = ["reliability", "interval-by-activity"]
OF_AN_SVD = ["singular-values", "rmse-by-rank"]
NAMES = OF_ALL + OF_AN_SVD
WITHOUT_STARS = ("singular-values", "training-trace", "recall-by-length", "reliability")


def _draw(name: str, result, theme=LIGHT):
    figure = PICTURES[name].draw(result, theme)
    to_png(figure, theme, dpi=100)
    return figure


def _unclipped(figure) -> bool:
    """Whether all that is drawn, the labels that the layout ignores included, lies inside the figure."""
    for axes in figure.axes:
        for text in axes.texts:
            text.set_in_layout(True)
    with styled(LIGHT):
        box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    return min(box.x0, box.y0, width - box.x1, height - box.y1) >= -0.01


def _apart(figure) -> bool:
    """Whether no text written into the axes overlaps another."""
    boxes = [text.get_window_extent() for axes in figure.axes for text in axes.texts]
    return not any(box.overlaps(other) for index, box in enumerate(boxes) for other in boxes[:index])


def _svg_words(svg: bytes) -> str:
    return " ".join(
        "".join(node.itertext()) for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("text")
    )


def test_the_stable_names() -> None:
    assert list(PICTURES) == [
        *OF_ALL, *OF_A_SPREAD, *OF_AN_SVD, "training-trace", "posterior-traces", "recall-by-length",
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_picture_of_every_case_is_whole_and_says_stars(case: str) -> None:
    """Nothing is clipped at the edge of the figure, no label lies on another, and no warning is given."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for picture in applicable(CASES[case]):
            figure = _draw(picture.name, CASES[case])
            assert _unclipped(figure), picture.name
            assert _apart(figure), picture.name
            labels = [label for axes in figure.axes for label in (axes.get_xlabel(), axes.get_ylabel())]
            assert picture.name in WITHOUT_STARS or any("stars" in label for label in labels)


@pytest.mark.parametrize("case", CASES)
def test_every_picture_is_described_in_words(case: str) -> None:
    for picture in applicable(CASES[case]):
        assert len(picture.describe(CASES[case])) > 20
        assert len(picture.caption) > 80


def test_pictures_that_do_not_apply_are_left_out() -> None:
    plain = CASES["whole stars, no factors"]
    assert [picture.name for picture in applicable(plain)] == OF_ALL
    assert list(figures(plain)) == OF_ALL
    nothing = replace(plain, rows=plain.rows.head(0))
    assert applicable(nothing) == ()


def test_the_histogram_counts_every_rating_once() -> None:
    result = CASES["hidden"]
    axes = _draw("error-histogram", result).axes[1]
    assert sum(bar.get_height() for bar in axes.patches if hasattr(bar, "get_height")) == 400
    outline = next(patch for patch in axes.patches if not hasattr(patch, "get_height"))
    assert outline.get_data().values.sum() == 400
    error = errors(result)
    quarter = np.histogram(error, outline.get_data().edges)[0]
    heights = [bar.get_height() for bar in axes.patches if hasattr(bar, "get_height")]
    assert heights == quarter.tolist()


def test_the_histogram_states_its_numbers() -> None:
    result = CASES["hidden"]
    words, error = _svg_words(to_svg(_draw("error-histogram", result))), errors(result)
    for number in np.quantile(error, [0.05, 0.5, 0.95]):
        assert signed(number) in words
    assert f"mean {signed(error.mean())} ± {error.std():.2f}" in words
    assert f"RMSE {rmse(error):.3f} stars" in words
    assert "truncated-svd: errors of 400 hidden ratings" in words


@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=50),
    st.floats(0.01, 100),
)
def test_bins_are_centred_on_zero_and_cover_the_errors(values: list[float], scale: float) -> None:
    error = np.array(values) * scale
    limit = max(np.abs(error).max(), scale)
    edges = bin_edges(error, limit)
    assert edges[0] <= -limit * (1 - 1e-9)
    assert edges[-1] >= limit * (1 - 1e-9)
    assert np.allclose(edges, -edges[::-1])
    assert 5 <= len(edges) - 1 <= 150


@given(
    st.lists(st.tuples(st.floats(-1, 11), st.floats(0.1, 3)), min_size=1, max_size=5),
)
def test_labels_are_set_apart(pairs: list[tuple[float, float]]) -> None:
    pairs.sort()
    wanted, widths = zip(*pairs, strict=True)
    placed = set_apart(wanted, widths, 0, 10)
    left, right = np.array(placed) - np.array(widths) / 2, np.array(placed) + np.array(widths) / 2
    assert (left[1:] >= right[:-1] - 1e-9).all()
    if sum(widths) <= 10:
        assert left[0] >= -1e-9
        assert right[-1] <= 10 + 1e-9


def test_labels_with_room_stay_where_they_are() -> None:
    assert set_apart([1, 5, 9], [1, 1, 1], 0, 10) == [1, 5, 9]
    assert set_apart([5, 5], [2, 2], 0, 10) == [4, 6]


def test_the_rank_curve_says_it_is_for_looking() -> None:
    words = _svg_words(to_svg(_draw("rmse-by-rank", CASES["hidden"])))
    assert "for looking, not for choosing" in words
    assert "rank 3, used here" in words


def test_learning_is_shown_with_the_sweep_that_was_kept() -> None:
    figure = _draw("training-trace", CASES["iterated"])
    above, below = figure.axes
    line, ring = above.lines
    assert line.get_ydata().tolist() == [1.0, 0.9, 0.86, 0.87, 0.88, 0.9]
    assert (ring.get_xdata(), ring.get_ydata()) == ([3], [0.86])
    assert below.lines[0].get_ydata()[[0, 2]].tolist() == [100, 0]
    assert above.get_ylabel() == "RMSE (stars)\nof ratings set aside"
    words = _svg_words(to_svg(figure))
    assert "als: learning sweep by sweep" in words
    assert "6 sweeps, no gain after 3; then 3 on all ratings" in words
    assert "lowest 0.860 after 3 sweeps" in words
    described = PICTURES["training-trace"].describe(CASES["iterated"])
    assert described.startswith("6 sweeps, no gain after 3; then 3 on all ratings. Objective: from 1e+05 to 8.538e+04.")
    assert "from 1.000 to 0.900, lowest 0.860 after 3 sweeps." in described


def test_learning_without_ratings_set_aside_shows_the_objective_alone() -> None:
    figure = _draw("training-trace", CASES["iterated unwatched"])
    assert len(figure.axes) == 1
    assert figure.axes[0].get_ylabel() == "objective: way\nto go (%)"
    assert "stars" not in PICTURES["training-trace"].describe(CASES["iterated unwatched"])


def test_learning_is_shown_of_models_that_learn_in_sweeps_alone() -> None:
    assert "training-trace" not in figures(CASES["hidden"])
    assert list(figures(CASES["a thousand epochs"])) == [*OF_ALL, "training-trace"]
    with pytest.raises(
        InputError, match="picture training-trace: the evaluation of truncated-svd has no data for it; leave"
    ):
        PICTURES["training-trace"].draw(CASES["hidden"], LIGHT)


def test_the_share_of_variance_is_that_of_the_certificate() -> None:
    result = evaluation(details={"certificate": {"share_of_variance": 0.276}})
    assert "27.6 % of the variance" in _svg_words(to_svg(_draw("singular-values", result)))
    figure = _draw("singular-values", result)
    stairs = figure.axes[1].patches[0].get_data().values
    squares = np.square(result.singular_values)
    assert stairs == pytest.approx(27.6 * np.cumsum(squares) / squares.sum())


def test_boxes_show_the_quartiles_of_the_clipped_predictions() -> None:
    result = CASES["hidden"]
    axes = _draw("predicted-by-star", result).axes[0]
    means = next(line for line in axes.lines if line.get_label() == "mean")
    shown = result.setting.scale.clip(result.rows["prediction"].to_numpy())
    for star, mean in zip(*means.get_data(), strict=True):
        assert mean == pytest.approx(shown[result.rows["truth"].to_numpy() == star].mean())


@pytest.mark.parametrize("case", ["hidden", "all equal"])
def test_examples_do_not_depend_on_the_order_of_rows(case: str) -> None:
    result = replace(CASES[case], rows=CASES[case].rows.unique(["user", "item"], maintain_order=True))
    shuffled = replace(result, rows=result.rows.sample(fraction=1, shuffle=True, seed=5))
    assert spread_examples(result).equals(spread_examples(shuffled))
    assert surprising(result).equals(surprising(shuffled))


def test_examples_are_spread_over_good_and_bad() -> None:
    result = CASES["hidden"]
    chosen, size = spread_examples(result), np.sort(np.abs(errors(result)))
    assert len(chosen) == 12
    assert chosen["item"].n_unique() == 12
    quantiles = np.searchsorted(size, chosen["error"].abs().to_numpy()) / len(size)
    assert np.abs(quantiles - (np.arange(12) + 0.5) / 12).max() < 0.06


def test_examples_prefer_films_with_a_title() -> None:
    base = CASES["hidden"]
    half = with_rows(base, title=pl.when(pl.col("item") > 45).then("title"))
    assert spread_examples(half)["title"].is_not_null().all()
    assert "film " in _svg_words(to_svg(_draw("named-films", CASES["untitled"])))


def test_the_worst_comes_first_among_the_surprises() -> None:
    worst = surprising(CASES["hidden"], 5)
    assert worst["error"].abs().to_list() == sorted(np.abs(errors(CASES["hidden"])), reverse=True)[:5]


def test_corrupted_values_are_shown_even_outside_the_scale() -> None:
    figure = _draw("named-films", CASES["zeroed"])
    assert figure.axes[0].get_xlim()[0] < 0
    assert "corrupted to" in _svg_words(to_svg(figure))
    assert "corrupted to" not in _svg_words(to_svg(_draw("named-films", CASES["removed"])))


def test_hostile_titles_are_text_and_nothing_else() -> None:
    svg = to_svg(_draw("named-films", CASES["hostile"]))
    assert b"<script" not in svg
    assert "<script>alert(1)</script> $x_1^{$" in _svg_words(svg)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", svg)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_colours_can_be_told_from_the_background(theme) -> None:
    for colour, least in [(theme.ink, 7), (theme.muted, 4.5), (theme.model, 3), (theme.baseline, 3), (theme.accent, 3)]:
        assert _contrast(colour, theme.background) >= least


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_theme_reaches_the_picture(theme) -> None:
    image = Image.open(io.BytesIO(to_png(_draw("rmse-by-rank", CASES["hidden"], theme), theme)))
    assert image.convert("RGB").getpixel((2, 2)) == tuple(bytes.fromhex(theme.background[1:]))
    assert image.width == 840


def test_the_users_matplotlib_is_left_alone_and_leaves_us_alone() -> None:
    before, expected = mpl.rcParams.copy(), to_svg(_draw("rmse-by-rank", CASES["hidden"]))
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path", "xtick.major.size": 20}):
        assert to_svg(_draw("rmse-by-rank", CASES["hidden"])) == expected
    assert mpl.rcParams.copy() == before


_PROGRAM = """
import hashlib, sys
from tests.support.evaluations import CASES
from matinee.evaluation.plots.render import render
for name, picture in render(CASES["zeroed"]).items():
    print(name, hashlib.sha256(picture.png + picture.svg).hexdigest())
assert "matplotlib.pyplot" not in sys.modules
"""


def test_the_same_bytes_in_another_process_and_never_pyplot() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", _PROGRAM], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert len(runs[0].splitlines()) == 6


def test_saved_figures(tmp_path) -> None:
    written = save_rendered(render(CASES["hidden"]), prepared(tmp_path / "new" / "folder"))
    assert sorted(written) == sorted(f"{name}.{kind}" for name in NAMES for kind in ("png", "svg"))
    for path in written.values():
        assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm")
    assert sorted(path.name for path in (tmp_path / "new" / "folder").iterdir()) == sorted(written)


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file: cannot be written .*choose another with --out"):
        prepared(tmp_path / "file")


def test_words() -> None:
    assert [signed(x) for x in (1.234, -0.5, 0.0, -0.001)] == ["+1.23", "−0.50", "0.00", "0.00"]
    assert [compact(x) for x in (7, 9_999, 12_345, 999_499, 4_500_000)] == ["7", "9,999", "12.3k", "999k", "4.5M"]
    assert [counted(x, "rating") for x in (0, 1, 2_000)] == ["0 ratings", "1 rating", "2,000 ratings"]
    assert clean(" a\x00b\n\u202ec\ufffe ") == "a b c"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert shorten("abcdef", 4) == "abc…"


def _contrast(one: str, two: str) -> float:
    """Contrast ratio of the Web Content Accessibility Guidelines, 1 to 21."""
    light = []
    for colour in (one, two):
        part = np.array(list(bytes.fromhex(colour[1:]))) / 255
        linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        light.append(linear @ [0.2126, 0.7152, 0.0722])
    return (max(light) + 0.05) / (min(light) + 0.05)


def test_a_ranking_has_its_own_picture_and_none_of_stars() -> None:
    assert [picture.name for picture in applicable(CASES["ranked"])] == ["recall-by-length"]
    assert "recall-by-length" not in [picture.name for picture in applicable(CASES["hidden"])]
    words = PICTURES["recall-by-length"].describe(CASES["all ranked first"])
    assert words.startswith("Mean recall by length of list: 100.0 % at 10 films (popularity 100.0 %)")


def test_a_line_a_chain_and_how_well_they_agree() -> None:
    figure = _draw("posterior-traces", CASES["by four chains"])
    assert [axes.get_title(loc="left").splitlines() for axes in figure.axes] == [
        [name, "R-hat 1.01, 1,234 effective"]
        for name in (
            "noise",
            "RMSE of one draw",
            "size of taste (p · q)",
            "precision of user biases",
            "user 92, Heat",
            "prediction 11",
        )
    ]
    assert [axes.get_ylabel() for axes in figure.axes] == ["stars", "stars", "stars", "", "stars", "stars"]
    assert {len(axes.lines) for axes in figure.axes} == {4}
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["chain 1", "chain 2", "chain 3", "chain 4", "burn-in"]
    assert all(patch.get_x() + patch.get_width() == 20.5 for axes in figure.axes for patch in axes.patches)


def test_a_long_name_of_a_panel_is_shortened_to_its_width() -> None:
    details = sampled(1, 60)
    pair = {"pair": "user 656, Downfall (Der Untergang)"}
    for name in ("prediction 3", "prediction 11"):
        details["convergence"]["quantities"][name] = {**details["convergence"]["quantities"][name], **pair}
    assert _unclipped(_draw("posterior-traces", evaluation(20, rank=0, details=details)))


def test_traces_in_words() -> None:
    told = PICTURES["posterior-traces"].describe(CASES["sampled"])
    assert told.startswith(
        "300 draws kept of 1 chain, after 50 draws of burn-in. noise: 1 ± 0.1 stars, R-hat 1.01, 1,234 effective; "
    )
    assert "degrees of freedom, users: 1 ± 0.1, R-hat 1.01" in told
    few = PICTURES["posterior-traces"].describe(CASES["by one draw in burn-in"])
    assert few.startswith("0 draws kept of 2 chains, after 1 draw of burn-in. noise: no draw kept, R-hat not known; ")


def test_only_a_model_that_draws_has_traces() -> None:
    assert list(figures(CASES["sampled"])) == [*OF_ALL, "posterior-traces"]
    assert "posterior-traces" not in figures(CASES["hidden"])
    with pytest.raises(InputError, match="picture posterior-traces: the evaluation of truncated-svd has no data"):
        PICTURES["posterior-traces"].draw(CASES["hidden"], LIGHT)
