"""A run that goes on where an earlier one was stopped or killed."""

from __future__ import annotations

import hashlib
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from matinee.errors import ConfigError
from matinee.fitting.options import Saved
from matinee.models.bayesian.run.state import restore, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from matinee.fitting.options import Checkpoint, RunOptions
    from matinee.matrix.sparse import RatingMatrix
    from matinee.models.bayesian.run.state import Resumable

_EVERY: Final = 60.0
"""Seconds between two saves, at least."""

_SHARE: Final = 20.0
"""So many times as long as saving took last time passes at least before the next: large runs are not held up."""


class Keeper:
    """Saves ``run`` in ``checkpoint`` now and then, and puts back a saved state; nothing without a checkpoint.

    ``about``: all that the draws of the run depend on, as `about` makes it.
    """

    def __init__(self, checkpoint: Checkpoint | None, run: Resumable, about: dict[str, Any]) -> None:
        self._checkpoint = checkpoint
        self._run = run
        self._about = about
        self._saved, self._due = 0, time.monotonic() + _EVERY

    def resume(self, most: int) -> int:
        """Put back what was saved. Returns the draws of each chain that are then made, 0 where nothing was saved.

        Raises `ConfigError` where it is of other ratings, another seed or other settings, or has more draws than
        ``most``; what the checkpoint raises where it is damaged.
        """
        saved = None if self._checkpoint is None else self._checkpoint.load()
        if self._checkpoint is None or saved is None:
            return 0
        self._check(saved.values, self._checkpoint.place, most)
        restore(self._run, saved.values["state"], saved.arrays)
        self._saved = self._run.drawn
        return self._saved

    def now_and_then(self) -> None:
        """Save if it is time to."""
        if self._checkpoint is not None and time.monotonic() >= self._due:
            self.finish()

    def finish(self) -> None:
        """Save the draws that have not been saved yet."""
        if self._checkpoint is None or self._run.drawn == self._saved:
            return
        started = time.monotonic()
        arrays: dict[str, NDArray[Any]] = {}
        values = {"about": self._about, "drawn": self._run.drawn, "state": state_of(self._run, arrays)}
        self._checkpoint.save(Saved(values, arrays))
        self._saved = self._run.drawn
        self._due = time.monotonic() + max(_EVERY, _SHARE * (time.monotonic() - started))

    def _check(self, values: Mapping[str, Any], place: str, most: int) -> None:
        there, here = values["about"], self._about
        differ = [name for name in {**there, **here} if there.get(name) != here.get(name)]
        if differ:
            raise ConfigError(
                f"{place}: this checkpoint is of another fit; {_listed(differ, there, here)}; go on with the same "
                "ratings, seed and settings, or take another directory to begin anew"
            )
        if values["drawn"] > most:
            raise ConfigError(
                f"{place}: this checkpoint has more draws than asked for; found {values['drawn']:,} with burn-in, "
                f"allowed are at most {most:,}; ask for more draws, or take another directory to begin anew"
            )


def about(
    name: str, parameters: Mapping[str, Any], matrix: RatingMatrix, options: RunOptions, *more: NDArray[Any] | None
) -> dict[str, Any]:
    """All that the draws of a run depend on, as plain values; ``more``: inputs beside ratings."""
    users, items = matrix.shape
    return {
        "model": name,
        "matinee": version("matinee"),
        **{name: value for name, value in parameters.items() if name != "draws"},
        "seed": options.seed,
        "ratings": len(matrix),
        "users": users,
        "films": items,
        "content of the ratings": _digest(*matrix.by_user, *more),
    }


def _digest(*arrays: NDArray[Any] | None) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        if array is not None:
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def _listed(names: list[str], there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: found {there.get(name)}, here {here.get(name)}" for name in names)
