"""Every error Matinee raises on purpose, as one tree.

::

    MatineeError
    ├── InputError            what the user gave cannot be used (exit status 2 on the command line)
    │   ├── DataError         a ratings file or table; carries every problem found
    │   ├── ConfigError       a hyper-parameter or option out of range
    │   ├── UnknownIdError    a user or item that does not occur in the training ratings
    │   ├── StoreError        a saved model that is missing, damaged or of another version
    │   └── DownloadError     a data set that could not be fetched whole
    └── NumericalError        a computation that did not reach what it promises (exit status 1)

Each message says what is wrong, where, what was found, what is allowed and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matinee.data.problems import Problem


class MatineeError(Exception):
    """Root of the tree: catch this to catch everything Matinee raises on purpose."""


class InputError(MatineeError, ValueError):
    """What the user gave cannot be used; the message names the remedy."""


class DataError(InputError):
    """A ratings file or table with problems.

    ``problems`` holds each one found, with its line numbers and remedy.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)


class ConfigError(InputError):
    """A hyper-parameter or run option that is unknown or out of range."""


class UnknownIdError(InputError):
    """A user or item that does not occur in the training ratings."""


class StoreError(InputError):
    """A saved model that is missing, damaged, or written by an unknown version."""


class DownloadError(InputError):
    """A data set that could not be fetched, verified or extracted."""


class NumericalError(MatineeError):
    """A computation that did not reach the accuracy it promises."""
