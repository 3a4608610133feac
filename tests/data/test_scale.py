from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matinee.data.scale import KNOWN_SCALES, Scale, infer_scale
from matinee.errors import ConfigError

HALVES = Scale(0.5, 5.0, 0.5)
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("scale", "stars"), [(HALVES, 10), (Scale(1, 5, 1), 5), (Scale(0, 100, 1), 101), (Scale(1, 5), None)]
)
def test_star_count(scale, stars) -> None:
    assert scale.star_count == stars


@pytest.mark.parametrize(
    "wrong", [(5, 1), (1, 1), (NAN, 5), (0, INF), (-INF, 5), (1, 5, 0), (1, 5, -1), (1, 5, NAN), (1, 5, INF)]
)
def test_impossible_scales_are_refused(wrong) -> None:
    with pytest.raises(ConfigError, match=r"rating scale: found .*; allowed is low < high, both finite, and a step"):
        Scale(*wrong)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [((1, 5, 3), "1:4:3"), ((1, 5, 0.3), "1:4.9:0.3"), ((0, 5, 0.7), "0:4.9:0.7"), ((1, 5, 10), "1:11:10")],
)
def test_a_top_that_is_no_star_is_refused(wrong, nearest) -> None:
    with pytest.raises(ConfigError, match=rf"allowed is a whole number of steps, for example {nearest}$"):
        Scale(*wrong)
    assert Scale.parse(nearest).star_count > 1


def test_steps_that_are_no_binary_fractions_reach_the_top() -> None:
    for step in (0.1, 0.2, 0.3, 0.7, 1 / 3, 0.05):
        for count in range(1, 60):
            assert Scale(0.1, 0.1 + count * step, step).star_count == count + 1


@pytest.mark.parametrize(
    ("text", "scale"),
    [("0.5:5:0.5", HALVES), ("1:5", Scale(1, 5)), (" 1 : 5 : 1 ", Scale(1, 5, 1)), ("-9:9", Scale(-9, 9))],
)  # fmt: skip
def test_parse(text, scale) -> None:
    assert Scale.parse(text) == scale


@pytest.mark.parametrize("text", ["", "5", "1-5", "a:b", "1:5:1:1", "1:", ":::"])
def test_parse_refuses(text) -> None:
    with pytest.raises(ConfigError, match=f"rating scale: found '{text}'; allowed is low:high or low:high:step"):
        Scale.parse(text)


def test_contains_knows_ends_and_steps() -> None:
    values = np.array([0.5, 0.4, 5.0, 5.5, 3.5, 3.25, NAN, INF, -INF, np.float32(4.5)])
    found = HALVES.contains(values)
    assert found.tolist() == [True, False, True, False, True, False, False, False, False, True]
    assert Scale(0.5, 5.0).contains(values).tolist()[5] is True


@pytest.mark.parametrize("scale", KNOWN_SCALES, ids=str)
def test_every_star_of_a_scale_is_on_it_in_float32_too(scale) -> None:
    stars = np.linspace(scale.low, scale.high, scale.star_count or 7)
    assert scale.contains(stars).all()
    assert scale.contains(stars.astype(np.float32)).all()


@given(st.lists(st.floats(-100, 100), min_size=1))
def test_clip_and_opposite_stay_on_the_scale(values) -> None:
    clipped = HALVES.clip(np.array(values))
    assert np.all((clipped >= 0.5) & (clipped <= 5.0))
    opposite = HALVES.opposite(clipped)
    assert np.all((opposite >= 0.5) & (opposite <= 5.0))
    np.testing.assert_allclose(HALVES.opposite(opposite), clipped, atol=1e-15)


def test_opposite_ends() -> None:
    np.testing.assert_array_equal(HALVES.opposite(np.array([5.0, 0.5, 3.0])), [0.5, 5.0, 2.5])


def test_words() -> None:
    assert str(HALVES) == "0.5 to 5 by 0.5"
    assert str(Scale(1, 5)) == "1 to 5"
    assert HALVES.width == 4.5


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([1, 2, 3, 4, 5], Scale(1, 5, 1)),
        ([4, 5], Scale(1, 5, 1)),
        ([0.5, 3, 5], HALVES),
        ([0, 3, 5], Scale(0, 5, 0.5)),
        ([1, 7, 10], Scale(1, 10, 1)),
        ([0, 10], Scale(0, 10, 1)),
        ([0.5, 9.5], Scale(0.5, 10, 0.5)),
        ([12, 99], Scale(0, 100, 1)),
        ([-7.3, 2.2], Scale(-10, 10)),
        ([250.0, 300.0], Scale(250.0, 300.0)),
        ([777.0], Scale(777.0, 778.0)),
    ],
)
def test_narrowest_known_scale_is_inferred(values, scale) -> None:
    assert infer_scale(np.array(values, float), [1] * len(values)) == scale


@pytest.mark.parametrize("slip", [55.0, -3.0, 1e6])
def test_a_slip_far_away_is_no_scale(slip) -> None:
    assert infer_scale(np.array([1.0, 3.0, 5.0, slip]), [30, 30, 30, 1]) == Scale(1, 5, 1)


def test_many_ratings_far_away_are() -> None:
    assert infer_scale(np.array([1.0, 5.0, 55.0]), [10, 10, 10]) == Scale(0, 100, 1)
