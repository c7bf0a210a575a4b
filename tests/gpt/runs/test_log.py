"""A log is read field by field: what a training wrote comes back, what it could not have written counts as damaged."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt.runs import log
from gpt.runs.log import CONTROLS, EVENTS, LINES, STATE_AFTER, STATES, Damaged, End, Eval, Kind, Line, Reading, Train
from gpt.storage import jsonl

GOOD: list[dict[str, Any]] = [
    {"kind": "train", "step": 3, "loss": 2.5, "rate": 1.0, "lr": 0.003, "muon_lr": 0.02, "grad_norm": 0.5}
    | {"tokens_per_second": 12_000, "seconds": 0.25},
    {"kind": "eval", "step": 3, "train": 2.5, "val": 2.75, "seconds": 0.25},
    {"kind": "sample", "step": 3, "text": "ROMEO:\n\u2028"},
    {"kind": "snapshot", "step": 3, "file": "step-000003.safetensors"},
    {"kind": "state", "step": 3},
    {"kind": "resumed", "step": 3, "differs": "", "message": ""},
    {"kind": "paused", "step": 3, "message": "Paused at step 3."},
    {"kind": "stopped", "step": 3, "message": "Stopped at step 3."},
    {"kind": "failed", "step": 3, "message": "It ran out of memory."},
    {"kind": "end", "step": 3},
]
JUNK = [None, True, -1, 1.5, "3", [], {}, math.nan, math.inf, 10**400, "half \ud800", "x" * 30_000, [[]] * 9]
FINITE = ("loss", "rate", "lr", "muon_lr", "grad_norm", "train", "val")  # what may be any finite number


def test_every_kind_and_state_has_its_place() -> None:
    assert list(LINES) == list(get_args(Kind)) == [line["kind"] for line in GOOD]
    assert {event.kind for event in EVENTS} == set(STATE_AFTER) and set(STATE_AFTER.values()) <= set(STATES)
    assert CONTROLS == ("pause", "stop") and len(set(STATES)) == 8


@pytest.mark.parametrize("values", GOOD, ids=lambda values: values["kind"])
def test_a_line_comes_back_as_it_was_written(values: dict[str, Any]) -> None:
    line = log.parse(values)
    assert isinstance(line, LINES[values["kind"]])
    assert list(line.to_json().items()) == list(values.items()), "the same fields in the same order"


@pytest.mark.parametrize("values", GOOD, ids=lambda values: values["kind"])
def test_a_field_that_is_not_what_it_should_be_damages_its_line_alone(values: dict[str, Any]) -> None:
    for name in values:
        for junk in JUNK:
            if junk is None and name not in ("kind", "step", "text", "file", "message", "differs"):
                continue  # a number that was none when it was written
            if junk == 1.5 and name in (*FINITE, "seconds"):
                continue
            if name in ("text", "message", "differs") and junk == "3":
                continue
            if junk == -1 and name in FINITE:
                continue  # finite, and on a chart no harm
            lines, damaged = log.parse_all([values, {**values, name: junk}, values])
            ignored = name == "kind" and junk == "3"
            assert (len(lines), damaged) == (2, 0 if ignored else 1), (name, junk)


def test_what_other_versions_write_is_read_or_ignored() -> None:
    assert log.parse({"kind": "entropy", "step": "later"}) is None
    assert log.parse({"kind": "train", "step": 3, "entropy": []}) == Train(3)
    for values in ({}, {"step": 3}, {"kind": "train"}, {"kind": "sample", "step": 3}, {"kind": ["train"], "step": 3}):
        with pytest.raises(Damaged):
            log.parse(values)


def test_numbers_that_are_none_come_back_as_none() -> None:
    line = Eval(5, train=2.0, val=math.nan)
    assert log.parse({**line.to_json(), "val": None}) == Eval(5, train=2.0)


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text("a0 \ud800", max_size=4) | st.just([])
NAMES = st.sampled_from(("kind", "step", "loss", "train", "val", "seconds", "text", "file", "message", "x"))


@given(st.dictionaries(NAMES, VALUES | st.sampled_from(get_args(Kind)), max_size=8))
def test_any_object_is_a_line_or_damaged(values: dict[str, Any]) -> None:
    (lines, damaged) = log.parse_all([values])
    assert len(lines) + damaged <= 1 and all(isinstance(line, Line) for line in lines)
    for line in lines:
        assert log.parse(json.loads(json.dumps(line.to_json(), allow_nan=False))) == line


def test_only_both_ends_of_a_very_long_log_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MOST", 2_000)
    path = tmp_path / "metrics.jsonl"
    for step in range(300):
        jsonl.append(path, json.dumps({"kind": "eval", "step": step}).encode() + b"\n")
    first = log.tail(path)
    steps = [line.step for line in first.lines]
    early = next(place for place, step in enumerate(steps) if step != place)
    assert steps[:early] == list(range(early)) and steps[early:] == list(range(steps[early], 300))
    assert 20 < early < 40 and 40 < len(steps) < 80 and first.damaged == 0
    jsonl.append(path, b'{"kind": "end", "step": 300}\n')
    assert log.tail(path, first.mark).lines == (End(300),)


def test_a_line_without_an_end_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is what follows in it taken for a line, also when the log is read on amid it."""
    monkeypatch.setattr(jsonl, "LONGEST", 200)
    path, end = tmp_path / "metrics.jsonl", b'{"kind": "end", "step": 1}\n'
    path.write_bytes(end + b"x" * 500)
    one = log.tail(path)
    assert one.lines == (End(1),) and one.damaged == 1 and one.mark[1] == len(end) + 500
    with path.open("ab") as file:
        file.write(end)  # the rest of the long line, though it looks like one
    two = log.tail(path, one.mark)
    assert two.lines == () and not two.again
    with path.open("ab") as file:
        file.write(end)
    assert log.tail(path, two.mark).lines == (End(1),)
    assert [values for _, values in jsonl.raw_lines(path)] == [{"kind": "end", "step": 1}] * 2


@pytest.mark.parametrize(
    "values",
    [None, [], "text", {}, {"step": 1, "text": 3, "loss": []}, {"step": 1, "text": "ab", "loss": [1.0]}]
    + [{"step": "1", "text": "ab", "loss": [None, 1.0]}, {"step": 1, "text": "ab", "loss": [None, "1"]}]
    + [{"step": 1, "text": "ab", "loss": [None, math.nan]}, {"step": 1, "text": "a\ud800", "loss": [None, 1.0]}]
    + [{"step": 1, "text": "ab", "tokens": "ab", "loss": [None, 1.0]}]
    + [{"step": 1, "text": "ab", "tokens": ["a", 2], "loss": [None, 1.0]}],
)
def test_a_reading_that_is_none(values: object) -> None:
    with pytest.raises(Damaged):
        Reading.from_json(values)


def test_a_reading_comes_back() -> None:
    reading = Reading(4, "ab", ("a", "b"), (None, 1.25))
    assert Reading.from_json(json.loads(json.dumps(reading.to_json()))) == reading
    assert Reading.from_json({"step": 4, "text": "ab", "loss": [None, 1.25]}) == reading
