"""Declares, on the field of a dataclass, the array or number that is saved with a model."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_KEY = "stored"


@dataclass(frozen=True)
class ArrayField:
    """Dtype and axes of an array.

    An axis is a letter, perhaps with a number added: ``m`` users, ``n`` items, ``k`` factors; any other letter is a
    length that the arrays of one dataclass share, and ``m+1`` is one more than there are users.
    """

    axes: tuple[str, ...]
    dtype: np.dtype[Any]
    optional: bool


@dataclass(frozen=True)
class PartField:
    """A dataclass of declared fields, which a model may have or not."""

    kind: type


@dataclass(frozen=True)
class NumberField:
    """A finite number."""


Declaration = ArrayField | PartField | NumberField


def array(axes: str, dtype: Any = np.float32, *, optional: bool = False) -> Any:
    """Declare an array: ``axes`` is a letter an axis (``"nk"``), or axes apart by spaces (``"m+1"``, ``"t c"``)."""
    names = tuple(axes.split()) if any(mark in axes for mark in " +-") else tuple(axes)
    stored = ArrayField(names, np.dtype(dtype), optional)
    if optional:
        return dataclasses.field(default=None, metadata={_KEY: stored})
    return dataclasses.field(metadata={_KEY: stored})


def part(kind: type, *, required: bool = False) -> Any:
    """Declare a part of class ``kind``, ``None`` where the model has none."""
    if required:
        return dataclasses.field(metadata={_KEY: PartField(kind)})
    return dataclasses.field(default=None, metadata={_KEY: PartField(kind)})


def number(**default: Any) -> Any:
    """Declare a number; ``default=…`` where it may be left out."""
    return dataclasses.field(metadata={_KEY: NumberField()}, **default)


def declared(kind: Any) -> dict[str, Declaration]:
    """The declared fields of ``kind`` by name, in order."""
    return {field.name: field.metadata[_KEY] for field in dataclasses.fields(kind) if _KEY in field.metadata}


def arrays_of(owner: Any) -> Iterator[tuple[str, ArrayField, NDArray[Any]]]:
    """Name, declaration and content of each array that ``owner`` has, those of its parts apart."""
    for name, stored in declared(type(owner)).items():
        content = getattr(owner, name)
        if isinstance(stored, ArrayField) and content is not None:
            yield name, stored, content


def freeze(owner: Any) -> None:
    """Make the arrays of ``owner`` read-only."""
    for _, _, content in arrays_of(owner):
        content.flags.writeable = False
