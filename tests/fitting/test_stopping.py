"""Ctrl-C: the first one is noted, the second one ends at once; in processes of their own, with real signals."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from matinee.fitting.stopping import Stop, stopping

ROOT = Path(__file__).parents[2]

ONE = """
import os, signal
from matinee.fitting.loop import train
from matinee.fitting.stopping import stopping
from tests.support.creeping import Scripted

def press(number):
    if number in {presses}:
        os.kill(os.getpid(), signal.SIGINT)
        print("pressed", number, flush=True)

with stopping(None, lambda: print("told")) as stop:
    run = train(Scripted((0.5, 0.4, 0.3, 0.2), before=press), 4, stop, lambda share, what: None)
print(run.ended, run.best, len(run.steps))
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""


def child(presses: set[int]) -> subprocess.CompletedProcess[str]:
    program = ONE.format(presses=presses)
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_first_ctrl_c_ends_it_after_the_running_sweep() -> None:
    done = child({2})
    assert done.stdout.splitlines() == ["told", "pressed 2", "interrupted 2 2"], done.stderr
    assert done.returncode == 0


def test_the_second_ctrl_c_raises_at_once() -> None:
    program = ONE.format(presses="{2}").replace(
        'print("pressed", number, flush=True)', "os.kill(os.getpid(), signal.SIGINT); print('never')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "told\n"
    assert done.stderr.strip().endswith("KeyboardInterrupt")
    assert done.returncode == -signal.SIGINT


def test_without_ctrl_c_all_sweeps_are_made() -> None:
    assert child(set()).stdout == "all sweeps 4 4\n"


def test_the_handler_is_restored_after_the_second_ctrl_c() -> None:
    def press_twice() -> None:
        with stopping(None):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        press_twice()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_elsewhere_than_in_the_main_thread_nothing_is_installed() -> None:
    seen: list[object] = []

    def work() -> None:
        with stopping(None) as stop:
            seen.extend([signal.getsignal(signal.SIGINT), stop.reason])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler, None]


def test_who_has_a_handler_of_their_own_keeps_it() -> None:
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    try:
        with stopping(None) as stop:
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.reason is None
    finally:
        signal.signal(signal.SIGINT, before)
    assert pressed == [signal.SIGINT]


def test_what_stops_the_whole_stops_its_parts() -> None:
    with stopping(None) as whole:
        with stopping(100.0) as part:
            assert part.reason is None
            os.kill(os.getpid(), signal.SIGINT)
            assert (part.reason, whole.reason) == ("interrupted", "interrupted")
        with stopping(None) as next_part:
            assert next_part.reason == "interrupted"
    with stopping(None) as other:
        assert other.reason is None


def test_reasons() -> None:
    assert Stop(math.inf).reason is None
    assert Stop(time.monotonic() - 1).reason == "time limit"
    assert Stop(time.monotonic() - 1, interrupted=True).reason == "interrupted"
    before = time.monotonic()
    with stopping(100.0) as stop:
        assert before + 100 <= stop.deadline <= time.monotonic() + 100
