"""What is made of R-hats and effective draws of many predictions."""

from __future__ import annotations

import pytest

from matinee.models.bayesian.convergence import Convergence

TWENTY = {
    f"prediction {at + 1}": {"mean": 3.0, "sd": 0.5, "rhat": 1.0 + at / 100, "bulk": 200.0 - 10 * at, "tail": 9.0}
    for at in range(20)
}
OTHERS = {"noise": {"mean": 1.0, "sd": 1.0, "rhat": 3.0, "bulk": 2.0, "tail": 2.0}}


def told(quantities: dict[str, dict[str, float | None]]) -> Convergence:
    return Convergence.from_dict({"chains": 1, "draws": 300, "quantities": quantities})


def test_nine_predictions_in_ten_are_judged_by() -> None:
    found = told(OTHERS | TWENTY)
    assert (found.worst, found.least) == (pytest.approx(1.17), 30.0)
    assert not found.converged


@pytest.mark.parametrize(("over", "converged"), [(2, True), (3, False)])
def test_one_in_ten_may_be_over_the_limit(over: int, converged: bool) -> None:
    good = {name: one | {"rhat": 1.2 if at < over else 1.05} for at, (name, one) in enumerate(TWENTY.items())}
    assert told(good).converged is converged


def test_order_does_not_matter_and_what_is_not_known_does_not_count() -> None:
    unknown = {"prediction 21": {"mean": 3.0, "sd": 0.0, "rhat": None, "bulk": None, "tail": None}}
    found = told(dict(reversed(TWENTY.items())) | unknown)
    assert (found.worst, found.least) == (pytest.approx(1.17), 30.0)
    assert (told(unknown).worst, told(unknown).least, told(OTHERS).worst) == (None, None, None)


def test_a_table_shows_everything_else_and_the_six_that_agree_least() -> None:
    names = [one.name for one in told(OTHERS | TWENTY).shown]
    assert names == ["noise", *(f"prediction {at}" for at in range(15, 21))]


def test_chance_is_the_root_mean_square_of_standard_errors() -> None:
    two = {"prediction 1": TWENTY["prediction 1"], "prediction 2": TWENTY["prediction 1"] | {"sd": 1.0, "bulk": 50.0}}
    assert told(two).chance == pytest.approx(((0.25 / 200 + 1 / 50) / 2) ** 0.5)
