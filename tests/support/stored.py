"""Tiny models from planted ratings, saved models tampered with, and what models agree on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matinee.data.metadata.catalogue import Catalogue
from matinee.data.ratings import Ratings
from matinee.data.scale import Scale
from matinee.data.vocabulary import Vocabulary
from matinee.fitting.options import RunOptions
from matinee.matrix.fields import PartField, declared
from matinee.models.truncated_svd import TruncatedSVD
from matinee.store.manifest import NAME, encode, payload_of, seal
from matinee.store.payloads import decode_arrays, decode_table, encode_arrays, encode_table
from tests.support.pairs import every_pair, raw_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from matinee.fitting.model import Model
    from matinee.predicting.fitted import FittedModel

SCALE = Scale(0.5, 5.0, 0.5)


def ratings(seed: int = 1, users: int = 12, items: int = 10, *, words: bool = False) -> Ratings:
    """Planted ratings of one taste: half of the cells, half stars; item ids are words if asked for."""
    rng = np.random.default_rng(seed)
    taste = np.outer(rng.normal(size=users), rng.normal(size=items))
    user, item = np.nonzero(rng.random((users, items)) < 0.6)
    stars = np.clip(np.round(2 * (3.5 + taste[user, item])) / 2, SCALE.low, SCALE.high)
    raw = [f"film {number:03}" for number in range(items)] if words else [10 * number + 7 for number in range(items)]
    ids = Vocabulary.build(pl.Series(raw), "item")
    films = pl.DataFrame(
        {"item": raw, "title": [f"Film {number}" for number in range(items)], "year": [1990, None] * (items // 2)}
    ).with_columns(pl.lit(["Drama"]).alias("genres"), pl.col("year").cast(pl.Int32))
    return Ratings(
        user.astype(np.int32),
        item.astype(np.int32),
        stars.astype(np.float32),
        Vocabulary.build(pl.Series([3 * number + 1 for number in range(users)]), "user"),
        ids,
        SCALE,
        catalogue=Catalogue(films, source="planted"),
    )


@cache
def fitted(seed: int = 1, config: Model | None = None, *, words: bool = False, **shape: int) -> FittedModel:
    """A model of planted ratings, with measured intervals where there are enough of them."""
    table = ratings(seed, words=words, **shape)
    return (config or TruncatedSVD(rank=2)).fit(table, RunOptions(seed=seed, threads=1))


def answers(model: FittedModel) -> dict[str, Any]:
    """What the model predicts for every pair and for unknown ones, to the last bit."""
    pairs = every_pair(model)
    known = np.arange(len(pairs)) % 7 != 0
    users, items = raw_ids(model.users, pairs.user.index, known), raw_ids(model.items, pairs.item.index, ~known)
    return {
        f"{name}-{which}": None if (column := getattr(predictions, name)) is None else column.tobytes()
        for which, predictions in (("known", model.predict_pairs(pairs)), ("unknown", model.predict(users, items)))
        for name in ("value", "lower", "upper", "source", "deviation", "probabilities")
    }


def arrays(owner: Any, prefix: str = "") -> dict[str, NDArray[Any]]:
    """Every declared array of ``owner`` and of its parts, by name."""
    return {name: content for name, content in _declared(owner, prefix) if isinstance(content, np.ndarray)}


def numbers(owner: Any) -> dict[str, float | None]:
    """Every declared number of ``owner`` and of its parts, and ``None`` for what is not there."""
    return {name: content for name, content in _declared(owner, "") if not isinstance(content, np.ndarray)}


def _declared(owner: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for name, stored in declared(type(owner)).items():
        content = getattr(owner, name)
        if isinstance(stored, PartField) and content is not None:
            yield from _declared(content, f"{prefix}{name}.")
        else:
            yield prefix + name, content


@dataclass
class Saved:
    """A saved model opened up: change the parts, then `write` it back, sealed as if it were sound."""

    folder: Path
    values: dict[str, Any]
    parts: dict[str, Any]
    raw: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Saved:
        values = json.loads((folder / NAME).read_bytes())
        content = {kind: (folder / entry["name"]).read_bytes() for kind, entry in values["files"].items()}
        parts = {kind: decode_table(content[kind]) for kind in ("users", "items", "catalogue")}
        return cls(folder, values, {"arrays": decode_arrays(content["arrays"]), **parts})

    def write(self) -> None:
        content = {kind: encode_table(self.parts[kind]) for kind in ("users", "items", "catalogue")}
        content |= {"arrays": encode_arrays(self.parts["arrays"]), **self.raw}
        payloads = {kind: payload_of(kind, content[kind]) for kind in content}
        for kind, payload in payloads.items():
            (self.folder / payload.name).write_bytes(content[kind])
        plain = {key: value for key, value in self.values.items() if key not in ("files", "seal")}
        (self.folder / NAME).write_bytes(encode(plain, payloads))


def reseal(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the manifest as its own code would have written it."""
    manifest = json.loads((folder / NAME).read_bytes())
    change(manifest)
    manifest["seal"] = seal(manifest)
    (folder / NAME).write_text(json.dumps(manifest))
