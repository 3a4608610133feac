"""The walk over declared fields: taken apart and put together again, and each way in which parts do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from matinee.matrix.fields import array, number, part
from matinee.store.layout import fields_of, names_of, put_together, taken_apart
from matinee.store.payloads import DamagedError

SIZES = {"m": 4, "n": 3, "k": 2}


@dataclass(frozen=True)
class Course:
    """Steps of its own, as many as there are."""

    starts: np.ndarray = array("m+1", np.int64)
    edges: np.ndarray = array("p-1", np.int64)
    bias: np.ndarray = array("p")
    width: np.ndarray = array("2")
    square: np.ndarray = array("cc", np.float64)
    noise: float = number()

    def fault(self) -> str | None:
        return None if (np.diff(self.edges) > 0).all() else "edges do not ascend"


@dataclass(frozen=True)
class Whole:
    """Every kind of field."""

    mean: float = number()
    rows: np.ndarray = array("nk")
    counts: np.ndarray = array("m", np.int64)
    extra: np.ndarray | None = array("n", optional=True)
    course: Course | None = part(Course)
    label: str = "not saved"


def course(**changes: Any) -> Course:
    arrays = {
        "starts": np.arange(5),
        "edges": np.array([3, 7]),
        "bias": np.ones(3, np.float32),
        "width": np.array([1.0, 2.0], np.float32),
        "square": np.eye(2),
    }
    return Course(**arrays | {"noise": 0.5} | changes)


def whole(**changes: Any) -> Whole:
    arrays = {"rows": np.arange(6, dtype=np.float32).reshape(3, 2), "counts": np.arange(4)}
    return Whole(**{"mean": 3.5} | arrays | changes)


@pytest.mark.parametrize(
    "model",
    [
        whole(),
        whole(extra=np.ones(3, np.float32)),
        whole(course=course()),
        whole(course=course(edges=np.zeros(0, np.int64), bias=np.ones(1, np.float32), square=np.zeros((0, 0)))),
    ],
    ids=["plain", "optional array", "part", "part of no steps"],
)
def test_what_is_taken_apart_is_put_together_again(model: Whole) -> None:
    values, arrays = taken_apart(model, "it.")
    again = put_together(Whole, values, arrays, "it.", SIZES)
    assert (again.mean, again.label) == (3.5, "not saved")
    assert (again.extra is None) == (model.extra is None)
    assert taken_apart(again, "")[0] == values
    for name, content in taken_apart(again, "it.")[1].items():
        np.testing.assert_array_equal(content, arrays[name])
        assert content.dtype == arrays[name].dtype


def test_names_and_values_are_those_of_the_fields() -> None:
    values, arrays = taken_apart(whole(course=course()), "it.")
    assert values == {"mean": 3.5, "course": {"noise": 0.5}}
    parts = [f"it.course.{name}" for name in ("starts", "edges", "bias", "width", "square")]
    assert list(arrays) == ["it.rows", "it.counts", *parts]
    assert list(names_of(Whole, values, "it.")) == ["it.rows", "it.counts", "it.extra", *parts]
    assert taken_apart(whole(), "")[0] == {"mean": 3.5, "course": None}
    assert list(names_of(Whole, {"course": None}, "")) == ["rows", "counts", "extra"]


def spoilt(values: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """``values`` and ``arrays`` in place of some of a sound model's; an array ``None`` is missing."""
    sound, content = taken_apart(whole(extra=np.ones(3, np.float32), course=course()), "")
    changed = content | arrays
    return sound | values, {name: one for name, one in changed.items() if one is not None}


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"rows": None}, "there is no array rows; its arrays are counts, course.bias, "),
        ({"course.width": None}, r"there is no array course\.width"),
        ({"rows": np.zeros((3, 2))}, r"rows is float64 of shape \(3, 2\) instead of float32 of shape \(3, 2\)"),
        ({"rows": np.zeros((2, 3), np.float32)}, r"shape \(2, 3\) instead of float32 of shape \(3, 2\)"),
        ({"rows": np.zeros(6, np.float32)}, r"shape \(6,\) instead of float32 of shape \(3, 2\)"),
        ({"extra": np.zeros(4, np.float32)}, r"extra is float32 of shape \(4,\) instead of float32 of shape \(3,\)"),
        ({"extra": np.full(3, np.nan, np.float32)}, "extra holds NaN or infinity"),
        ({"course.square": np.full((2, 2), np.inf)}, r"course\.square holds NaN or infinity"),
        ({"course.starts": np.arange(4)}, r"starts is int64 of shape \(4,\) instead of int64 of shape \(5,\)"),
        (
            {"course.bias": np.ones(2, np.float32)},
            r"bias is float32 of shape \(2,\) instead of float32 of shape \(3,\)",
        ),
        (
            {"course.width": np.ones(3, np.float32)},
            r"width is float32 of shape \(3,\) instead of float32 of shape \(2,\)",
        ),
        (
            {"course.square": np.ones((2, 3))},
            r"square is float64 of shape \(2, 3\) instead of float64 of shape \(2, 2\)",
        ),
        ({"course.edges": np.array([7, 3])}, "^course: edges do not ascend"),
    ],
)
def test_arrays_that_are_not_what_is_declared(arrays: dict[str, Any], says: str) -> None:
    values, content = spoilt({}, arrays)
    with pytest.raises(DamagedError, match=says):
        put_together(Whole, values, content, "", SIZES)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"mean": None}, "its mean is None, not a finite number"),
        ({"mean": True}, "its mean is True, not a finite number"),
        ({"mean": float("nan")}, "its mean is nan"),
        ({"course": []}, r"its course is \[\], not a set of values"),
        ({"course": {}}, "its noise is None, not a finite number"),
        ({"course": {"noise": "0.5"}}, "its noise is '0.5'"),
    ],
)
def test_numbers_that_are_none(values: dict[str, Any], says: str) -> None:
    changed, content = spoilt(values, {})
    with pytest.raises(DamagedError, match=says):
        put_together(Whole, changed, content, "", SIZES)


def test_lengths_of_one_part_do_not_bind_those_of_another() -> None:
    """``c`` and ``p`` belong to a dataclass; ``m``, ``n`` and ``k`` to the model, and are not taken from arrays."""
    values, arrays = taken_apart(whole(course=course()), "")
    sizes = dict(SIZES)
    fields = fields_of(Whole, values, arrays, "", sizes)
    assert sizes == SIZES
    assert len(fields["course"].bias) == 3
    with pytest.raises(DamagedError, match=r"counts is int64 of shape \(4,\) instead of int64 of shape \(5,\)"):
        fields_of(Whole, values, arrays, "", {"m": 5, "n": 3, "k": 2})


def test_the_fault_of_the_whole_is_named_by_its_prefix() -> None:
    values, arrays = taken_apart(course(edges=np.array([7, 3])), "scorer.course.")
    with pytest.raises(DamagedError, match=r"^scorer\.course: edges do not ascend$"):
        put_together(Course, values, arrays, "scorer.course.", SIZES)
