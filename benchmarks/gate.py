"""The speed gate for development: is a change slower than what was there before?

    python benchmarks/gate.py OLD/.venv/bin/python NEW/.venv/bin/python

Short kernels and fits (`gate_cases.py`) run by turns under the two interpreters, each with its own Matinee, whose first
run is not counted. What counts is the median of the differences within a round. It exits with 1 only where the new one
is slower both relatively and absolutely: by more than 10 % and by more than 2 ms.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gate_cases import CASES
from measure import median

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOWER: Final = 0.10
SECONDS: Final = 0.002


class Interpreter:
    """A process of `gate_cases.py` under one interpreter."""

    def __init__(self, python: str) -> None:
        command = [python, str(Path(__file__).with_name("gate_cases.py"))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, case: str) -> float | None:
        """Of one run; ``None`` where its Matinee has nothing of the kind."""
        print(case, file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()  # type: ignore[union-attr]
        if not answer:
            sys.exit(f"gate: {self._process.args[0]} ended at '{case}'; is Matinee built there?")  # type: ignore[index]
        found: float | None = json.loads(answer)
        return found

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()


@dataclass(frozen=True)
class Verdict:
    """Medians of a case under both, and of the differences within a round; seconds."""

    case: str
    old: float
    new: float
    difference: float

    @classmethod
    def of(cls, case: str, old: list[float], new: list[float]) -> Verdict:
        """From the seconds of every round."""
        return cls(case, median(old), median(new), median([own - past for past, own in zip(old, new, strict=True)]))

    @property
    def slower(self) -> bool:
        """Both relatively and absolutely."""
        return self.difference > SECONDS and self.difference > SLOWER * self.old


def judged(old: Interpreter, new: Interpreter, cases: list[str], rounds: int) -> Iterator[Verdict | str]:
    """Every case; its name alone where either lacks it. What looks slower is timed over again, and must still."""
    for case in cases:
        if None in (old.seconds(case), new.seconds(case)):
            yield case
            continue
        verdict = timed_by_turns(old, new, case, rounds)
        yield timed_by_turns(old, new, case, rounds) if verdict.slower else verdict


def timed_by_turns(old: Interpreter, new: Interpreter, case: str, rounds: int) -> Verdict:
    """One case; who goes first alternates."""
    found: dict[Interpreter, list[float]] = {old: [], new: []}
    for turn in range(rounds):
        for own in (old, new) if turn % 2 else (new, old):
            found[own].append(own.seconds(case) or 0.0)
    return Verdict.of(case, found[old], found[new])


def line(verdict: Verdict | str) -> str:
    """One line of the printed table."""
    if isinstance(verdict, str):
        return f"{verdict:28} not in both"
    old, new = 1e3 * verdict.old, 1e3 * verdict.new
    return f"{verdict.case:28} {old:9.2f} {new:9.2f} {new / old:8.2f}{'  SLOWER' * verdict.slower}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="OLD_PYTHON")
    parser.add_argument("new", metavar="NEW_PYTHON")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=CASES, metavar="CASE")
    options = parser.parse_args()
    old, new = Interpreter(options.old), Interpreter(options.new)
    print(
        f"{'medians of ' + str(options.rounds) + ' rounds':28} {'old ms':>9} {'new ms':>9} {'new/old':>8}", flush=True
    )
    verdicts = []
    for verdict in judged(old, new, options.cases, options.rounds):
        print(line(verdict), flush=True)
        verdicts += [verdict] if isinstance(verdict, Verdict) else []
    old.close()
    new.close()
    if slower := [verdict.case for verdict in verdicts if verdict.slower]:
        sys.exit(f"gate: slower by over {SLOWER:.0%} and {1e3 * SECONDS:g} ms: {', '.join(slower)}")


if __name__ == "__main__":
    main()
