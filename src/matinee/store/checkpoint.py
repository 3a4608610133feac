"""The state of a fit on the disk: arrays as safetensors beside a manifest that names and seals them.

Written as a model is: the new arrays are whole on the disk before the manifest names them, and only then the old ones
go. Nothing in the directory is run.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from matinee.fitting.options import Saved
from matinee.store.manifest import Payload, payload_of, seal, sealed
from matinee.store.payloads import DamagedError, decode_arrays, encode_arrays
from matinee.store.plain import count, mapping, text
from matinee.store.reading import GoneError, read_checked, read_whole
from matinee.store.refusal import refuse
from matinee.store.replace import ELSEWHERE, Replaceable

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAME: Final = "checkpoint.json"
FORMAT: Final = "matinee-checkpoint"
SCHEMA: Final = 1
"""The version of the layout that is written, and the only one that is read: a fit goes on with what it began with."""

_LARGEST: Final = 1 << 26
"""Bytes; a larger manifest is not one."""

_STATE: Final = re.compile(r"state-[0-9a-f]{16}\.safetensors")
_CHECKPOINT: Final = Replaceable(
    "checkpoint",
    NAME,
    lambda name: _STATE.fullmatch(name) is not None,
    "an older one there is untouched: make room, and the same command goes on from it",
)
_ANEW: Final = "take another directory, or remove this one, to begin anew"


class DirectoryCheckpoint:
    """A checkpoint in ``directory``: made if absent; the `matinee.fitting.options.Checkpoint` of the command line."""

    def __init__(self, directory: str | Path) -> None:
        self._folder = Path(directory)

    @property
    def place(self) -> str:
        """The directory."""
        return str(self._folder)

    def check(self) -> None:
        """Raise the `StoreError` that `load` or `save` would raise, as far as can be told before a fit."""
        foreign = _CHECKPOINT.foreign(_CHECKPOINT.names_in(self._folder))
        if foreign:
            fault = "the directory holds other files than a checkpoint"
            allowed = "a new or empty one, or a checkpoint's"
            raise refuse(self._folder, fault, value=foreign[0], allowed=allowed, remedy=ELSEWHERE)
        _CHECKPOINT.refuse_unwritable(self._folder)

    def load(self) -> Saved | None:
        """The state that was saved last, ``None`` without one. Raises `StoreError` where a part of it is damaged."""
        self.check()
        while True:
            manifest = self._manifest()
            if manifest is None:
                return None
            try:
                return Saved(mapping(manifest, "values"), self._arrays(manifest))
            except GoneError:
                if self._manifest() == manifest:
                    raise
            except DamagedError as error:
                raise refuse(self._folder, f"the checkpoint is damaged: {error}", remedy=_ANEW) from error

    def save(self, saved: Saved) -> None:
        """Save in place of the older state; at any moment, a kill included, one of them is there, whole.

        Raises `StoreError` where it cannot be written; the older one is then untouched.
        """
        self.check()
        content = encode_arrays(saved.arrays)
        payload = payload_of("state", content, "safetensors")
        head = {"format": FORMAT, "schema": SCHEMA, "values": saved.values, "arrays": asdict(payload)}
        _CHECKPOINT.replace(self._folder, {payload.name: content}, sealed(head))

    def _manifest(self) -> dict[str, Any] | None:
        place = self._folder / NAME
        try:
            content = read_whole(place, _LARGEST, _ANEW)
        except FileNotFoundError:
            return None
        try:
            manifest = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise refuse(place, "it is not JSON: it is damaged or cut off", value=error, remedy=_ANEW) from error
        _check_head(manifest, place)
        return dict(manifest)

    def _arrays(self, manifest: dict[str, Any]) -> dict[str, NDArray[Any]]:
        entry = mapping(manifest, "arrays")
        payload = Payload(text(entry, "name"), count(entry, "bytes"), text(entry, "sha256"))
        if not _STATE.fullmatch(payload.name):
            raise DamagedError(f"it names the file {payload.name!r}, which is none of a checkpoint's")
        return decode_arrays(read_checked(self._folder / payload.name, payload, "checkpoint", _ANEW))


def _check_head(manifest: Any, place: Path) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise refuse(place, "this is not a checkpoint", allowed=f'"format": "{FORMAT}"', remedy=_ANEW)
    if manifest.get("schema") != SCHEMA:
        schema = f"schema {manifest.get('schema')}"
        raise refuse(place, "it is of another matinee", value=schema, allowed=str(SCHEMA), remedy=_ANEW)
    if manifest.get("seal") != seal(manifest):
        raise refuse(place, "it has been changed or damaged: its checksum is wrong", remedy=_ANEW)
