"""What is asked of a part, and what the parts share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matinee.predicting.fitted import FittedModel
    from matinee.store.payloads import Arrays

Types = dict[str, tuple[Any, str]]
"""Of each array its type and a letter an axis."""


class Part(Protocol):
    """What a module of a part gives; where the model lacks the part, nothing."""

    def values(self, model: FittedModel) -> dict[str, Any]:
        """What the manifest says of it."""

    def arrays(self, model: FittedModel) -> Arrays:
        """Its arrays."""

    def types(self, values: dict[str, Any]) -> Types:
        """Which arrays there must be; `DamagedError` where the manifest says nonsense of it, here and below."""

    def sizes(self, values: dict[str, Any]) -> dict[str, int]:
        """The lengths of the axes that are its own."""

    def of(self, values: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
        """The fields that it fills, once types and shapes have been checked."""


def prefixed(prefix: str, names: Iterable[str], owner: object) -> Arrays:
    """The arrays ``names`` of ``owner``, if there is one, as they are saved."""
    return {} if owner is None else {prefix + name: getattr(owner, name) for name in names}


def types_where(there: bool, prefix: str, types: Types) -> Types:
    """``types`` by the names under which they are saved; nothing where the part is not ``there``."""
    return {prefix + name: kind for name, kind in types.items()} if there else {}
