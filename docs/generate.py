"""Writes docs/reference from the code: the commands' help, the public API's docstrings, the models, the problems.

``make docs`` runs it. ``pages()`` is what the tests compare the committed files with.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import matinee
from matinee.cli.main import _COMMANDS, cli
from matinee.data.download.sources import SOURCES
from matinee.data.wordings import WORDINGS
from matinee.models.registry import MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matinee.fitting.model import Model

REFERENCE: Final = Path(__file__).resolve().parent / "reference"
NOTE: Final = "<!-- Written by docs/generate.py (make docs): change the code, not this page. -->"
LINE: Final = 100
ROOMS: Final = {
    "data": "Data: ratings in",
    "matrix": "Matrix",
    "predicting": "Fitted models and predictions",
    "fitting": "Fitting",
    "models": "Models",
    "evaluation": "Evaluation",
    "store": "Saving and loading",
    "errors": "Errors",
}


def pages() -> dict[Path, str]:
    """The text of every generated page."""
    made = {"cli": command_page(), "api": api_page(), "models": models_page(), "problems": problems_page()}
    return {REFERENCE / f"{name}.md": _page(parts) for name, parts in made.items()}


def _page(parts: Iterable[str]) -> str:
    title, *rest = parts
    return "\n\n".join([title, NOTE, *rest]) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


# The command line


def command_page() -> Iterator[str]:
    """One section a command, from what click knows of it."""
    yield "# The command line"
    yield (
        "Every command has `--help`, exits 0 on success and 2 on bad usage or input (with one line on stderr: what, "
        "where, what was found, what is allowed, what to do). `--json -` writes to stdout."
    )
    root = click.Context(cli, info_name="matinee")
    names = cli.list_commands(root)
    yield _table(["command", "does"], [(f"[`{name}`](#matinee-{name})", _COMMANDS[name]) for name in names])
    for name in names:
        command = cli.get_command(root, name)
        if command is not None:
            yield from _command(name, command, click.Context(command, info_name=name, parent=root))


def _command(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `matinee {name}`"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```\nmatinee {name} {usage}\n```"
    yield _flowed(command.help or "")
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    if options:
        yield _table(["option", "what it does"], [_option(option, context) for option in options])
    if name == "download":
        yield _table(["name", "data set"], [(f"`{source.name}`", source.about) for source in SOURCES])
    examples = [part for part in re.split(r"\s{2,}", command.epilog or "") if part.startswith("matinee ")]
    if examples:
        yield "<!-- not run: names files of your own -->\n```sh\n" + "\n".join(examples) + "\n```"


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = " / ".join([", ".join(option.opts), *option.secondary_opts])
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}".replace("INTEGER RANGE", "N")
    default = f" Default: `{option.get_default(context)}`." if option.show_default is True else ""
    repeatable = " May be repeated." if option.multiple and "repeat" not in (option.help or "") else ""
    return f"`{names}{metavar}`", f"{option.help or ''}{default}{repeatable}"


def _flowed(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


# The Python API


def api_page() -> Iterator[str]:
    """Every public name with its docstring, by room."""
    yield "# The Python API"
    yield (
        "Everything here is imported from `matinee` itself: `from matinee import read_ratings`. "
        "`matinee.__version__` is the version."
    )
    names = [name for name in matinee.__all__ if not name.startswith("__")]
    for room, title in ROOMS.items():
        inside = [name for name in names if getattr(matinee, name).__module__.split(".")[1] == room]
        yield f"## {title}"
        for name in inside:
            yield from _public(name, getattr(matinee, name))


def _public(name: str, thing: Any) -> Iterator[str]:
    yield f"### `{name}`"
    if not (inspect.isclass(thing) and issubclass(thing, Exception)):
        yield f"```\n{_signature(name, thing)}\n```"
    yield markdown(inspect.getdoc(thing) or "")
    if inspect.isclass(thing) and not issubclass(thing, Exception):
        members = list(_members(thing))
        if members:
            yield "\n".join(members)


def _members(kind: type) -> Iterator[str]:
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    ours = [base for base in kind.__mro__ if base.__module__.startswith("matinee")]
    for name in dict.fromkeys(name for base in ours for name in vars(base)):
        if name.startswith("_") or name in fields:
            continue
        member = inspect.getattr_static(kind, name)
        if isinstance(member, property | cached_property):
            yield f"- `{name}`: {_first_paragraph(inspect.getdoc(member) or '')}"
        elif inspect.isfunction(member) or isinstance(member, classmethod | staticmethod):
            method = getattr(kind, name)
            yield f"- `{_signature(name, method, short=True)}`: {_first_paragraph(inspect.getdoc(method) or '')}"


def _first_paragraph(doc: str) -> str:
    return markdown(" ".join(doc.split("\n\n")[0].split()))


def _signature(name: str, thing: Any, *, short: bool = False) -> str:
    signature = inspect.signature(thing)
    parameters = [_parameter_shown(one) for one in signature.parameters.values() if one.name != "self"]
    keyword_only = [one.kind is inspect.Parameter.KEYWORD_ONLY for one in signature.parameters.values()]
    if any(keyword_only):
        parameters.insert(keyword_only.index(True), "*")
    empty = inspect.isclass(thing) or signature.return_annotation is inspect.Signature.empty
    result = "" if empty else f" -> {signature.return_annotation}"
    line = f"{name}({', '.join(parameters)}){result}"
    if short or len(line) <= LINE:
        return line
    return f"{name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + f"){result}"


def _parameter_shown(one: inspect.Parameter) -> str:
    kind = "" if one.annotation is inspect.Parameter.empty else f": {one.annotation}"
    if one.default is inspect.Parameter.empty:
        return one.name + kind
    default = one.default.__name__ if inspect.isfunction(one.default) else repr(one.default)
    return f"{one.name}{kind} = {default if len(default) < LINE // 2 else '…'}"


def markdown(doc: str) -> str:
    """A docstring as Markdown: underlined sections become lists, double backticks single ones."""
    doc = re.sub(r"``([^`]+)``", r"`\1`", doc)
    doc = re.sub(r"^(\w+)\n-{3,}\n((?:.+\n?)+)", lambda found: _section(found[1], found[2]), doc, flags=re.MULTILINE)
    doc = re.sub(r"((?:^>>> .*\n(?:(?!>>>).+\n?)*)+)", r"```\n\1\n```", doc, flags=re.MULTILINE)
    return doc.strip()


def _section(title: str, body: str) -> str:
    entries = re.split(r"\n(?=\S)", body.rstrip())
    return f"**{title}**\n\n" + "\n".join(_entry(entry) for entry in entries) + "\n"


def _entry(entry: str) -> str:
    name, _, text = entry.partition(" : ") if " : " in entry.split("\n")[0] else entry.partition("\n")
    return f"- `{name.strip()}`: {' '.join(text.split())}"


# Models and problems


def models_page() -> Iterator[str]:
    """Every model with its parameters and what is allowed for them."""
    yield "# Models"
    yield (
        "The same names in Python (`TruncatedSVD(rank=50)`), on the command line "
        "(`matinee fit ratings.csv --model truncated-svd --set rank=50 --out model`) and in JSON."
    )
    for name, model in MODELS.items():
        yield f"## `{name}`"
        kind = " Predicts a preference, not stars." if model.predicts == "preference" else ""
        yield f"In Python: `{model.__name__}`. When to use it: {model.when}.{kind}"
        yield markdown(inspect.getdoc(model) or "")
        rows = [_parameter(model, field) for field in dataclasses.fields(model)]
        yield _table(["parameter", "allowed", "default", "what it is"], rows) if rows else "It has no parameters."


def _parameter(model: type[Model], field: dataclasses.Field[Any]) -> tuple[str, str, str, str]:
    known = {parameter.name: parameter for parameter in model.parameters()}[field.name]
    return f"`{field.name}`", _allowed(known.kind, field.metadata), f"`{field.default}`", known.help


def _allowed(kind: str, checks: Any) -> str:
    if "choices" in checks:
        return ", ".join(f"`{choice}`" for choice in checks["choices"])
    noun = {"int": "a whole number", "float": "a number", "float or none": "a number or `None`"}.get(kind, kind)
    low = f", from `{_limit(checks['low'])}`" if "low" in checks else ""
    return noun + low + (f" to `{_limit(checks['high'])}`" if "high" in checks else "")


def _limit(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


def problems_page() -> Iterator[str]:
    """Every kind of problem that reading and `matinee check` name."""
    yield "# Problems in ratings files"
    yield (
        "What `matinee check` looks for. The kind is stable: it is in the JSON (`matinee check ratings.csv --json -`) "
        "and in `DataError.problems`, and scripts may rely on it. Each comes with the file, the first ten lines, an "
        "example of what was found and the remedy."
    )
    groups = {
        "Nothing can be read": [kind for kind, wording in WORDINGS.items() if wording.fatal],
        "Lines that are not ratings": [k for k, wording in WORDINGS.items() if not (wording.fatal or wording.harmless)],
        "Worth knowing, nothing is lost": [kind for kind, wording in WORDINGS.items() if wording.harmless],
    }
    for title, kinds in groups.items():
        yield f"## {title}"
        yield _table(["kind", "what is wrong", "what to do"], [_problem(kind) for kind in kinds])


def _problem(kind: str) -> tuple[str, str, str]:
    if kind == "columns":
        return f"`{kind}`", "a column is missing, there twice, or of the wrong type", "Say which is which (--columns)."
    what, remedy = (re.sub(r"\{[^}]*\}", "…", text) for text in (WORDINGS[kind].what, WORDINGS[kind].remedy))
    return f"`{kind}`", what, remedy


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    sys.exit(main())
