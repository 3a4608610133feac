"""The public API is one list: exactly this one."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import version

import pytest

import matinee
from tests.support.sources import PACKAGE, tree

PUBLIC = [
    "ALS",
    "SGD",
    "Bayesian",
    "Bias",
    "Catalogue",
    "Certificate",
    "ConfigError",
    "DataError",
    "Decomposition",
    "DirectoryCheckpoint",
    "DownloadError",
    "Ease",
    "Evaluation",
    "FittedModel",
    "ImplicitALS",
    "InputError",
    "ItemKNN",
    "MatineeError",
    "Mean",
    "Nmf",
    "NumericalError",
    "People",
    "Predictions",
    "Predictive",
    "RatingMatrix",
    "Ratings",
    "RunOptions",
    "SVDPlusPlus",
    "Scale",
    "SoftImpute",
    "StoreError",
    "TruncatedSVD",
    "UnknownIdError",
    "Vocabulary",
    "__version__",
    "check",
    "download",
    "evaluate_corrupted",
    "evaluate_hidden",
    "evaluate_test",
    "figures",
    "hide",
    "load",
    "ratings_from_table",
    "read_ratings",
    "sample",
    "save",
    "truncated_svd",
]

LONGEST_IMPORT = 0.25
"""Seconds."""


def test_list_is_exact() -> None:
    assert matinee.__all__ == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_can_be_had_and_says_what_it_is(name: str) -> None:
    value = getattr(matinee, name)
    if name != "__version__":
        assert value.__name__ == name
        assert value.__doc__
    assert name in dir(matinee)


def test_type_checkers_see_the_same_names_in_the_same_homes() -> None:
    seen = {
        alias.name: node.module
        for block in tree(PACKAGE / "__init__.py").body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    homes = {name: f"matinee.{home}" for home, names in matinee._HOMES.items() for name in names}
    assert seen == homes
    assert sorted([*seen, "__version__"]) == sorted(PUBLIC)


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'; the public names are in matinee\.__all__"):
        _ = matinee.nonsense
    with pytest.raises(ImportError):
        exec("from matinee import nonsense")


def test_version_is_that_of_the_installation() -> None:
    assert matinee.__version__ == version("matinee")


def in_a_fresh_process(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


def test_import_is_quick_and_loads_nothing_heavy() -> None:
    program = (
        "import sys, time; start = time.perf_counter(); import matinee; "
        "print(time.perf_counter() - start); print(*sys.modules)"
    )
    runs = [in_a_fresh_process(program).splitlines() for _ in range(3)]
    assert min(float(seconds) for seconds, _ in runs) < LONGEST_IMPORT
    loaded = {name.split(".")[0] for name in runs[0][1].split()}
    assert not loaded & {"numpy", "polars", "matplotlib", "requests", "click"}


def test_star_import_gives_the_list() -> None:
    found: dict[str, object] = {}
    exec("from matinee import *", found)
    assert set(found) - {"__builtins__"} == set(PUBLIC)
