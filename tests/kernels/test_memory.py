"""What there is to work in: the machine's memory, or a container's limit."""

from __future__ import annotations

import pytest

from matinee.kernels import memory


def test_it_is_the_machines_where_nothing_limits_it(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "absent")
    whole = memory.available_memory()
    assert whole > 1 << 28
    (tmp_path / "limit").write_text("max\n")
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "limit")
    assert memory.available_memory() == whole


@pytest.mark.parametrize("limit", [1 << 20, 1 << 62])
def test_a_containers_limit_counts_where_it_is_lower(limit, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "absent")
    whole = memory.available_memory()
    (tmp_path / "limit").write_text(f"{limit}\n")
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "limit")
    assert memory.available_memory() == min(whole, limit)
