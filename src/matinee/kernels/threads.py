"""Number of threads of the kernels."""

from __future__ import annotations

import os

from matinee.errors import ConfigError


def available_threads() -> int:
    """Processors this process may run on, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def workers(threads: int | None) -> int:
    """Threads to use: what was asked for, but no more than four a processor; ``None``: one a processor.

    Raises `ConfigError` for less than one.
    """
    if threads is None:
        return available_threads()
    if threads < 1:
        raise ConfigError(f"threads: found {threads}; allowed is 1 or more; leave it out to use all")
    return min(threads, 4 * available_threads())
