"""The state of a run, taken out as plain values and arrays, and put back.

A part of a run names in ``STATE`` the attributes that change while it runs; everything else is made again from the
ratings and the settings. A part may be made of parts. Where something follows from them, ``restored()`` makes it anew.
To add a part: name its attributes in its ``STATE``, and the part in that of its owner.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from matinee.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Part(Protocol):
    """Something with a state."""

    STATE: ClassVar[tuple[str, ...]]
    """The attributes that change: numbers, arrays, generators, parts, ``None``, or lists and dictionaries of them."""


class Resumable(Part, Protocol):
    """A part that counts its draws."""

    @property
    def drawn(self) -> int:
        """Draws so far."""


def state_of(part: Part, arrays: dict[str, NDArray[Any]], name: str = "run") -> dict[str, Any]:
    """The state of ``part`` as values that JSON can hold; its arrays are put into ``arrays``, under their names."""
    return {key: _taken(getattr(part, key), arrays, f"{name}.{key}") for key in part.STATE}


def restore(part: Part, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put back what `state_of` took, into a ``part`` made as that one was.

    Raises `ConfigError` where it does not fit.
    """
    if set(state) != set(part.STATE):
        raise _misfit(type(part).__name__, sorted(state), sorted(part.STATE))
    for key in part.STATE:
        setattr(part, key, _put(getattr(part, key), state[key], arrays, f"{type(part).__name__}.{key}"))
    if hasattr(part, "restored"):
        part.restored()


def _taken(value: Any, arrays: dict[str, NDArray[Any]], name: str) -> Any:
    if hasattr(value, "STATE"):
        return {"part": state_of(value, arrays, name)}
    if isinstance(value, np.random.Generator):
        return {"generator": value.bit_generator.state}
    if isinstance(value, np.ndarray | np.generic):
        return _array(value, arrays, name)
    if isinstance(value, dict):
        return {"entries": {key: _taken(entry, arrays, f"{name}.{key}") for key, entry in value.items()}}
    if isinstance(value, list) and value and all(type(entry) is float for entry in value):
        arrays[name] = np.array(value)
        return {"floats": name}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_taken(entry, arrays, f"{name}.{at}") for at, entry in enumerate(value)]}
    return value


def _array(value: Any, arrays: dict[str, NDArray[Any]], name: str) -> dict[str, Any]:
    """By name, with what a file of arrays does not keep: sums over another order of memory end in other bits."""
    turned = value.ndim > 1 and value.flags.f_contiguous and not value.flags.c_contiguous
    arrays[name] = np.asarray(value.T if turned else value)
    return {"array": name, "turned": turned, "number": isinstance(value, np.generic)}


def _put(present: Any, saved: Any, arrays: Mapping[str, NDArray[Any]], what: str) -> Any:
    """The value that takes the place of ``present``."""
    if not isinstance(saved, dict):
        return saved
    if "part" in saved:
        restore(present, saved["part"], arrays)
    elif "generator" in saved:
        present.bit_generator.state = saved["generator"]
    elif "floats" in saved:
        return arrays[saved["floats"]].tolist()
    elif "entries" in saved:
        return _put_entries(present, saved["entries"], arrays, what)
    elif "array" in saved:
        return _put_array(present, saved, arrays, what)
    else:
        return _put_list(present, saved, arrays, what)
    return present


def _put_entries(present: Any, saved: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], what: str) -> Any:
    for key, entry in saved.items():
        known = present[key] if key in present or isinstance(present, defaultdict) else None
        present[key] = _put(known, entry, arrays, what)
    return present


def _put_list(present: Any, saved: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], what: str) -> Any:
    ((kind, entries),) = saved.items()
    known = [*present, *[None] * (len(entries) - len(present))]
    values = [_put(value, entry, arrays, what) for value, entry in zip(known, entries, strict=False)]
    return tuple(values) if kind == "tuple" else values


def _put_array(present: Any, saved: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], what: str) -> Any:
    array = arrays[saved["array"]]
    array = array.T if saved["turned"] else array
    if saved["number"]:
        return array[()]
    if not isinstance(present, np.ndarray):
        return array.copy("K")
    if (present.shape, present.dtype) != (array.shape, array.dtype):
        raise _misfit(what, f"{array.dtype} {array.shape}", f"{present.dtype} {present.shape}")
    if _laid_out_alike(present, array):  # where it lies matters too: rows start on cache lines
        present[...] = array
        return present
    return array.copy("K")


def _laid_out_alike(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.flags.writeable and one.flags.c_contiguous == other.flags.c_contiguous


def _misfit(what: str, found: object, allowed: object) -> ConfigError:
    return ConfigError(
        f"checkpoint: the state of {what} does not fit; found {found}; allowed is {allowed}; take another directory "
        "to begin anew"
    )
