"""The name of a step's file is written and read in one place, and sorted by step."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.config import TrainConfig
from gpt.storage.step_files import MAX_STEP, step_files, step_name, step_of


@given(st.integers(0, MAX_STEP))
def test_a_step_comes_back_from_its_name(step: int) -> None:
    assert step_of(step_name(step)) == step


def test_every_step_of_a_training_has_a_name() -> None:
    assert TrainConfig.settings()["steps"].high == MAX_STEP


@pytest.mark.parametrize(
    "name",
    ["", "step-1.safetensors", "step-0000001.safetensors", "step-000001.safetensors\n", "step-10000001.safetensors"]
    + ["step-99999999.safetensors", "step--00001.safetensors", "step-000001.bin", "a/step-000001.safetensors"]
    + ["step-\u0661\u0661\u0661\u0661\u0661\u0661.safetensors"],  # digits, but no ASCII ones
)
def test_other_names_are_of_no_step(name: str) -> None:
    assert step_of(name) is None


def test_by_step_also_beyond_six_digits(tmp_path: Path) -> None:
    steps = [5, 999_999, 1_000_000, 10_000_000]
    for step in reversed(steps):
        (tmp_path / step_name(step)).write_bytes(b"")
    (tmp_path / "step-best.safetensors").write_bytes(b"")
    assert step_files(tmp_path) == [(step, tmp_path / step_name(step)) for step in steps]
    assert step_files(tmp_path / "none") == []
