"""Saving: the new model is whole on the disk before the manifest names it, and only then the old one goes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from matinee.errors import InputError
from matinee.store.contents import contents_of
from matinee.store.manifest import FORMAT, NAME, encode, is_payload_name, payload_of
from matinee.store.payloads import encode_arrays, encode_table
from matinee.store.rebuild import put_together
from matinee.store.refusal import refuse
from matinee.store.replace import ELSEWHERE, Replaceable

if TYPE_CHECKING:
    from matinee.predicting.fitted import FittedModel
    from matinee.store.contents import Contents

_MODEL: Final = Replaceable(
    "model", NAME, is_payload_name, "an older model there is untouched; make room or choose another directory"
)


def save(model: FittedModel, directory: str | Path) -> None:
    """Save ``model`` in ``directory``: made if absent; a model already there is replaced.

    At any moment, a kill or a power cut included, the directory holds the old model or the new one, whole.
    `load` gives the same predictions to the last bit. Two processes that save into one directory take turns; the
    later one stays.

    Raises `StoreError` where the directory holds anything but a model, cannot be written, or the disk is
    full (an older model there is then untouched), and for a model that could not be loaded again.
    """
    folder = Path(directory)
    contents = contents_of(model)
    _check_loadable(contents, folder)
    check_target(folder)
    _MODEL.replace(folder, *_encoded(contents))


def check_target(directory: str | Path) -> None:
    """Raise the `StoreError` that `save` would raise, before there is anything to save."""
    folder = Path(directory)
    names = _MODEL.names_in(folder)
    foreign = _MODEL.foreign(names)
    if (foreign or NAME in names) and not _holds_model(folder, names):
        raise refuse(
            folder,
            "the directory holds other files and no model",
            value=foreign[0] if foreign else f"a {NAME} that is not a model's",
            allowed="a new or empty directory, or one with a model to replace",
            remedy=ELSEWHERE,
        )
    _MODEL.refuse_unwritable(folder)


def _check_loadable(contents: Contents, folder: Path) -> None:
    try:
        put_together(contents)
        encode(contents.values, {})
    except (InputError, ValueError, TypeError) as error:
        raise refuse(folder, f"this model cannot be saved: {error}", remedy="fit it again") from error


def _encoded(contents: Contents) -> tuple[dict[str, bytes], bytes]:
    """The payloads by the names of their files, and the manifest."""
    contained = {
        "arrays": encode_arrays(contents.arrays),
        "users": encode_table(contents.users),
        "items": encode_table(contents.items),
        "catalogue": encode_table(contents.catalogue),
    }
    payloads = {kind: payload_of(kind, content) for kind, content in contained.items()}
    files = {payloads[kind].name: content for kind, content in contained.items()}
    return files, encode(contents.values, payloads)


def _holds_model(folder: Path, names: list[str]) -> bool:
    """True if there is a manifest of ours, or one too damaged to tell beside payloads of ours."""
    if NAME not in names:
        return False
    with suppress(OSError):
        marked = f'"format": "{FORMAT}"'.encode() in (folder / NAME).read_bytes()[:1000]
        return marked or any(map(is_payload_name, names))
    return False
