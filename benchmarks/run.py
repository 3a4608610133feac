"""Every benchmark, each in its own process, and the page of their results: `make bench`.

Only some: `python benchmarks/run.py start_up read_speed`. Each file also runs alone and says what it takes with --help.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from measure import RESULTS
from page import TITLES, write_page


def run(name: str) -> bool:
    """One benchmark; its JSON is printed as it comes."""
    print(f"== {TITLES[name]}", flush=True)
    return subprocess.run([sys.executable, Path(__file__).with_name(f"{name}.py")], check=False).returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TITLES))
    names = parser.parse_args().names or list(TITLES)
    if unknown := set(names) - set(TITLES):
        parser.error(f"no benchmark is named {', '.join(sorted(unknown))}; there are {', '.join(TITLES)}")
    failed = [name for name in names if not run(name)]
    print(f"page: {write_page(RESULTS)}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
