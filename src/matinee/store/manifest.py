"""``manifest.json``: the values of a saved model, and the files of its arrays and tables."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from matinee.errors import StoreError
from matinee.store.refusal import refuse

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "manifest.json"
FORMAT: Final = "matinee-model"
SCHEMA: Final = 4
"""The version of the layout that is written. Every version from 1 to this one can be read.

Version 2 brought the arrays that folding in needs, whose names are in ``folding``, and ``item_ratings``: 1 took both
sides to have the same ratings. Version 3 brought the levels of the calibration, and further optional arrays. In
version 4 arrays have the names of the fields that declare them; `matinee.store.upgrade` brings the others there.
"""

LARGEST: Final = 1 << 24
"""Bytes; a larger manifest is not one."""

PAYLOADS: Final = {"arrays": "safetensors", "users": "arrow", "items": "arrow", "catalogue": "arrow"}
"""The payload files of a model, and how each is written."""

_PAYLOAD_NAME: Final = re.compile(rf"(?:{'|'.join(f'{kind}-[0-9a-f]{{16}}.{end}' for kind, end in PAYLOADS.items())})")
_ENTRY: Final = {"name": str, "bytes": int, "sha256": str}
_NEWER: Final = "install a newer matinee, or fit the model again with this one"


@dataclass(frozen=True)
class Payload:
    """One payload file: its name in the directory, its size in bytes and the SHA-256 of its content, in hex."""

    name: str
    bytes: int
    sha256: str


def payload_of(kind: str, content: bytes, ending: str = "") -> Payload:
    """The payload of ``content``; ``ending`` of its name: by default that of the ``kind`` in a model."""
    digest = hashlib.sha256(content).hexdigest()
    return Payload(f"{kind}-{digest[:16]}.{ending or PAYLOADS[kind]}", len(content), digest)


def is_payload_name(name: str) -> bool:
    """True for the plain name of a payload of ours."""
    return _PAYLOAD_NAME.fullmatch(name) is not None


def encode(values: dict[str, Any], payloads: dict[str, Payload]) -> bytes:
    """The manifest that holds ``values`` and names ``payloads``, sealed with a checksum of its own.

    Raises `ValueError` or `TypeError` for values that JSON does not have, NaN and infinity among them.
    """
    files = {kind: asdict(payload) for kind, payload in payloads.items()}
    head = {"format": FORMAT, "schema": SCHEMA, "library": version("matinee")}
    return sealed({**head, **values, "files": files}, indent=1)


def sealed(head: dict[str, Any], indent: int | None = None) -> bytes:
    """``head`` as JSON, with its `seal`; `ValueError` or `TypeError` for values that JSON does not have."""
    manifest = json.loads(json.dumps(head, allow_nan=False))
    return json.dumps({**manifest, "seal": seal(manifest)}, indent=indent).encode() + b"\n"


def seal(manifest: dict[str, Any]) -> str:
    """SHA-256 of everything in ``manifest`` but its seal, independent of spacing and order."""
    plain = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def decode(content: bytes, where: Path) -> dict[str, Any]:
    """The manifest in ``content``, its version and seal checked; `StoreError` where it is none."""
    try:
        return _checked(json.loads(content, parse_constant=_no_constant), where)
    except (ValueError, RecursionError) as error:
        if isinstance(error, StoreError):
            raise
        raise refuse(where, "the manifest is not JSON: it is damaged or cut off", value=error) from error


def _checked(manifest: Any, where: Path) -> dict[str, Any]:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _foreign(where)
    _check_schema(manifest.get("schema"), where)
    if manifest.get("seal") != seal(manifest):
        raise refuse(where, "the manifest has been changed or damaged: its checksum is wrong")
    return manifest


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _foreign(where: Path) -> StoreError:
    remedy = "give the directory that 'matinee fit --out DIR' wrote"
    return refuse(where, "this is not the manifest of a model", allowed=f'"format": "{FORMAT}"', remedy=remedy)


def _check_schema(schema: object, where: Path) -> None:
    if isinstance(schema, int) and not isinstance(schema, bool) and 1 <= schema <= SCHEMA:
        return
    newer = isinstance(schema, int) and schema > SCHEMA
    fault = "the model was saved by a newer matinee" if newer else "the schema version is not one that exists"
    raise refuse(where, fault, value=f"schema {schema}", allowed=f"1 to {SCHEMA}", remedy=_NEWER)


def payloads_of(manifest: dict[str, Any], where: Path) -> dict[str, Payload]:
    """The payloads that a manifest names; `StoreError` where one is missing or lies elsewhere."""
    files = manifest.get("files")
    if not isinstance(files, dict) or set(files) != set(PAYLOADS):
        raise refuse(where, "the manifest does not name the files of a model", allowed=", ".join(PAYLOADS))
    return {kind: _payload(kind, files[kind], where) for kind in PAYLOADS}


def _payload(kind: str, entry: object, where: Path) -> Payload:
    if not isinstance(entry, dict) or {key: type(value) for key, value in entry.items()} != _ENTRY:
        raise refuse(where, f"the manifest's entry for {kind} is wrong", value=entry, allowed="name, bytes and sha256")
    payload = Payload(**entry)
    if not is_payload_name(payload.name) or not payload.name.startswith(kind):
        raise refuse(
            where,
            "the manifest names a file that is none of a model's",
            value=payload.name,
            allowed=f"{kind}-<16 hexadecimal digits>.{PAYLOADS[kind]}, in the same directory",
            remedy="do not trust this model; fit it again",
        )
    return payload
