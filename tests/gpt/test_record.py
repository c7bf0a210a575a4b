"""How a model was trained is read as from a stranger: what stays is valid JSON and what it should be."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt import bundled, checkpoint
from gpt.record import clean, plain
from tests.support.hostile import small, with_notes

GOOD = {"step": 3, "train": 2.5, "val": 2.75, "seconds": 1.5}
TEXT = st.text("aü0\ud800", max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT, lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(TEXT | st.sampled_from(("losses", "step", "train", "val")), inner, max_size=4),
)  # fmt: skip
NAMES = st.sampled_from(("losses", "model", "train", "corpus", "seconds", "torch", "threads", "val_loss", "new"))


@pytest.mark.parametrize(
    ("losses", "kept"),
    [
        ([GOOD], [GOOD]),
        ([{**GOOD, "note": 1}], [GOOD]),
        ([{**GOOD, "seconds": "long"}], [{"step": 3, "train": 2.5, "val": 2.75}]),
        ("words", None),
        (None, None),
        ({"0": GOOD}, None),
        (["word", None, 3.0, [GOOD]], []),
        ([{**GOOD, "train": math.nan}, {**GOOD, "val": None}, {**GOOD, "val": "2"}, {**GOOD, "val": 1e300}], []),
        ([{**GOOD, "step": True}, {**GOOD, "step": "3"}, {**GOOD, "step": -1}, {**GOOD, "step": 10**9}], []),
        ([{"step": 3, "val": 2.0}], []),
        ([GOOD, GOOD, {**GOOD, "step": 1}, {**GOOD, "step": 4}], [GOOD, {**GOOD, "step": 4}]),
    ],
)
def test_of_the_losses_what_is_no_evaluation_is_left_out(losses: Any, kept: Any) -> None:
    assert clean({"losses": losses}) == ({} if kept is None else {"losses": kept})


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"model": None, "train": "adamw", "corpus": 3, "seconds": "1", "threads": None}, {}),
        ({"model": {"n_layer": 2, "deep": {}}, "train": [1]}, {}),
        ({"model": {"n_layer": 2}, "train": {"lr": math.inf}}, {"model": {"n_layer": 2}}),
        ({"corpus": "half \ud800", "torch": "x" * 10_001, "cpu": "AVX2"}, {"cpu": "AVX2"}),
        ({"new": [1, {"a": None}], "odd": math.nan, "far": 10**400, "\udc00": 1}, {"new": [1, {"a": None}]}),
    ],
)
def test_what_does_not_fit_is_left_out(values: dict[str, Any], kept: dict[str, Any]) -> None:
    assert clean(values) == kept


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_whatever_is_there_becomes_json_that_every_browser_reads(values: dict[str, Any]) -> None:
    kept = clean(values)
    assert clean(kept) == kept and set(kept) <= set(values)
    assert json.loads(json.dumps(kept, allow_nan=False).encode()) == kept
    lines = kept.get("losses", [])
    assert all(type(line["step"]) is int and plain(line["train"] + line["val"]) for line in lines)


def test_a_files_record_is_clean() -> None:
    read = checkpoint.loads(with_notes(record=json.dumps({"losses": [GOOD, {"step": 9, "val": math.nan}], "model": 3})))
    assert read.record == {"losses": [GOOD]}
    assert checkpoint.loads(small(record={"losses": [GOOD], "seconds": math.nan})).record == {"losses": [GOOD]}


def test_nothing_is_left_out_of_what_a_training_wrote() -> None:
    for shelved in bundled.bundled():
        loaded = checkpoint.load(shelved.last)
        assert loaded.record == json.loads(checkpoint.read_header(shelved.last.read_bytes())[0]["record"])
        assert loaded.record["losses"][-1]["step"] == loaded.step
