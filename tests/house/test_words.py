"""Names and sentences that can be read without a key: see the seven rules in CONTRIBUTING."""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.support.sources import modules, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTIONS = {"what", "who", "how", "where", "whether", "whom", "whose"}

FILLERS = {
    "asked",
    "each",
    "found",
    "given",
    "left",
    "own",
    "rest",
    "said",
    "seen",
    "these",
    "told",
    "wanted",
}
"""Names that say how a value came about, and not what it is."""

MEANT = {
    ("matinee.errors", "found"): "what messages say was found, in JSON too",
    ("matinee.predicting.scorer", "rest"): "the name of a part, in JSON too",
}
"""Where a filler is the name of the thing."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings() -> Iterator[tuple[str, str]]:
    """Place and text of every docstring, those of constants and fields included."""
    for name, file in modules().items():
        for node in ast.walk(tree(file)):
            if isinstance(node, Documented) and (text := ast.get_docstring(node)):
                yield f"{name}.{getattr(node, 'name', '')}", text
            if isinstance(node, ast.Module | ast.ClassDef):
                yield from ((f"{name}:{text.lineno}", str(text.value.value)) for text in strings(node.body[1:]))


def strings(body: list[ast.stmt]) -> Iterator[ast.Expr]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            yield statement


def bound(node: ast.AST) -> str | None:
    """The name that ``node`` binds, if it binds one. What makes messages may take what was ``found`` by that name."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return node.id
    return node.arg if isinstance(node, ast.arg) and node.arg != "found" else None


def test_docstrings_begin_with_a_verb_or_a_noun() -> None:
    texts = list(docstrings())
    assert len(texts) > 1_000
    assert [(place, text[:40]) for place, text in texts if text.split()[0].lower().strip(",;:'") in QUESTIONS] == []


def names_of(file: Path) -> set[str | None]:
    """The names bound in ``file``; ``left`` is left out where there is a ``right``, of a product or of a place."""
    names = {bound(node) for node in ast.walk(tree(file))}
    return names - {"left"} if "right" in names else names


def test_names_say_what_they_hold() -> None:
    names = {(name, bad) for name, file in modules().items() for bad in names_of(file) & FILLERS}
    assert sorted(names - MEANT.keys()) == []


def test_no_two_classes_have_one_name() -> None:
    homes = defaultdict(list)
    for name, file in modules().items():
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name)
    assert len(homes) > 100
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
