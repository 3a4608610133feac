"""Whether what a page shows as output is what really came out."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")

SMALL = 1e-3
"""Residuals and the like: their size is rounding, and differs from machine to machine."""

NEAR = 0.01
"""How far other numbers may move, relative to their size, from one processor to another."""


def missing(shown: str, printed: str) -> list[str]:
    """The lines of ``shown`` that were not printed, by words and numbers; a line of ``…`` alone leaves some out."""
    lines = [_plain(line) for line in printed.splitlines()]
    wanted = [line for line in shown.splitlines() if line.strip() and line.strip() != "…"]
    return [line for line in wanted if not any(_same(_plain(line), other) for other in lines)]


def _plain(line: str) -> str:
    return re.sub(r"[\s─│┌┐└┘├┤┬┴┼═╞╪╡┆]+", " ", line).strip()


def _same(shown: str, printed: str) -> bool:
    if _NUMBER.sub("#", shown) != _NUMBER.sub("#", printed):
        return False
    pairs = zip(_NUMBER.findall(shown), _NUMBER.findall(printed), strict=True)
    return all(_near(_value(one), _value(other)) for one, other in pairs)


def _value(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= max(SMALL, NEAR * max(abs(one), abs(other)))
