"""Other people's factorisations, each asked in a process of its own: `ask` is all that a benchmark needs.

Which interpreter has them, ``MATINEE_PEERS_PYTHON`` says; the current one where it says nothing. cmfrec, implicit,
myFM and scikit-surprise install together with the pinned NumPy 2 on Python 3.11: ``pip install -c constraints.txt
'.[peers]'`` (there is no wheel of cmfrec: pip compiles it, for the processor at hand). LIBMF is C++: `libmf_sgd`
compiles it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from matinee.data.ratings import Ratings

TUNING: Final = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Left out of a peer's environment: they make OpenBLAS take kernels of another processor, which slows it down."""


def write_problem(file: Path, training: Ratings, hidden: Ratings | None = None) -> Path:
    """The triplets of a fit, and of what it is to predict, as `run.py` reads them."""
    sides = {"": training, **({"test_": hidden} if hidden is not None else {})}
    columns = {
        f"{prefix}{name}": getattr(ratings, name)
        for prefix, ratings in sides.items()
        for name in ("user", "item", "value")
    }
    np.savez(file, shape=np.array([len(training.users), len(training.items)]), **columns)
    return file


def ask(name: str, problem: Path, **options: Any) -> dict[str, Any]:
    """What the peer ``name`` needs for ``problem``: seconds of the fit alone, RMSE, objective where it has one."""
    script = Path(__file__).with_name("run.py")
    python = os.environ.get("MATINEE_PEERS_PYTHON") or sys.executable
    command = [python, str(script), name, str(problem), json.dumps(options)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=_environment()).stdout
    answer: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return answer


def _environment() -> dict[str, str]:
    """Ours without `TUNING`, and one thread for the BLAS: peers divide the rows among theirs, as implicit asks."""
    kept = {name: value for name, value in os.environ.items() if name not in TUNING}
    return {**kept, "OPENBLAS_NUM_THREADS": "1"}
