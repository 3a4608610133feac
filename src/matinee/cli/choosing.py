"""The model of ``matinee fit``: named, or chosen for the ratings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from matinee.cli.options import chosen_model, parse_settings

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings
    from matinee.fitting.model import Model
    from matinee.fitting.options import RunOptions


class Choosing:
    """The named model, or the one chosen once the ratings are read; ``reason`` then says why.

    Faults that need no ratings to be seen raise `ConfigError` at once, before they are read.
    """

    def __init__(self, name: str | None, settings: tuple[str, ...]) -> None:
        self._named = None if name is None else chosen_model(name, settings)
        self._settings = parse_settings(settings)
        self.reason: str | None = None

    def check(self, options: RunOptions) -> None:
        """Raise `ConfigError` for options that a named model cannot be fitted with."""
        if self._named is not None:
            self._named.check(options)

    def for_ratings(self, ratings: Ratings, options: RunOptions) -> Model:
        """The model, with a note on stderr where it was chosen. `ConfigError` for a parameter it does not have."""
        from matinee.models.auto import Task, choose

        if self._named is not None:
            return self._named
        choice = choose(Task.of(ratings, options))
        config = self._set(choice.config)
        self.reason = choice.reason + (f"; with {', '.join(self._settings)} as --set says" if self._settings else "")
        click.echo(f"no --model given: taking {self.reason} (see the others with: matinee models)", err=True)
        return config

    def _set(self, config: Model) -> Model:
        from matinee.errors import ConfigError

        try:
            changed = type(config).from_strings(self._settings)
        except ConfigError as error:
            raise ConfigError(
                f"{error}; no --model was given and {config.name} was chosen: name the model that it is of with --model"
            ) from error
        return replace(config, **{name: getattr(changed, name) for name in self._settings})
