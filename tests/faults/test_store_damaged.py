"""Saved models that are damaged, foreign, from the future or hostile: each refused, saying what and where."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from matinee.errors import StoreError
from matinee.store.load import load
from matinee.store.manifest import LARGEST, PAYLOADS
from matinee.store.save import save
from tests.support.stored import Saved, fitted, reseal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "model"
    save(fitted(users=40, items=30), place)
    return place


def payload(folder: Path, kind: str) -> Path:
    (path,) = folder.glob(f"{kind}-*")
    return path


def refused(folder: Path, *says: str) -> None:
    """It is refused, the message names the place, each of the words and a remedy, on one line."""
    with pytest.raises(StoreError) as raised:
        load(folder)
    message = str(raised.value)
    assert message.startswith(str(folder))
    for words in (*says, "; "):
        assert words in message
    assert "\n" not in message


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_payload_cut_off_grown_flipped_garbled_missing_or_replaced(kind: str, folder: Path) -> None:
    path = payload(folder, kind)
    whole = path.read_bytes()
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        refused(
            folder, path.name, f"is cut off; found '{length:,} bytes'; allowed: {len(whole):,} bytes; fit the model"
        )
    path.write_bytes(whole + b"x")
    refused(folder, path.name, "the file is too large", f"at most {len(whole):,} bytes")
    for at in np.linspace(0, len(whole) - 1, 40).astype(int):
        path.write_bytes(whole)
        flipped(path, at)
        refused(folder, path.name, "changed or damaged: its SHA-256 is wrong")
    path.write_bytes(os.urandom(len(whole)))
    refused(folder, path.name, "its SHA-256 is wrong")
    path.unlink()
    refused(folder, path.name, "a part of the model is missing", "fetch a whole copy")
    path.mkdir()
    refused(folder, path.name, "this is not a regular file")
    path.rmdir()
    os.mkfifo(path)
    refused(folder, path.name, "this is not a regular file")
    path.unlink()
    path.write_bytes(whole)
    load(folder)


def test_every_bit_of_the_manifest_counts(folder: Path) -> None:
    path = folder / "manifest.json"
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, 7):
        path.write_bytes(whole)
        flipped(path, at)
        if not means_the_same(path.read_bytes(), whole):
            refused(folder)


def means_the_same(content: bytes, other: bytes) -> bool:
    with suppress(ValueError):
        return bool(json.loads(content) == json.loads(other))
    return False


MANIFESTS = {
    "empty": (b"", "the manifest is not JSON: it is damaged or cut off"),
    "cut off": (b'{"format": "matinee-model", "sche', "not JSON"),
    "words": (b"hello", "not JSON"),
    "latin-1": (b'{"format": "matin\xe9e"}', "not JSON"),
    "nul": (b"\0" * 500, "not JSON"),
    "NaN": (b'{"format": "matinee-model", "schema": 1, "mean": NaN}', "NaN is not a number"),
    "deep": (b"[" * 100_000, "not JSON"),
    "deep values": (b'{"format": "matinee-model", "schema": 1, "a": ' + b"[" * 900 + b"]" * 900 + b"}", "the manifest"),
    "endless number": (b'{"schema": ' + b"9" * 5000 + b"}", "not JSON"),
    "a list": (b"[]", "this is not the manifest of a model"),
    "a number": (b"3", "this is not the manifest of a model"),
    "foreign": (b'{"name": "my web app", "icons": []}', "give the directory that 'matinee fit --out DIR' wrote"),
    "other format": (b'{"format": "lenskit", "schema": 1}', 'allowed: "format": "matinee-model"'),
    "no schema": (b'{"format": "matinee-model"}', "the schema version is not one that exists; found 'schema None'"),
    "future": (
        b'{"format": "matinee-model", "schema": 5, "tensors": {}}',
        "saved by a newer matinee; found 'schema 5'; allowed: 1 to 4; install a newer matinee, or fit",
    ),
    "schema 0": (b'{"format": "matinee-model", "schema": 0}', "found 'schema 0'"),
    "schema in words": (b'{"format": "matinee-model", "schema": "1"}', "not one that exists"),
    "schema true": (b'{"format": "matinee-model", "schema": true}', "found 'schema True'"),
    "unsealed": (b'{"format": "matinee-model", "schema": 1}', "changed or damaged: its checksum is wrong"),
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_that_is_none(case: str, folder: Path) -> None:
    content, says = MANIFESTS[case]
    (folder / "manifest.json").write_bytes(content)
    refused(folder, "manifest.json", says)


def test_an_edited_or_huge_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 2'))
    refused(folder, "manifest.json", "has been changed or damaged: its checksum is wrong")
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    refused(folder, "manifest.json", "the file is too large", "at most 16,777,216 bytes")


def test_places_that_are_no_model(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "there is no such directory; give the directory that 'matinee fit --out DIR' wrote")
    refused(tmp_path, "this is not a model: it has no manifest.json")
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file", "this is a file, not the directory of a model")
    (tmp_path / "odd" / "manifest.json").mkdir(parents=True)
    refused(tmp_path / "odd", "this is not a regular file")
    (tmp_path / "manifest.json").symlink_to("/dev/zero")
    refused(tmp_path, "this is not a regular file")


@pytest.mark.parametrize(
    "name",
    [
        "../arrays-{digits}.safetensors",
        "/etc/passwd",
        "{folder}/arrays-{digits}.safetensors",
        "arrays-{digits}.safetensors/../../secret",
        "users-{digits}.arrow",
        "arrays-{digits}.pickle",
        "arrays-{digits}.safetensors\n",
        "arrays-\u0660\u0661{digits}.safetensors",
        "",
        "manifest.json",
    ],
)
def test_a_manifest_that_names_other_files(name: str, folder: Path) -> None:
    real = payload(folder, "arrays")
    shown = name.format(digits=real.stem[-16:], folder=folder)
    (folder.parent / real.name).write_bytes(real.read_bytes())
    reseal(folder, lambda manifest: manifest["files"]["arrays"].update(name=shown))
    refused(folder, "manifest.json", "names a file that is none of a model's", "in the same directory", "do not trust")


_ENTRY = {"name": "x", "bytes": 1, "sha256": ""}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "does not name the files of a model; allowed: arrays, users, items, catalogue"),
        ([], "does not name the files of a model"),
        (None, "does not name the files of a model"),
        (dict.fromkeys(PAYLOADS, 7), "entry for arrays is wrong; found '7'; allowed: name, bytes and sha256"),
        ({kind: {} for kind in PAYLOADS}, "entry for arrays is wrong"),
        ({kind: {**_ENTRY, "run": "me"} for kind in PAYLOADS}, "entry for arrays is wrong"),
    ],
)
def test_a_manifest_whose_files_are_no_list_of_files(files: Any, says: str, folder: Path) -> None:
    reseal(folder, lambda manifest: manifest.update(files=files))
    refused(folder, "manifest.json", says)


@pytest.mark.parametrize(
    ("key", "value"), [("name", 7), ("name", None), ("bytes", "many"), ("bytes", True), ("bytes", 1e300), ("sha256", 7)]
)
def test_a_name_a_size_or_a_checksum_of_the_wrong_kind(key: str, value: Any, folder: Path) -> None:
    reseal(folder, lambda manifest: manifest["files"]["users"].update({key: value}))
    refused(folder, "the manifest's entry for users is wrong")


def _array(name: str, change: Callable[[Any], Any]) -> Callable[[Saved], None]:
    def apply(saved: Saved) -> None:
        saved.parts["arrays"][name] = change(saved.parts["arrays"][name].copy())

    return apply


def _put(value: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        array.flat[0] = value
        return array

    return change


def _more(name: str) -> Callable[[Saved], None]:
    return lambda saved: saved.parts["arrays"].update({name: np.zeros(1, np.float32)})


def _few_groups(saved: Saved) -> None:
    for name in ("limits", "deviation"):
        saved.parts["arrays"][f"calibration.{name}"] = saved.parts["arrays"][f"calibration.{name}"][1:]


def _value(**values: Any) -> Callable[[Saved], None]:
    return lambda saved: saved.values.update(values)


def _inside(key: str, **values: Any) -> Callable[[Saved], None]:
    return lambda saved: saved.values[key].update(values)


def _part(kind: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Saved], None]:
    def apply(saved: Saved) -> None:
        saved.parts[kind] = change(saved.parts[kind])

    return apply


def _bytes(kind: str, content: bytes) -> Callable[[Saved], None]:
    return lambda saved: saved.raw.update({kind: content})


_HEADER = b'{"a":{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}}'

MISFITS: dict[str, tuple[Callable[[Saved], None], str]] = {
    "factors too narrow": (
        _array("scorer.user_factors", lambda a: a[:, :1]),
        "user_factors is float32 of shape (40, 1)",
    ),
    "factors too few": (
        _array("scorer.item_factors", lambda a: a[:-1]),
        "of shape (29, 2) instead of float32 of shape (30, 2)",
    ),
    "flat factors": (_array("scorer.user_factors", np.ravel), "of shape (80,)"),
    "biases of the other side": (_array("scorer.user_bias", lambda a: np.zeros(30, np.float32)), "user_bias"),
    "double precision": (_array("scorer.item_bias", lambda a: a.astype(float)), "item_bias is float64"),
    "whole numbers": (_array("baseline.user", lambda a: a.astype(np.int32)), "baseline.user is int32"),
    "NaN": (_array("scorer.item_factors", _put(np.nan)), "item_factors holds NaN or infinity"),
    "infinity": (_array("baseline.item", _put(np.inf)), "baseline.item holds NaN or infinity"),
    "NaN limits": (_array("calibration.limits", _put(np.nan)), "calibration.limits holds NaN"),
    "few limits": (_array("calibration.limits", lambda a: a[1:]), "calibration.deviation is float64 of shape (9,)"),
    "few groups": (_few_groups, "it has 8 groups of support and a trend of 2 sides"),
    "mixed limits": (_array("calibration.limits", lambda a: a[:, ::-1]), "levels or limits do not ascend"),
    "wrong levels": (_array("calibration.levels", lambda a: a + 1), "levels or limits do not ascend"),
    "three levels": (_array("calibration.levels", lambda a: a[:3]), "limits is float64 of shape (9, 25)"),
    "scorer of no names": (_value(scorer=[[]]), "its scorer is [[]], not a set of values"),
    "noise unheard of": (_more("scorer.film_noise"), "its arrays are scorer.film_noise and others instead of"),
    "negative counts": (_array("user_counts", _put(-1)), "user_counts holds negative counts"),
    "counts that disagree": (_array("item_counts", _put(1000)), "its items have 1,"),
    "array missing": (lambda saved: saved.parts["arrays"].pop("scorer.user_bias"), "its arrays are"),
    "array too many": (_more("x"), "its arrays are"),
    "limits without calibration": (_value(calibration=None), "its arrays are"),
    "limits without coverage": (_inside("calibration", coverage=None), "its coverage is None, not a finite number"),
    "coverage": (_inside("calibration", coverage=2.0), "the coverage of its intervals is 2.0"),
    "coverage in words": (_inside("calibration", coverage="all"), "its coverage is 'all', not a finite number"),
    "rank": (_value(rank=3), "instead of float32 of shape (40, 3)"),
    "users": (_value(users=41), "instead of float32 of shape (41,)"),
    "a billion users": (_value(users=10**9), "shape (1000000000,)"),
    "ratings": (_value(ratings=3), "ratings instead of 3; fit the model again"),
    "ratings of items": (_value(item_ratings=3), "ratings instead of 3; fit the model again"),
    "ratings in words": (_value(item_ratings="all"), "its item_ratings is 'all', not a whole number of 0 or more"),
    "negative rank": (_value(rank=-1), "its rank is -1, not a whole number of 0 or more"),
    "rank true": (_value(rank=True), "its rank is True"),
    "mean": (_inside("scorer", mean=None), "its mean is None, not a finite number"),
    "mean in words": (_inside("scorer", mean="3.5"), "its mean is '3.5'"),
    "mean beyond numbers": (_inside("scorer", mean=10**400), "not a finite number"),
    "baseline mean": (_inside("baseline", mean=[]), "its mean is []"),
    "baseline missing": (_value(baseline=None), "its arrays are"),
    "seed": (_value(seed=0.5), "its seed is 0.5"),
    "seconds": (_value(seconds="fast"), "its seconds is 'fast'"),
    "details": (_value(details=[]), "its details is []"),
    "scale": (_value(scale=None), "its scale is None"),
    "scale upside down": (_inside("scale", low=5, high=1), "rating scale: found"),
    "step": (_inside("scale", step=-0.5), "rating scale: found"),
    "model": (_value(model="svd"), "its model is 'svd'"),
    "unknown model": (_inside("model", name="als++"), "model: found 'als++'; allowed: mean, bias, truncated-svd"),
    "model of no name": (_inside("model", name=7), "its name is 7, not a text"),
    "unknown parameter": (_inside("model", parameters={"depth": 3}), "found parameter 'depth'"),
    "parameter out of range": (_inside("model", parameters={"rank": 0}), "rank: found 0; allowed is a whole number"),
    "parameter of another kind": (_inside("model", parameters={"rank": "20"}), "rank: found '20'"),
    "parameters": (_inside("model", parameters=None), "its parameters is None"),
    "catalogue": (_value(catalogue=7), "its catalogue is 7"),
    "source": (_inside("catalogue", source=None), "its source is None, not a text"),
    "ids too few": (_part("users", lambda t: t[:-1]), "there are 39 user ids instead of 40"),
    "ids missing": (_part("items", lambda t: t.with_columns(id=pl.when(pl.col("id") > 7).then("id"))), "29 item ids"),
    "ids twice": (_part("users", lambda t: t.with_columns(id=pl.lit(1, pl.Int64))), "not distinct and ascending"),
    "ids out of order": (_part("items", lambda t: t.reverse()), "its item ids are not distinct and ascending"),
    "ids of decimals": (_part("users", lambda t: t.cast(pl.Float64)), "instead of one column of integers or strings"),
    "ids unnamed": (_part("items", lambda t: t.rename({"id": "x"})), "its item ids are"),
    "films without titles": (_part("catalogue", lambda t: t.drop("title")), "its films have the columns"),
    "films twice": (_part("catalogue", lambda t: pl.concat([t, t])), "or have an id twice"),
    "films without ids": (_part("catalogue", lambda t: t.with_columns(item=pl.lit(None, pl.Int64))), "lack ids"),
    "years in words": (_part("catalogue", lambda t: t.cast({"year": pl.String})), "its films have the columns"),
    "not safetensors": (_bytes("arrays", b"hello"), "is damaged: it is not safetensors"),
    "no arrays": (_bytes("arrays", b""), "it is not safetensors"),
    "a header without end": (_bytes("arrays", b"\xff" * 64), "it is not safetensors"),
    "arrays of terabytes": (_bytes("arrays", len(_HEADER).to_bytes(8, "little") + _HEADER), "it is not safetensors"),
    "a pickle": (_bytes("arrays", b"cos\nsystem\n(S'touch owned'\ntR."), "it is not safetensors"),
    "not Arrow": (_bytes("users", b"hello"), "is damaged: it is not an Arrow file"),
    "no ids": (_bytes("items", b""), "it is not an Arrow file"),
    "CSV": (_bytes("catalogue", b"item,title\n1,x\n" * 50), "it is not an Arrow file"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_parts_that_do_not_fit_each_other(case: str, folder: Path) -> None:
    spoil, says = MISFITS[case]
    saved = Saved.open(folder)
    spoil(saved)
    saved.write()
    refused(folder, says, "fit the model again, or fetch a whole copy of the directory")


def test_arrow_cut_short_or_garbled_under_a_right_checksum(folder: Path) -> None:
    whole = payload(folder, "catalogue").read_bytes()
    rng = np.random.default_rng(3)
    for _ in range(60):
        garbled = bytearray(whole[: rng.integers(1, len(whole) + 1)])
        for at in rng.integers(0, len(garbled), 3):
            garbled[at] = rng.integers(256)
        saved = Saved.open(folder)
        saved.raw["catalogue"] = bytes(garbled)
        saved.write()
        with suppress(StoreError):
            load(folder)
        save(fitted(users=40, items=30), folder)


def test_it_can_be_opened_and_written_back_unharmed(folder: Path) -> None:
    Saved.open(folder).write()
    load(folder)
