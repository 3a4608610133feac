"""A run that was cut short and goes on gives, to the last bit, what it would have given at once."""

from __future__ import annotations

import json
import signal
from dataclasses import replace

import numpy as np
import pytest

from matinee.data.scale import Scale
from matinee.errors import ConfigError
from matinee.fitting.options import RunOptions, Saved
from matinee.models.als import ALS
from matinee.models.bayesian.chain.chain import Chain
from matinee.models.bayesian.model import Bayesian
from matinee.models.bayesian.run import resume
from matinee.models.bayesian.run.state import restore, state_of
from matinee.models.registry import MODELS
from matinee.store.payloads import decode_arrays, encode_arrays
from tests.support.chains import a_chain
from tests.support.planted import planted, with_times
from tests.support.stored import arrays, numbers

CONFIG = Bayesian(rank=3, draws=40, burn_in=10, user_features=8, item_features=8)
PROBIT = {"likelihood": "ordered-probit", "chains": 2}
TOLD = ("convergence", "posterior_traces", "noise", "noise_interval", "compression_error", "draws_kept", "user_prior")


class Memory:
    """A checkpoint that goes the way of one on the disk."""

    place = "memory"

    def __init__(self) -> None:
        self.content: tuple[str, bytes] | None = None
        self.saves = 0

    def load(self) -> Saved | None:
        return None if self.content is None else Saved(json.loads(self.content[0]), decode_arrays(self.content[1]))

    def save(self, saved: Saved) -> None:
        self.content, self.saves = (
            (json.dumps(saved.values, allow_nan=False), encode_arrays(saved.arrays)),
            self.saves + 1,
        )


class KilledError(Exception):
    """Stands for the end of the process."""


def dying(at: int):
    """A progress that ends the process during draw ``at``."""

    def progress(task: str, share: float) -> None:
        if f"draw {at}," in task:
            raise KilledError

    return progress


def options(checkpoint=None, **how) -> RunOptions:
    return RunOptions(intervals=False, checkpoint=checkpoint, **how)


def same(one, other) -> None:
    ours, theirs = arrays(one.scorer), arrays(other.scorer)
    assert ours.keys() == theirs.keys() >= {"user_bias", "item_factors", "user_variance", "user_prior.pull"}
    for name, content in ours.items():
        np.testing.assert_array_equal(content, theirs[name], err_msg=name)
    assert numbers(one.scorer) == numbers(other.scorer)
    details = [fitted.report.to_dict() for fitted in (one, other)]
    assert {name: details[0][name] for name in TOLD} == {name: details[1][name] for name in TOLD}
    errors = [[step["objective"] for step in told["trace"]] for told in details]
    assert errors[0] == errors[1]


def tables():
    ratings = planted(60, 40, 0.4)
    return {"plain": ratings, "with times": with_times(ratings)}


@pytest.mark.parametrize("table", ["plain", "with times"])
@pytest.mark.parametrize(
    "change", [{}, {"chains": 3}, {"noise": "equal"}, {"user_features": 0}, {"thinning": 3}, PROBIT]
)
@pytest.mark.parametrize("at", [4, 33])
def test_killed_and_gone_on_it_is_as_never_killed(table, change, at, monkeypatch) -> None:
    """In burn-in and after it; saved after every draw, so that what is lost is the draw at which it died."""
    monkeypatch.setattr(resume, "_EVERY", 0.0)
    monkeypatch.setattr(resume, "_SHARE", 0.0)
    ratings, config, memory = tables()[table], replace(CONFIG, **change), Memory()
    with pytest.raises(KilledError):
        config.fit(ratings, options(memory, progress=dying(at)))
    assert memory.saves == at - 1
    model = config.fit(ratings, options(memory, threads=2))
    assert model.report.to_dict()["resumed"] == at - 1
    same(model, config.fit(ratings, options(threads=1)))


def test_more_draws_later_are_as_many_at_once() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    config = replace(CONFIG, chains=2)
    replace(config, draws=20).fit(ratings, options(memory))
    same(config.fit(ratings, options(memory)), config.fit(ratings, options()))


def test_a_time_limit_in_burn_in_keeps_a_draw_that_a_longer_run_does_not() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    short = CONFIG.fit(ratings, options(memory, time_limit=1e-9))
    assert short.report.to_dict()["draws_kept"] == 1
    assert short.report.to_dict()["ended"] == "time limit"
    same(CONFIG.fit(ratings, options(memory)), CONFIG.fit(ratings, options()))


def test_one_that_is_complete_makes_no_more_draws_and_saves_nothing() -> None:
    ratings, memory, said = planted(60, 40, 0.4), Memory(), []
    model = CONFIG.fit(ratings, options(memory))
    assert memory.saves == 1
    again = CONFIG.fit(ratings, options(memory, progress=lambda task, share: said.append(task)))
    same(again, model)
    assert (memory.saves, said) == (1, [])


OTHER = {
    "rank": ({"rank": 4}, {}, "rank: found 3, here 4"),
    "chains": ({"chains": 2}, {}, "chains: found 1, here 2"),
    "burn-in": ({"burn_in": 9}, {}, "burn_in: found 10, here 9"),
    "noise": ({"noise": "equal"}, {}, "noise: found varying, here equal"),
    "seed": ({}, {"seed": 1}, "seed: found 0, here 1"),
    "fewer draws": ({"draws": 30}, {}, "more draws than asked for; found 50 with burn-in, allowed are at most 40"),
}


@pytest.mark.parametrize("case", OTHER)
def test_of_another_fit_it_is_refused_and_says_what_differs(case: str) -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    CONFIG.fit(ratings, options(memory))
    change, how, says = OTHER[case]
    with pytest.raises(ConfigError, match=says) as caught:
        replace(CONFIG, **change).fit(ratings, options(memory, **how))
    assert str(caught.value).startswith("memory: this checkpoint ")
    assert "take another directory to begin anew" in str(caught.value)


@pytest.mark.parametrize(
    ("what", "says"), [("version", "matinee: found .*, here 99"), ("name", "model: found bayesian, here another")]
)
def test_of_another_matinee_or_model_it_is_refused(what: str, says: str, monkeypatch) -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    CONFIG.fit(ratings, options(memory))
    if what == "version":
        monkeypatch.setattr("matinee.models.bayesian.run.resume.version", lambda _: "99")
    else:
        monkeypatch.setattr(Bayesian, "name", "another")
    with pytest.raises(ConfigError, match=says):
        CONFIG.fit(ratings, options(memory))


def test_of_other_ratings_it_is_refused() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    CONFIG.fit(ratings, options(memory))
    changed = ratings.value.copy()
    changed[7] = 5.5 - changed[7]
    for other, says in (
        (ratings.take(slice(1, None)), "ratings: found .*, here"),
        (replace(ratings, value=changed), "content of the ratings: found"),
        (with_times(ratings, mood=0.0), "content of the ratings: found"),
    ):
        with pytest.raises(ConfigError, match=says):
            CONFIG.fit(other, options(memory))


def test_with_thresholds_of_another_scale_it_is_refused() -> None:
    ratings, memory, config = planted(60, 40, 0.4), Memory(), replace(CONFIG, likelihood="ordered-probit")
    config.fit(ratings, options(memory))
    wider = Scale(ratings.scale.low, ratings.scale.high + 1.0, ratings.scale.step)
    with pytest.raises(ConfigError, match="content of the ratings: found"):
        config.fit(replace(ratings, scale=wider), options(memory))


def test_a_state_that_does_not_fit_is_refused() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    CONFIG.fit(ratings, options(memory))
    saved = memory.load()
    saved.values["state"]["chains"]["tuple"][0]["part"]["users"]["part"].pop("bias")
    memory.save(saved)
    with pytest.raises(ConfigError, match=r"the state of SampledSide does not fit; found .*'bias_mean'"):
        CONFIG.fit(ratings, options(memory))


def test_models_that_cannot_go_on_say_so() -> None:
    with pytest.raises(ConfigError, match="checkpoint: found memory; als cannot go on from one"):
        ALS(rank=2).fit(planted(30, 20, 0.4), options(Memory()))
    assert {name for name, model in MODELS.items() if model.resumes} == {"bayesian"}


def test_measuring_intervals_has_no_checkpoint() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()
    CONFIG.fit(ratings, RunOptions(checkpoint=memory))
    assert memory.saves == 1


@pytest.mark.parametrize(
    ("times", "periods", "levels"), [(False, 0, 0), (True, 0, 0), (True, 3, 0), (False, 0, 5), (True, 2, 5)]
)
def test_nothing_that_changes_is_forgotten(times: bool, periods: int, levels: int) -> None:
    """Of a chain that has been put back, every attribute of every part is as it was."""
    one, other = a_chain(1, times, periods, levels), a_chain(1, times, periods, levels)
    for _ in range(3):
        one.sweep()
    of_state: dict[str, np.ndarray] = {}
    state = json.loads(json.dumps(state_of(one, of_state)))
    restore(other, state, decode_arrays(encode_arrays(of_state)))
    assert _differing(one, other) == []
    one.sweep()
    assert _differing(one, other) != []
    other.sweep()
    assert _differing(one, other) == []


def _differing(one: object, other: object, name: str = "chain") -> list[str]:
    """Names of what is not equal, type and layout included."""
    if isinstance(one, np.ndarray):
        alike = np.array_equal(one, other) and one.dtype == other.dtype and one.strides == other.strides
        return [] if alike else [name]
    if isinstance(one, np.random.Generator):
        return [] if one.bit_generator.state == other.bit_generator.state else [name]
    if isinstance(one, list | tuple):
        pairs = zip(one, other, strict=True)
        return [found for at, pair in enumerate(pairs) for found in _differing(*pair, f"{name}.{at}")]
    if hasattr(one, "__dict__") and type(one).__module__.startswith("matinee"):
        parts = {own: part for own, part in vars(one).items() if own != "_scratch"}  # written before it is read
        return [
            found for own, part in parts.items() for found in _differing(part, getattr(other, own), f"{name}.{own}")
        ]
    return [] if type(one) is type(other) and one == other else [name]


def test_a_chain_is_what_is_tested() -> None:
    assert isinstance(a_chain(1, True), Chain)


def test_ctrl_c_saves_what_was_drawn() -> None:
    ratings, memory = planted(60, 40, 0.4), Memory()

    def pressing(task: str, share: float) -> None:
        if "draw 17," in task:
            signal.raise_signal(signal.SIGINT)

    model = CONFIG.fit(ratings, options(memory, progress=pressing))
    assert model.report.interrupted
    assert memory.load().values["drawn"] == 17
    same(CONFIG.fit(ratings, options(memory)), CONFIG.fit(ratings, options()))


def test_ctrl_c_in_the_last_draw_spares_the_fits_for_intervals() -> None:
    told: list[str] = []

    def pressing(task: str, share: float) -> None:
        told.append(task)
        if task.startswith(f"sampling: draw {CONFIG.burn_in + CONFIG.draws},"):
            signal.raise_signal(signal.SIGINT)

    model = CONFIG.fit(planted(60, 40, 0.4), RunOptions(progress=pressing))
    assert (model.report.interrupted, model.calibration) == (True, None)
    assert not any(task.startswith("intervals") for task in told)


def test_saving_is_once_a_minute_and_seldomer_where_it_takes_long(monkeypatch) -> None:
    """A clock that goes on by 10 seconds a draw, and by as much as saving takes while something is saved."""
    now = [0.0]
    monkeypatch.setattr(resume.time, "monotonic", lambda: now[0])
    for takes, expected in ((0.0, 9), (6.0, 5)):

        class Slow(Memory):
            def save(self, saved: Saved, takes: float = takes) -> None:
                now[0] += takes
                super().save(saved)

        def ticking(task: str, share: float) -> None:
            now[0] += 10.0

        memory = Slow()
        CONFIG.fit(planted(30, 20, 0.5), options(memory, progress=ticking))
        assert memory.saves == expected, takes
