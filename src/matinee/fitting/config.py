"""Configurations of models: checked, described, written as plain values and read back."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from matinee.errors import ConfigError


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter, as ``matinee models`` shows it."""

    name: str
    kind: str
    default: Any
    help: str


def parameter(default: Any, help: str, **checks: Any) -> Any:  # noqa: A002
    """Declare a field of a configuration, with its help and its checks (``low``, ``high``, ``choices``)."""
    return dataclasses.field(default=default, metadata={"help": help, **checks})


@dataclass(frozen=True)
class ModelConfig:
    """A frozen, validated, serialisable set of hyper-parameters. Subclasses add fields by `parameter`."""

    name: ClassVar[str]
    """The model's name, the same in Python, on the command line and in JSON."""
    when: ClassVar[str]
    """One line on when to use it."""
    summary: ClassVar[str]
    """The model in a sentence or two, for people who meet it for the first time."""

    def __post_init__(self) -> None:
        hints = _hints(type(self))
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            value = value.item() if isinstance(value, np.generic) else value
            _check(self.name, field, hints[field.name], value)
            object.__setattr__(self, field.name, float(value) if hints[field.name] is float else value)

    @property
    def description(self) -> str:
        """The summary and what these hyper-parameters change about it, for the report."""
        return self.summary

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Every hyper-parameter with its default and help."""
        hints = _hints(cls)
        return tuple(
            Parameter(field.name, _kind(hints[field.name], field), field.default, field.metadata["help"])
            for field in dataclasses.fields(cls)
        )

    @classmethod
    def from_strings(cls, settings: dict[str, str]) -> Self:
        """The configuration with ``settings`` as written on the command line (``rank=20``).

        Raises `ConfigError` for an unknown parameter or a value that it does not allow.
        """
        hints = _hints(cls)
        values = {}
        for name, text in settings.items():
            if name not in hints:
                allowed = ", ".join(hints) or "none"
                raise ConfigError(f"{cls.name}: found parameter '{name}'; allowed: {allowed}; see: matinee models")
            values[name] = _converted(cls.name, name, hints[name], text)
        return cls(**values)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The configuration from the values of `to_dict`; `ConfigError` for a parameter it does not have."""
        unknown = set(values) - {field.name for field in dataclasses.fields(cls)}
        if unknown:
            raise ConfigError(f"{cls.name}: found parameter '{min(unknown)}', which it does not have")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The hyper-parameters as plain values."""
        return dataclasses.asdict(self)


def _hints(config: type[ModelConfig]) -> dict[str, Any]:
    """The type of each parameter."""
    written = {field.name: field.type for field in dataclasses.fields(config)}
    return typing.get_type_hints(types.SimpleNamespace(__annotations__=written))


def _plain(hint: Any) -> tuple[type, bool]:
    """The type behind ``hint`` and whether ``None`` is allowed too."""
    if isinstance(hint, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        return members[0], True
    return hint, False


def _kind(hint: Any, field: dataclasses.Field[Any]) -> str:
    if choices := field.metadata.get("choices"):
        return " | ".join(choices)
    kind, optional = _plain(hint)
    return f"{kind.__name__} or none" if optional else kind.__name__


def _converted(model: str, name: str, hint: Any, text: str) -> Any:
    kind, optional = _plain(hint)
    if optional and text.lower() == "none":
        return None
    try:
        return kind(text)
    except ValueError:
        raise ConfigError(f"{model}: {name}: found '{text}'; allowed is {_noun(kind)}") from None


def _check(model: str, field: dataclasses.Field[Any], hint: Any, value: Any) -> None:
    kind, optional = _plain(hint)
    if value is None and optional:
        return
    right = isinstance(value, (int, float)) if kind is float else isinstance(value, kind)
    allowed = _allowed(kind, field.metadata)
    if not right or isinstance(value, bool) != (kind is bool) or not _within(value, field.metadata):
        raise ConfigError(f"{model}: {field.name}: found {value!r}; allowed is {allowed}")


def _within(value: Any, checks: Any) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if "choices" in checks:
        return value in checks["choices"]
    return not isinstance(value, (int, float)) or bool(
        checks.get("low", -math.inf) <= value <= checks.get("high", math.inf)
    )


def _allowed(kind: type, checks: Any) -> str:
    if "choices" in checks:
        return "one of " + ", ".join(checks["choices"])
    span = f" from {checks['low']:g}" if "low" in checks else ""
    span += f" to {checks['high']:g}" if "high" in checks else ""
    return _noun(kind) + (span if "high" in checks else f"{span} up" if span else "")


def _noun(kind: type) -> str:
    return {"int": "a whole number", "float": "a number"}.get(kind.__name__, f"a {kind.__name__}")
