"""What is declared on fields: axes, dtypes, parts and numbers, read back by name and in order."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from matinee.matrix.fields import ArrayField, NumberField, PartField, array, arrays_of, declared, freeze, number, part


@dataclass(frozen=True)
class Inner:
    level: np.ndarray = array("t c", np.float64)


@dataclass(frozen=True)
class Outer:
    rows: np.ndarray = array("nk")
    starts: np.ndarray = array("m+1", np.int64)
    ends: np.ndarray = array("p-1", np.int64)
    two: np.ndarray = array("2")
    extra: np.ndarray | None = array("n", optional=True)
    inner: Inner | None = part(Inner)
    mean: float = number(default=3.0)
    label: str = "not declared"


@dataclass(frozen=True)
class Needing:
    inner: Inner = part(Inner, required=True)
    mean: float = number()


def outer(**changes) -> Outer:
    empty = {"rows": np.zeros((2, 1), np.float32), "starts": np.zeros(1, np.int64), "ends": np.zeros(0, np.int64)}
    return Outer(**empty | {"two": np.zeros(2, np.float32)} | changes)


@pytest.mark.parametrize(
    ("name", "axes", "dtype", "optional"),
    [
        ("rows", ("n", "k"), np.float32, False),
        ("starts", ("m+1",), np.int64, False),
        ("ends", ("p-1",), np.int64, False),
        ("two", ("2",), np.float32, False),
        ("extra", ("n",), np.float32, True),
    ],
)
def test_axes_dtype_and_whether_an_array_may_be_left_out(name, axes, dtype, optional) -> None:
    assert declared(Outer)[name] == ArrayField(axes, np.dtype(dtype), optional)


def test_parts_numbers_and_what_is_not_declared() -> None:
    assert list(declared(Outer)) == ["rows", "starts", "ends", "two", "extra", "inner", "mean"]
    assert declared(Outer)["inner"] == PartField(Inner)
    assert declared(Outer)["mean"] == NumberField()
    assert declared(Inner)["level"].axes == ("t", "c")


def test_what_may_be_left_out_is_none_or_its_default() -> None:
    plain = outer()
    assert (plain.extra, plain.inner, plain.mean) == (None, None, 3.0)
    with pytest.raises(TypeError, match="inner"):
        Needing(mean=1.0)
    with pytest.raises(TypeError, match="mean"):
        Needing(inner=Inner(np.zeros((1, 1))))


def test_arrays_are_those_that_are_there_without_those_of_parts() -> None:
    inner = Inner(np.zeros((2, 3)))
    assert [name for name, _, _ in arrays_of(outer(inner=inner))] == ["rows", "starts", "ends", "two"]
    given = outer(extra=np.ones(2, np.float32))
    assert {name: content for name, _, content in arrays_of(given)}["extra"] is given.extra


def test_frozen_arrays_cannot_be_written_to() -> None:
    given = outer(extra=np.ones(2, np.float32))
    freeze(given)
    for _, _, content in arrays_of(given):
        assert not content.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        given.rows[0] = 1.0
    with pytest.raises(FrozenInstanceError):
        given.mean = 2.0
