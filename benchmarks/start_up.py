"""How long `matinee --help` and `import matinee` take, each in a fresh process."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from measure import finish, median, timed

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import matinee": [sys.executable, "-c", "import matinee"],
    "from matinee import *": [sys.executable, "-c", "from matinee import *"],
    "matinee --help": [str(Path(sys.executable).with_name("matinee")), "--help"],
}


def seconds(command: list[str]) -> float:
    """One run, with the start of Python itself."""
    return timed(lambda: subprocess.run(command, check=True, capture_output=True), 0)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(runs + 1):
        for name, arguments in COMMANDS.items():
            taken = seconds(arguments)
            if turn:
                found[name].append(taken)
    finish("start_up", {"runs": runs, "seconds": {name: median(taken) for name, taken in found.items()}})


if __name__ == "__main__":
    main()
