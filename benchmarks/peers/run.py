"""One fit of one peer, and one line of JSON: ``run.py NAME PROBLEM.npz OPTIONS``, OPTIONS a JSON file or JSON itself.

NAME is cmfrec, implicit, surprise, libmf or myfm. PROBLEM holds ``user`` and ``item`` (int32), ``value`` (float32),
``shape`` and, for an RMSE, ``test_user``, ``test_item``, ``test_value``; `peers.write_problem` writes it. Common
options are ``rank``, ``sweeps`` and ``threads``; the rest is the peer's own, by its own names.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from problem import Problem

MODULES = {
    "cmfrec": "cmfrec_als",
    "implicit": "implicit_als",
    "libmf": "libmf_sgd",
    "myfm": "myfm_gibbs",
    "surprise": "surprise_sgd",
}


def options_from(text: str) -> dict[str, Any]:
    """Options from a file, or from the text itself."""
    given: dict[str, Any] = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text())
    return given


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=MODULES)
    parser.add_argument("problem", type=Path)
    parser.add_argument("options", type=options_from, nargs="?", default={})
    asked = parser.parse_args()
    with np.load(asked.problem) as arrays:
        problem = Problem.of(arrays)
    answer = importlib.import_module(MODULES[asked.name]).fit(problem, **asked.options)
    blas = {name: value for name, value in os.environ.items() if name.startswith(("OPENBLAS_", "OMP_"))}
    print(json.dumps({"peer": asked.name, "options": asked.options, **answer, "environment": blas}))


if __name__ == "__main__":
    main()
