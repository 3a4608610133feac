"""A machine that lacks something is told so in one sentence, by the script that `make` runs first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLD_PYTHON = 'case "$2" in *print*) echo 3.9;; *"3, 11"*) exit 1;; esac'
BARE_PYTHON = 'case "$2" in *print*) echo 3.12;; *ensurepip*) exit 1;; esac'
HEADLESS_PYTHON = 'case "$2" in *print*) echo 3.12;; *Python.h*) exit 1;; esac'
GOOD_PYTHON = 'case "$2" in *print*) echo 3.12;; esac'
OLD_COMPILER = 'if [ "$1" = --version ]; then echo "g++ 7.5.0"; else echo "error: unknown -std" >&2; exit 1; fi'
TOOLS = ("sh", "mktemp", "cat", "rm", "head", "grep")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make and sh are not there")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH with a shell's own tools and nothing else."""
    for tool in TOOLS:
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def put(machine: Path, name: str, script: str) -> None:
    file = machine / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def preflight(machine: Path, python: str = "python3", **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(machine / "sh"), str(ROOT / "tools" / "preflight.sh"), python]
    return subprocess.run(
        command, env={"PATH": str(machine)} | environment, capture_output=True, text=True, check=False
    )


def refusal(machine: Path, python: str = "python3", **environment: str) -> str:
    """The one line it stops with."""
    result = preflight(machine, python, **environment)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_no_python(machine: Path) -> None:
    line = refusal(machine)
    assert line.startswith("Matinee: found no 'python3' on the PATH; Python 3.11 or later is needed; install it")
    assert line.endswith("PYTHON=python3.12 make demo")


def test_old_python_and_a_newer_one_beside_it(machine: Path) -> None:
    put(machine, "python3", OLD_PYTHON)
    put(machine, "python3.13", "exit 0")
    line = refusal(machine)
    assert line == (
        "Matinee: found Python 3.9 (python3); 3.11 or later is needed; install one and name it: "
        "PYTHON=python3.13 make demo"
    )


def test_python_that_does_not_run(machine: Path) -> None:
    put(machine, "python3", "echo 'not set up' >&2; exit 127")
    assert "found 'python3', but it does not run; Python 3.11 or later is needed" in refusal(machine)


def test_python_without_venv(machine: Path) -> None:
    put(machine, "python3", BARE_PYTHON)
    assert "without its venv and ensurepip modules" in refusal(machine)
    assert "apt install python3.12-venv" in refusal(machine)


def test_python_without_headers(machine: Path) -> None:
    put(machine, "python3", HEADLESS_PYTHON)
    assert "without its headers (Python.h)" in refusal(machine)


def test_no_compiler(machine: Path) -> None:
    put(machine, "python3", GOOD_PYTHON)
    line = refusal(machine)
    assert line.startswith("Matinee: found no C++ compiler (looked for c++, g++ and clang++); GCC 11 or later")
    assert "apt install g++" in line


def test_named_compiler_is_not_there(machine: Path) -> None:
    put(machine, "python3", GOOD_PYTHON)
    put(machine, "c++", "exit 0")
    assert "(looked for clang++-19)" in refusal(machine, CXX="clang++-19")


def test_old_compiler(machine: Path) -> None:
    put(machine, "python3", GOOD_PYTHON)
    put(machine, "g++", OLD_COMPILER)
    line = refusal(machine)
    assert "found g++ 7.5.0 (g++), which does not build a small C++20 program (error: unknown -std)" in line


def test_this_machine_passes(machine: Path) -> None:
    """Whoever runs these tests has compiled the kernels, or could have."""
    if not shutil.which("c++"):
        pytest.skip("no compiler here")
    result = preflight(machine, sys.executable, PATH=os.environ["PATH"])
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_no_network_is_said_in_one_sentence(tmp_path: Path) -> None:
    """A pip that cannot connect, played by a script."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    put(bin_folder, "python", "echo 'Failed to establish a new connection: [Errno 111] Connection refused'; exit 1")
    command = ["sh", str(ROOT / "tools" / "install.sh"), str(bin_folder / "python"), "."]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Matinee: the package registry could not be reached (Failed to establish); a connection is")
    assert line.endswith(f"the whole log is {tmp_path / 'install.log'}")
