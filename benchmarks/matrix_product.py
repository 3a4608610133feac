"""The machine's float32 matrix product, what a half-sweep is measured against: 4096³ on two threads, NumPy's BLAS.

Each environment in a child process, by turns: as it is, and without the variables that choose OpenBLAS's kernels.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
from measure import finish, median, timed
from peers import TUNING
from threadpoolctl import threadpool_info, threadpool_limits


def once(size: int, threads: int, repeats: int) -> dict[str, Any]:
    """Seconds of each product after one that warms up, and the BLAS they came from."""
    left, right = np.random.default_rng(20).standard_normal((2, size, size), dtype=np.float32)
    product = np.empty_like(left)
    with threadpool_limits(threads, user_api="blas"):
        seconds = [timed(lambda: np.matmul(left, right, out=product), 0)[0] for _ in range(repeats + 1)][1:]
        blas = next(pool for pool in threadpool_info() if pool["user_api"] == "blas")
    kernels = f"{blas['internal_api']} {blas['version']} {blas['architecture']}"
    return {"seconds": seconds, "kernels": kernels, "threads": blas["num_threads"]}


def in_environment(without: tuple[str, ...], size: int, threads: int, repeats: int) -> dict[str, Any]:
    """`once` in a child process whose environment lacks some variables."""
    environment = {name: value for name, value in os.environ.items() if name not in without}
    arguments = ["--once", "--size", size, "--threads", threads, "--repeats", repeats]
    command = [sys.executable, __file__, *map(str, arguments)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    result: dict[str, Any] = json.loads(printed)
    return result


def summary(rounds: list[dict[str, Any]], size: int) -> dict[str, Any]:
    """Medians over every product of every round."""
    seconds = [taken for one in rounds for taken in one["seconds"]]
    operations = 2 * size**3 / 1e9
    return {
        "kernels": rounds[0]["kernels"],
        "threads": rounds[0]["threads"],
        "seconds": median(seconds),
        "gflops": operations / median(seconds),
        "best_gflops": operations / min(seconds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="one measurement, for the script itself")
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5, help="products a process")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(once(options.size, options.threads, options.repeats)))
        return
    environments = {"as it is": (), "without the choice of kernels": TUNING}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in environments}
    for _ in range(options.rounds):
        for name, without in environments.items():
            found[name].append(in_environment(without, options.size, options.threads, options.repeats))
    chosen = {name: os.environ.get(name, "not set") for name in TUNING}
    products = {name: summary(rounds, options.size) for name, rounds in found.items()}
    finish("matrix_product", {"size": options.size, "rounds": options.rounds, **chosen, "environment": products})


if __name__ == "__main__":
    main()
