from __future__ import annotations

import os
import subprocess
import sys

import pytest

from matinee.errors import ConfigError
from matinee.kernels.isa import instruction_set, instruction_sets, use_instruction_set
from tests.support.arrays import running


def test_widest_is_the_default_and_every_processor_has_the_baseline() -> None:
    assert instruction_sets()[0] == "baseline"
    assert instruction_set() == instruction_sets()[-1]


@pytest.mark.parametrize("name", instruction_sets())
def test_each_can_be_chosen(name: str) -> None:
    with running(name):
        assert instruction_set() == name


def test_unknown_one_is_refused_and_the_choice_stays() -> None:
    before = instruction_set()
    with pytest.raises(ConfigError, match="instruction set: found 'sse9'; this processor runs baseline"):
        use_instruction_set("sse9")
    assert instruction_set() == before


def run_with(name: str) -> subprocess.CompletedProcess[str]:
    program = "from matinee.kernels.isa import instruction_set as now; print(now())"
    environment = {**os.environ, "MATINEE_INSTRUCTION_SET": name}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)


def test_environment_chooses_at_import() -> None:
    assert run_with("baseline").stdout.strip() == "baseline"
    assert "ConfigError: instruction set: found 'nonsense'" in run_with("nonsense").stderr
