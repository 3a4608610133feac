"""Data flows one way: who may import whom, read from the sources."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest

from tests.support.sources import Import, imports, modules

ORDER = (
    "errors",
    "files",
    "kernels",
    "data",
    "matrix",
    "predicting",
    "fitting",
    "models",
    "evaluation",
    "engine",
    "server",
    "cli",
)
"""Left to right. ``recommender`` and ``store`` stand beside ``evaluation``."""

BESIDE = {"version": "errors", "recommender": "evaluation", "store": "evaluation", "__main__": "cli"}

THIRD_PARTY_HOMES = {
    "click": ("matinee.cli",),
    "fastapi": ("matinee.server",),
    "flask": ("matinee.server",),
    "jinja2": ("matinee.evaluation", "matinee.server"),
    "kagglehub": ("matinee.data.download.kaggle",),
    "matplotlib": ("matinee.evaluation",),
    "narwhals": ("matinee.data", "matinee.predicting.pairs"),
    "pandas": (),
    "pyarrow": (),
    "pyspark": ("matinee.engine.spark",),
    "requests": ("matinee.data",),
    "safetensors": ("matinee.store",),
    "scipy": (),
    "sklearn": (),
    "starlette": ("matinee.server",),
    "threadpoolctl": ("matinee.kernels.blas",),
}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "matinee"


def level(name: str) -> int:
    return ORDER.index(BESIDE.get(name, name))


def allowed(found: Import) -> bool:
    """Whether an import of ours goes left, or stays in its room."""
    here, there = room(found.module), room(found.target)
    if here == there or BESIDE.get(here) == there == "cli":
        return True
    if here == "kernels":
        return there == "errors"
    return level(there) < level(here)


def within(module: str, home: str) -> bool:
    return module == home or module.startswith(f"{home}.")


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {room(module) for module in modules()} - {"matinee"}
    assert rooms <= set(ORDER) | set(BESIDE), "give the new room its place in ORDER"


def test_imports_point_left() -> None:
    ours = [found for found in imports() if found.ours and found.module != "matinee"]
    assert len(ours) > 100
    assert [(found.module, found.target) for found in ours if not allowed(found)] == []


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("matinee.kernels.spmm", "matinee.data.ratings"),
        ("matinee.data.reading.read", "matinee.matrix.sparse"),
        ("matinee.matrix.sparse", "matinee.fitting.model"),
        ("matinee.fitting.model", "matinee.evaluation.metrics.errors"),
        ("matinee.evaluation.report.page", "matinee.store.load"),
        ("matinee.store.save", "matinee.evaluation.result"),
        ("matinee.recommender.top_n", "matinee.evaluation.metrics.errors"),
        ("matinee.evaluation.report.page", "matinee.cli.main"),
        ("matinee.errors", "matinee.data.ratings"),
    ],
)
def test_the_rule_refuses_what_it_should(module: str, target: str) -> None:
    assert not allowed(Import(module, target))


def test_nothing_inside_imports_the_list_of_public_names() -> None:
    inside = [found.module for found in imports() if found.target == "matinee" and room(found.module) != "cli"]
    assert inside == []


def test_only_kernels_import_the_native_module() -> None:
    users = {found.module for found in imports() if "_native" in found.target.split(".")}
    named = {found.module for found in imports() if found.target == "matinee.kernels" and found.module != "matinee"}
    assert all(within(module, "matinee.kernels") for module in users | named)
    assert "matinee.kernels.spmm" in users | named


@pytest.mark.parametrize("library", THIRD_PARTY_HOMES)
def test_each_library_stays_in_its_room(library: str) -> None:
    strays = [
        found.module
        for found in imports()
        if within(found.target, library) and not any(within(found.module, home) for home in THIRD_PARTY_HOMES[library])
    ]
    assert strays == []


def test_no_module_imports_itself_by_a_detour() -> None:
    """Imports for annotations alone count, and those within functions too."""
    graph = {name: set() for name in modules()}
    for found in imports():
        if found.ours and found.module != "matinee" and found.target in graph:
            graph[found.module].add(found.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"modules import each other in a circle: {' → '.join(error.args[1])}")


def test_nothing_is_pickled() -> None:
    forbidden = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
    assert [found for found in imports() if found.target.split(".")[0] in forbidden] == []
    assert [name for name, file in modules().items() if "allow_pickle=True" in file.read_text()] == []
