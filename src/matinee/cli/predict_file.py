"""Files of predictions: CSV, TSV or Parquet by their names, written whole or not at all; or stdout."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal

import click
import polars as pl

from matinee.errors import ConfigError, InputError
from matinee.files import prepared, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["csv", "tsv", "parquet"]

_KINDS: Final[dict[str, Kind]] = {
    ".csv": "csv",
    ".txt": "csv",
    "": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_ROWS: Final = 100_000
_WHOLE: Final = r"^(?:0|-?[1-9]\d{0,17})$"
_DECIMAL: Final = r"^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$"


@dataclass(frozen=True)
class Target:
    """A file, or stdout (``-``), and the kind of table written there."""

    name: str
    kind: Kind

    def write(self, table: pl.DataFrame, *, text: bool) -> None:
        """Write ``table``, whose own columns are all ``text`` if it came from a text file.

        Raises `InputError` where the file cannot be written, or cannot hold such columns.
        """
        nested = next((name for name, kind in table.schema.items() if kind.is_nested() or kind == pl.Binary), None)
        if self.kind != "parquet" and nested is not None:
            raise InputError(
                f"--out {self.name}: column '{nested}' holds {table.schema[nested]}, which CSV cannot; allowed are "
                "numbers, words and times; give a name that ends in .parquet"
            )
        with _output_errors(self.name):
            if self.name == "-":
                self._print(table)
            else:
                path = Path(self.name)
                prepared(path.parent)
                write_whole(path, lambda file: self._save(table, file, text=text))

    def _print(self, table: pl.DataFrame) -> None:
        click.echo(table.clear().write_csv(), nl=False)
        for part in table.iter_slices(_ROWS):
            click.echo(part.write_csv(include_header=False), nl=False)

    def _save(self, table: pl.DataFrame, file: IO[bytes], *, text: bool) -> None:
        if self.kind == "parquet":
            (typed(table) if text else table).write_parquet(file)
        else:
            table.write_csv(file, separator="\t" if self.kind == "tsv" else ",")


@contextmanager
def _output_errors(name: str) -> Iterator[None]:
    """Raise the `InputError` of a failure to write."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error).splitlines()[0]
        raise InputError(
            f"--out {name}: cannot be written ({reason}); allowed is a place you may write to, with space left; "
            "make room or choose another"
        ) from error


def target(out: str) -> Target:
    """The target that ``--out`` names; `ConfigError` for a kind of file that is not written."""
    suffix = "" if out == "-" else Path(out).suffix.lower()
    if suffix not in _KINDS:
        raise ConfigError(
            f"--out: found '{out}', whose kind is not known; allowed are names that end in .csv, .txt, .tsv or "
            ".parquet, and - for stdout"
        )
    return Target(out, _KINDS[suffix])


def typed(table: pl.DataFrame) -> pl.DataFrame:
    """``table`` with those columns of words that hold plain numbers throughout as numbers."""
    return table.with_columns(_typed(column) for column in table if column.dtype == pl.String)


def _typed(column: pl.Series) -> pl.Series:
    for pattern, kind in ((_WHOLE, pl.Int64), (_DECIMAL, pl.Float64)):
        if column.null_count() < len(column) and column.str.contains(pattern).all():
            return column.cast(kind)
    return column
