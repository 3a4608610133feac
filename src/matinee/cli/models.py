"""``matinee models``: every model, its parameters, and when to use it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from matinee.cli.console import examples, report, table
from matinee.cli.options import DEFAULT_MODEL, json_option


@click.command(epilog=examples("matinee models", "matinee fit ratings.csv --model truncated-svd --out model"))
@json_option
def command(json_file: str | None) -> None:
    """List every model with its parameters, their defaults, and one line on when to use it."""
    report(_records(), json_file, _print)


def _records() -> list[dict[str, Any]]:
    from matinee.models.registry import MODELS

    return [
        {
            "name": model.name,
            "when": model.when,
            "predicts": model.predicts,
            "default": model.name == DEFAULT_MODEL,
            "parameters": [asdict(parameter) for parameter in model.parameters()],
        }
        for model in MODELS.values()
    ]


def _print(records: list[dict[str, Any]]) -> None:
    for record in records:
        click.secho(record["name"], bold=True, nl=False)
        click.echo("  (the default of evaluate; fit chooses)" if record["default"] else "")
        click.echo(f"  {record['when']}")
        if record["predicts"] == "preference":
            click.echo("  predicts a preference, which ranks films, and no stars")
        for line in _parameters(record["parameters"]):
            click.echo(f"    {line}")
        click.echo()
    click.echo("Set them with --set KEY=VALUE, as in:  matinee fit ratings.csv --model svdpp --set rank=50 --out model")


def _parameters(parameters: list[dict[str, Any]]) -> list[str]:
    if not parameters:
        return ["no parameters"]
    rows = [[p["name"], p["kind"], f"{p['default']}", p["help"]] for p in parameters]
    return table(["parameter", "kind", "default", "what it is"], rows, words=4).splitlines()
