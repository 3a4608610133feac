"""Options of a run, the same for every model: seed, threads, progress, time limit, checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from matinee.data.seeds import check_seed
from matinee.errors import ConfigError
from matinee.kernels.threads import workers

if TYPE_CHECKING:
    from numpy.typing import NDArray

Progress = Callable[[str, float], None]
"""Called with the task at hand, in words, and the share of it that is done, 0 to 1."""


def silent(task: str, share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Saved:
    """The state of a fit: ``values`` that JSON can hold, and ``arrays`` by name."""

    values: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


class Checkpoint(Protocol):
    """A place for the state of a fit, to go on from later: `matinee.store.checkpoint.DirectoryCheckpoint`."""

    @property
    def place(self) -> str:
        """The name of the place in messages."""

    def load(self) -> Saved | None:
        """The state that was saved last, ``None`` without one. Raises `StoreError` where it is damaged."""

    def save(self, saved: Saved) -> None:
        """Save whole or not at all, in place of what was saved before. Raises `StoreError` where it cannot."""


@dataclass(frozen=True)
class RunOptions:
    """Options of a run.

    Attributes
    ----------
    seed : from 0 to 2⁶⁴ - 1, fixes every random choice; the result does not depend on ``threads``.
    threads : at least 1; ``None`` takes every processor this process may use.
    progress : called with the task at hand, perhaps from another thread.
    intervals : measure the widths of predictive intervals, by further fits to parts of the ratings: one, or three
        short ones for ``bayesian`` (`Model.calibrations`).
    time_limit : seconds a fit may iterate before it stops with the best so far; ``None``: no limit. Measuring
        intervals may take as long again.
    checkpoint : place where a fit is saved about once a minute and at its end, and goes on from when it is started
        again; measuring intervals has none. Only for a model that ``resumes``.

    """

    seed: int = 0
    threads: int | None = None
    progress: Progress = silent
    intervals: bool = True
    time_limit: float | None = None
    checkpoint: Checkpoint | None = None

    def __post_init__(self) -> None:
        check_seed(self.seed)
        workers(self.threads)
        if self.time_limit is not None and not self.time_limit > 0:
            raise ConfigError(f"time limit: found {self.time_limit:g}; allowed is a number of seconds over 0")

    @property
    def workers(self) -> int:
        """Threads to use: `threads`, but no more than four a processor."""
        return workers(self.threads)
