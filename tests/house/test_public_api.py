"""The public API is one list: exactly this one."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import matinee

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


def test_list_is_exact() -> None:
    assert matinee.__all__ == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_can_be_had_and_says_what_it_is(name: str) -> None:
    value = getattr(matinee, name)
    if name != "__version__":
        assert value.__name__ == name
        assert value.__doc__
    assert name in dir(matinee)


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'nonsense'; the public names are in matinee\.__all__"):
        _ = matinee.nonsense
    with pytest.raises(ImportError):
        exec("from matinee import nonsense")


def test_version_is_that_of_the_installation() -> None:
    assert matinee.__version__ == version("matinee")


def test_import_loads_nothing_but_itself_and_the_standard_library() -> None:
    program = "import sys; before = {*sys.modules}; import matinee; print(*{*sys.modules} - before)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert {name.split(".")[0] for name in loaded} - sys.stdlib_module_names == {"matinee"}
    assert [name for name in loaded if name.startswith("matinee.")] == []
    assert len(loaded) < 50


def test_star_import_gives_the_list() -> None:
    found: dict[str, object] = {}
    exec("from matinee import *", found)
    assert set(found) - {"__builtins__"} == set(PUBLIC)
