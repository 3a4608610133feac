"""The walk over declared fields: a model's parts into arrays and plain values, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from matinee.matrix.fields import ArrayField, PartField, declared
from matinee.store.payloads import Arrays, DamagedError
from matinee.store.plain import mapping, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Kind = TypeVar("Kind")
Sizes = dict[str, int]
"""The length of each axis that is known: ``m`` users, ``n`` items, ``k`` factors."""


def taken_apart(owner: Any, prefix: str) -> tuple[dict[str, Any], Arrays]:
    """The numbers of ``owner`` and of its parts, ``None`` for a part that is not there; and all arrays by name."""
    values: dict[str, Any] = {}
    arrays: Arrays = {}
    for name, stored in declared(type(owner)).items():
        content = getattr(owner, name)
        if isinstance(stored, ArrayField):
            arrays |= {} if content is None else {prefix + name: content}
        elif isinstance(stored, PartField) and content is not None:
            values[name], inner = taken_apart(content, f"{prefix}{name}.")
            arrays |= inner
        else:
            values[name] = None if content is None else float(content)
    return values, arrays


def put_together(kind: type[Kind], values: dict[str, Any], arrays: Arrays, prefix: str, sizes: Sizes) -> Kind:
    """The ``kind`` that `taken_apart` took apart; `DamagedError` where it is not what is declared, or has a fault."""
    made = kind(**fields_of(kind, values, arrays, prefix, sizes))
    fault = made.fault() if hasattr(made, "fault") else None
    if fault is not None:
        raise DamagedError(f"{prefix.rstrip('.')}: {fault}")
    return made


def fields_of(kind: type, values: dict[str, Any], arrays: Arrays, prefix: str, sizes: Sizes) -> dict[str, Any]:
    """The declared fields of ``kind``; `DamagedError` where arrays or numbers are not what is declared."""
    fields: dict[str, Any] = {}
    known = dict(sizes)
    for name, stored in declared(kind).items():
        if isinstance(stored, ArrayField):
            fields[name] = _checked(prefix + name, stored, arrays, known)
        elif isinstance(stored, PartField):
            there = values.get(name) is not None
            inner = mapping(values, name) if there else {}
            fields[name] = put_together(stored.kind, inner, arrays, f"{prefix}{name}.", sizes) if there else None
        else:
            fields[name] = number(values, name)
    return fields


def names_of(kind: type, values: dict[str, Any], prefix: str) -> Iterator[str]:
    """The names of all arrays that may be there, optional ones among them."""
    for name, stored in declared(kind).items():
        if isinstance(stored, ArrayField):
            yield prefix + name
        elif isinstance(stored, PartField) and values.get(name) is not None:
            yield from names_of(stored.kind, mapping(values, name), f"{prefix}{name}.")


def _checked(name: str, stored: ArrayField, arrays: Arrays, sizes: Sizes) -> NDArray[Any] | None:
    """The array of that name; axes that are met for the first time are added to ``sizes``."""
    if name not in arrays:
        if stored.optional:
            return None
        raise DamagedError(f"there is no array {name}; its arrays are {', '.join(sorted(arrays))}")
    content = arrays[name]
    if content.ndim == len(stored.axes):
        for axis, length in zip(stored.axes, content.shape, strict=True):
            _bind(axis, length, sizes)
    shape = tuple(_length(axis, sizes) for axis in stored.axes)
    if content.dtype != stored.dtype or content.shape != shape:
        raise DamagedError(
            f"{name} is {content.dtype} of shape {content.shape} instead of {stored.dtype} of shape {shape}"
        )
    if not np.isfinite(content).all():
        raise DamagedError(f"{name} holds NaN or infinity")
    return content


def _bind(axis: str, length: int, sizes: Sizes) -> None:
    letter, more = _parsed(axis)
    if letter:
        sizes.setdefault(letter, max(length - more, 0))


def _length(axis: str, sizes: Sizes) -> int:
    letter, more = _parsed(axis)
    return max(sizes.get(letter, 0) + more, 0)


def _parsed(axis: str) -> tuple[str, int]:
    """``m+1`` as ``m`` and 1, ``p-1`` as ``p`` and -1, ``2`` as no letter and 2."""
    if axis.isdigit():
        return "", int(axis)
    return axis[0], int(axis[1:] or 0)
