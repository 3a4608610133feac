"""What is compiled runs on any processor of its kind, and what is installed can be named without surprises."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WIDER_THAN_BASELINE = re.compile(r"%[yz]mm|\tv[a-z]+ +.*%xmm")
WIDER_THAN_AVX2 = re.compile(r"%zmm|%[xy]mm(1[6-9]|2\d|3[01])|%k[1-7]")


def objects_of(target: str) -> list[Path]:
    """The object files of the newest build that compiled ``target``."""
    folders = sorted(ROOT.glob(f"build/*/CMakeFiles/{target}.dir"), key=lambda folder: folder.stat().st_mtime)
    folders = [folder for folder in folders if "sanitize" not in str(folder)]
    if not folders or not shutil.which("objdump"):
        pytest.skip(f"no objects of {target} under build/, or no objdump: `make test` on Linux compiles them")
    return sorted(folders[-1].rglob("*.o"))


def instructions(file: Path) -> str:
    return subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", file], check=True, capture_output=True, text=True
    ).stdout


def weak_functions(file: Path) -> set[str]:
    lines = subprocess.run(["nm", file], check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1] for line in lines if line.split()[-2] == "W"}


@pytest.mark.parametrize("target", ["kernels_baseline", "matinee_core"])
def test_what_runs_everywhere_uses_no_wide_register(target: str) -> None:
    objects = objects_of(target)
    assert objects
    for file in objects:
        assert not WIDER_THAN_BASELINE.search(instructions(file)), file.name


def test_avx2_kernels_use_avx2_and_nothing_wider() -> None:
    found = [instructions(file) for file in objects_of("kernels_avx2")]
    assert any("%ymm" in text for text in found)
    assert not any(WIDER_THAN_AVX2.search(text) for text in found)


def test_avx512_kernels_use_it() -> None:
    assert any("%zmm" in instructions(file) for file in objects_of("kernels_avx512"))


def test_kernels_share_no_function_between_instruction_sets() -> None:
    """The linker keeps one copy of a weak function, perhaps the one that this processor cannot run."""
    plain = {name for file in objects_of("matinee_core") for name in weak_functions(file)}
    sets = ["kernels_baseline", "kernels_avx2", "kernels_avx512"]
    names = [{name for file in objects_of(target) for name in weak_functions(file)} for target in sets]
    for wide in names[1:]:
        assert not wide & (names[0] | plain)
    assert not names[1] & names[2]


def test_no_processor_is_assumed() -> None:
    for file in (ROOT / "CMakeLists.txt", ROOT / "pyproject.toml", *(ROOT / "tools").glob("*")):
        assert "march=native" not in file.read_text(encoding="utf-8"), file.name


def test_constraints_are_names_and_versions_of_everything_required() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line) for line in pinned)
    names = {_plain(line.split("==")[0]) for line in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    required = project["build-system"]["requires"] + project["project"]["dependencies"]
    required += [name for names in extras.values() for name in names]
    assert {_plain(re.match(r"[A-Za-z0-9._-]+", name)[0]) for name in required} <= names  # type: ignore[index]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
