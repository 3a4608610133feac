"""``matinee predict`` as people and scripts use it."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from matinee.data.scale import Scale
from matinee.fitting.options import RunOptions
from matinee.models.ease import Ease
from matinee.predicting.sources import SOURCES
from matinee.store.save import save
from tests.support.cli_planted import model
from tests.support.hostile import matinee
from tests.support.planted import planted

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAIRS = """note,userId,movieId,when
"a, b",1,7,09
,4,17,
é,1,17,1.50
new film,1,8,x
new user,2,7,x
both,2,8,x
a,1,7,x
"""
SOURCE = ["model", "model", "model", "user", "movie", "mean", "model"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "model"
    save(model(), place)
    return place


def test_a_preference_is_said_to_be_one_and_is_not_clipped(pairs: Path, tmp_path: Path) -> None:
    ranking = Ease().fit(planted(40, 30, 0.3), RunOptions())
    save(ranking, tmp_path / "ranking")
    out = tmp_path / "predictions.csv"
    code, said, err = matinee("predict", str(tmp_path / "ranking"), str(pairs), "--out", str(out))
    assert code == 0
    assert said.startswith("7 preferences by ease in ")
    assert err.startswith("prediction is a preference, not stars: ease ranks films")
    assert "no calibrated intervals" not in err
    table = pl.read_csv(out)
    assert table["prediction"].max() < ranking.scale.low
    assert table["lower"].null_count() == table["upper"].null_count() == len(table)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.csv"
    path.write_text(PAIRS)
    return path


def test_rows_order_and_columns_are_kept_and_four_are_added(folder: Path, pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.csv"
    code, said, err = matinee("predict", str(folder), str(pairs), "--out", str(out))
    assert (code, err) == (0, "")
    text = out.read_text()
    assert text.splitlines()[0] == "note,userId,movieId,when,prediction,lower,upper,source"
    own = [line.rsplit(",", 4)[0] for line in text.splitlines()]
    assert own == PAIRS.splitlines()
    table = pl.read_csv(out)
    assert table["source"].to_list() == SOURCE
    assert said.splitlines() == [
        f"7 predictions by truncated-svd in {out}",
        "  model            4  user and film both known",
        "  movie            1  film known, user not",
        "  user             1  user known, film not",
        "  mean             1  neither known, or the model has nothing else",
        "  lower and upper are made to hold 90% of the truths",
    ]


def test_the_numbers_are_the_models_own_clipped_and_not_rounded(folder: Path, tmp_path: Path) -> None:
    fitted = model()
    users, items = fitted.users.ids.to_list(), fitted.items.ids.to_list()
    pairs = pl.DataFrame([(user, item) for user in users for item in items], ["userId", "movieId"], orient="row")
    path, out = tmp_path / "all.parquet", tmp_path / "out.csv"
    pairs.write_parquet(path)
    assert matinee("predict", str(folder), str(path), "--out", str(out))[0] == 0
    expected, table = fitted.predict(pairs["userId"], pairs["movieId"]), pl.read_csv(out)
    assert expected.value.max() > fitted.scale.high, "else clipping is not tried"
    assert table["prediction"].to_list() == np.clip(expected.value, 0.5, 5.0).tolist()
    assert table["lower"].to_list() == list(expected.lower)
    assert table["upper"].to_list() == list(expected.upper)
    assert table["source"].to_list() == [SOURCES[at] for at in expected.source]


def test_nothing_is_ever_missing(folder: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "far.csv", tmp_path / "out.parquet"
    rows = [(user, item) for user in (1, -5, 10**30, 2) for item in (7, 0, 10**25)]
    path.write_text("userId,movieId\n" + "".join(f"{user},{item}\n" for user, item in rows))
    assert matinee("predict", str(folder), str(path), "--out", str(out))[0] == 0
    table = pl.read_parquet(out)
    for name in ("prediction", "lower", "upper"):
        assert table[name].is_finite().all()
        assert table[name].is_between(0.5, 5.0).all()
    assert set(table["source"]) == {"model", "movie", "user", "mean"}


def test_each_format_says_the_same(folder: Path, pairs: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "b.tsv", "c.parquet", "d", "e.PQ"):
        assert matinee("predict", str(folder), str(pairs), "--out", str(tmp_path / "new" / name))[0] == 0
    csv, tsv = pl.read_csv(tmp_path / "new" / "a.csv"), pl.read_csv(tmp_path / "new" / "b.tsv", separator="\t")
    parquet = pl.read_parquet(tmp_path / "new" / "c.parquet")
    assert tsv.equals(csv)
    added = ["prediction", "lower", "upper", "source"]
    assert parquet.select(added).equals(csv.select(added))
    assert (tmp_path / "new" / "d").read_bytes() == (tmp_path / "new" / "a.csv").read_bytes()
    assert pl.read_parquet(tmp_path / "new" / "e.PQ").equals(parquet)


def test_text_becomes_numbers_in_parquet_only_where_nothing_is_lost(folder: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "pairs.csv", tmp_path / "out.parquet"
    path.write_text("userId,movieId,code,rating,gap,none,big\n1,7,007,3.5,1,,123456789012345678901\n4,7,1,4,,,2\n")
    assert matinee("predict", str(folder), str(path), "--out", str(out))[0] == 0
    table = pl.read_parquet(out)
    types = [pl.Int64, pl.Int64, pl.String, pl.Float64, pl.Int64, pl.String, pl.String]
    assert table.dtypes[:7] == types
    assert table["gap"].to_list() == [1, None]
    assert table["code"].to_list() == ["007", "1"]


def test_parquet_in_parquet_out_keeps_every_type(folder: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "pairs.parquet", tmp_path / "out.parquet"
    frame = pl.DataFrame({"tags": [["a"], []], "movieId": [7, 17], "userId": [1, 2]}).with_columns(
        when=pl.lit("2005-09-06").str.to_date()
    )
    frame.write_parquet(path)
    assert matinee("predict", str(folder), str(path), "--out", str(out))[0] == 0
    assert pl.read_parquet(out).select(frame.columns).equals(frame)
    code, _, err = matinee("predict", str(folder), str(path), "--out", str(tmp_path / "out.csv"))
    assert code == 2
    assert "column 'tags' holds List(String), which CSV cannot" in err
    assert "give a name that ends in .parquet" in err
    assert not (tmp_path / "out.csv").exists()


def test_stdout_has_the_table_alone(folder: Path, pairs: Path, tmp_path: Path) -> None:
    _, out, err = matinee("predict", str(folder), str(pairs), "--out", "-")
    assert err == ""
    assert pl.read_csv(io.StringIO(out))["source"].to_list() == SOURCE
    record = tmp_path / "record.json"
    code, again, _ = matinee("predict", str(folder), str(pairs), "--out", "-", "--json", str(record))
    assert (code, again) == (0, out)
    assert json.loads(record.read_text()) == {
        "model": "truncated-svd",
        "predicts": "stars",
        "pairs": 7,
        "sources": {"model": 4, "movie": 1, "user": 1, "mean": 1},
        "timed": False,
        "times": None,
        "interval_coverage": 0.9,
        "out": "-",
    }


def test_json_on_stdout_is_all_there_is(folder: Path, pairs: Path, tmp_path: Path) -> None:
    code, out, _ = matinee("predict", str(folder), str(pairs), "--out", str(tmp_path / "p.csv"), "--json", "-")
    assert code == 0
    assert json.loads(out)["pairs"] == 7
    code, out, err = matinee("predict", str(folder), str(pairs), "--out", "-", "--json", "-")
    assert (code, out) == (2, "")
    assert err == "matinee: --out and --json: found '-' for both; allowed is stdout for one of them\n"


def test_a_table_without_rows(folder: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "none.csv", tmp_path / "out.csv"
    path.write_text("userId,movieId\n")
    assert matinee("predict", str(folder), str(path), "--out", str(out))[0] == 0
    assert out.read_text() == "userId,movieId,prediction,lower,upper,source\n"
    assert matinee("predict", str(folder), str(path), "--out", "-")[1] == out.read_text()


def test_a_model_of_words(tmp_path: Path) -> None:
    save(model(words=True), tmp_path / "model")
    path = tmp_path / "pairs.csv"
    path.write_text("userId,movieId\n1,film 001\n1,film 999\n")
    _, out, _ = matinee("predict", str(tmp_path / "model"), str(path), "--out", "-")
    assert [line.rsplit(",", 1)[1] for line in out.splitlines()[1:]] == ["model", "user"]
    path.write_text("userId,movieId\n1,film 001\n1,17\n")
    code, out, err = matinee("predict", str(tmp_path / "model"), str(path), "--out", "-")
    assert (code, out) == (2, "")
    assert err.startswith(f"matinee: {path}, line 3: the item ids are not strings, as the model's are; found '17'")


@pytest.mark.parametrize(("options", "source"), [(("--model", "mean"), "mean"), (("--model", "bias"), "bias")])
def test_the_baselines_and_their_sources(options: tuple[str, ...], source: str, tmp_path: Path) -> None:
    ratings = tmp_path / "ratings.csv"
    ratings.write_text(
        "userId,movieId,rating\n" + "".join(f"{u},{i},{1 + (u * i) % 5}\n" for u in range(4) for i in range(5))
    )
    assert matinee("fit", str(ratings), *options, "--out", str(tmp_path / "model"))[0] == 0
    (tmp_path / "pairs.csv").write_text("1,1\n")
    _, out, _ = matinee("predict", str(tmp_path / "model"), str(tmp_path / "pairs.csv"), "--out", "-")
    assert out.splitlines()[1].endswith(f",{source}")


def test_without_a_measured_spread_the_limits_are_empty_and_it_is_said(pairs: Path, tmp_path: Path) -> None:
    save(replace(model(), calibration=None), tmp_path / "model")
    code, out, err = matinee("predict", str(tmp_path / "model"), str(pairs), "--out", "-")
    assert code == 0
    assert err.startswith(
        "lower and upper are empty: the model has no calibrated intervals (it was fitted with --no-int"
    )
    table = pl.read_csv(io.StringIO(out))
    assert table["lower"].null_count() == table["upper"].null_count() == 7
    assert table["prediction"].null_count() == 0


def test_predictions_can_be_written_over_the_pairs_once(folder: Path, pairs: Path) -> None:
    assert matinee("predict", str(folder), str(pairs), "--out", str(pairs))[0] == 0
    before = pairs.read_bytes()
    code, _, err = matinee("predict", str(folder), str(pairs), "--out", str(pairs))
    assert code == 2
    assert "already has a column that predictions would be put in; found 'prediction, lower, upper, source'" in err
    assert pairs.read_bytes() == before


BAD = {
    "missing ids": ("userId,movieId\n1,7\n,7\n1,7\nNA,7\n", (), "lines 3, 5: the user is missing"),
    "words": (
        "userId,movieId\n1,7\nann,7\n",
        (),
        "line 3: the user ids are not integers, as the model's are; found 'ann'",
    ),
    "titles": ("userId,title\n1,The Matrix\n", (), "the item ids are not integers, as the model's are; found 'The Mat"),
    "no column": ("who,what\n1,7\n", (), "no column is the user or the item; found 'who, what'"),
    "told wrong": (
        "who,what\n1,7\n",
        ("--columns", "user=whom,item=what"),
        "there is no column named 'whom'; found 'who, what'",
    ),
    "taken": (
        "userId,movieId,lower\n1,7,x\n",
        (),
        "already has a column that predictions would be put in; found 'lower'",
    ),
    "empty": ("", (), "the file is empty"),
    "short line": ("userId,movieId,x\n1,7,y\n1,7\n", (), "line 3: there are too few fields"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_exits_2_names_the_line_and_writes_nothing(case: str, folder: Path, tmp_path: Path) -> None:
    text, options, says = BAD[case]
    path, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    path.write_text(text)
    code, said, err = matinee("predict", str(folder), str(path), *options, "--out", str(out))
    assert (code, said) == (2, "")
    assert err.startswith(f"matinee: {path}")
    assert says in err
    assert err.count("\n") == 1
    assert not out.exists()


def test_columns_can_be_told(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("what,who\n7,1\n")
    code, out, _ = matinee("predict", str(folder), str(path), "--columns", "who,what", "--out", "-")
    assert code == 0
    assert out.splitlines()[1].startswith("7,1,")
    assert out.splitlines()[1].endswith(",model")


def test_a_model_or_pairs_that_are_not_there(folder: Path, pairs: Path, tmp_path: Path) -> None:
    code, _, err = matinee("predict", str(tmp_path / "nowhere"), str(pairs), "--out", "-")
    assert code == 2
    assert err.startswith(f"matinee: {tmp_path / 'nowhere'}: there is no such directory; give the directory that")
    code, _, err = matinee("predict", str(folder), str(tmp_path / "nowhere.csv"), "--out", "-")
    assert code == 2
    assert "nowhere.csv: there is no such file" in err
    (damaged,) = folder.glob("arrays-*")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    code, _, err = matinee("predict", str(folder), str(pairs), "--out", "-")
    assert code == 2
    assert "a part of the model is cut off" in err


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv.gz", "out.json"])
def test_a_kind_of_file_that_is_not_written(name: str, folder: Path, pairs: Path, tmp_path: Path) -> None:
    code, _, err = matinee("predict", str(folder), str(pairs), "--out", str(tmp_path / name))
    assert code == 2
    assert f"--out: found '{tmp_path / name}', whose kind is not known; allowed are names that end in .csv" in err


@contextmanager
def little_room() -> Iterator[None]:
    """Files of at most 100 bytes, for as long as it lasts: the runner's own output may be a file too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
@pytest.mark.usefixtures("folder", "pairs")
def test_a_full_disk_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    out = tmp_path / name
    out.write_bytes(b"old")
    before = set(tmp_path.iterdir())
    with little_room():
        code, _, err = matinee("predict", str(tmp_path / "model"), str(tmp_path / "pairs.csv"), "--out", str(out))
    assert code == 2
    assert f"{out}: cannot be written (" in err
    assert "File too large" in err
    assert out.read_bytes() == b"old"
    assert set(tmp_path.iterdir()) == before


def test_a_folder_in_the_way(folder: Path, pairs: Path, tmp_path: Path) -> None:
    code, _, err = matinee("predict", str(folder), str(pairs), "--out", str(tmp_path))
    assert code == 2
    assert f"{tmp_path}: cannot be written (Is a directory)" in err


def test_names_that_are_not_unicode(folder: Path, pairs: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    folder.rename(odd)
    for suffix in (".csv", ".parquet"):
        named, out = odd.with_suffix(suffix), tmp_path / os.fsdecode(b"\xe9" + suffix.encode())
        if suffix == ".csv":
            named.write_text(PAIRS)
        else:
            pl.DataFrame({"userId": [1], "movieId": [7]}).write_parquet(tmp_path / "plain")
            (tmp_path / "plain").rename(named)
        code, said, err = matinee("predict", str(odd), str(named), "--out", str(out))
        assert (code, err) == (0, "")
        assert "in " + str(tmp_path) in said
        assert out.stat().st_size > 0


def test_the_help_has_an_example() -> None:
    code, out, _ = matinee("predict", "--help")
    assert code == 0
    assert "Examples:\n    matinee predict model pairs.csv --out predictions.csv\n" in out


def test_as_a_process_of_its_own_into_a_pipe_that_closes(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("userId,movieId\n" + "1,7\n" * 300_000)
    run = [sys.executable, "-m", "matinee", "predict", str(folder), str(path), "--out", "-"]
    with subprocess.Popen(run, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "userId,movieId,prediction,lower,upper,source\n"
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 1
    assert err == ""


def test_the_scale_is_the_models(tmp_path: Path) -> None:
    save(replace(model(), scale=Scale(3.0, 4.0)), tmp_path / "model")
    rows = "".join(f"{1 + 3 * user},{7 + 10 * item}\n" for user in range(40) for item in range(30))
    (tmp_path / "pairs.csv").write_text("userId,movieId\n" + rows)
    _, out, _ = matinee("predict", str(tmp_path / "model"), str(tmp_path / "pairs.csv"), "--out", "-")
    table = pl.read_csv(io.StringIO(out))
    assert (table["prediction"].min(), table["prediction"].max()) == (3.0, 4.0)
