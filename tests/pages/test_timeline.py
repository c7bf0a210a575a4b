"""The timeline without a browser: what each step is sent is that step's, and the axes of the map hold still."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gpt import checkpoint, runs
from gpt.analysis import emergence
from gpt.config import GPTConfig, TrainConfig
from gpt.runs import RunError, control
from gpt.runs.create import Asked
from pages.ui import cache
from pages.ui.board import intro
from tests.support import shipped
from tests.support.visitor import clean, only_bundled, proto, tell, type_in, unpack, visit

PRACTICE = "has read Shakespeare letter by letter"
TEXT = "ROMEO:\nIs the day so young?"


@pytest.fixture(scope="module", autouse=True)
def without_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Only the bundled models."""
    with only_bundled(tmp_path_factory.mktemp("runs")):
        yield


def timeline(**link: str) -> AppTest:
    """A new visitor who opens the timeline first."""
    return visit("pages/train/timeline.py", **link)


def sent(app: AppTest, name: str = "timeline") -> dict[str, Any]:
    """What a component was sent as JSON."""
    return json.loads(proto(app, name).json)


def test_the_first_visit_shows_a_model_with_a_past() -> None:
    """Mini with all its steps, at the last of them, and the losses of its training."""
    app = timeline()
    told = sent(app)
    assert app.session_state["inputs"].model == "mini" and not app.info
    assert told["steps"] == list(shipped.shelved("mini").steps) and told["step"] == told["steps"][-1]
    assert len(told["losses"]) > 5 and all(len(line) == 3 for line in told["losses"])
    assert told["losses"][0][1] > told["losses"][-1][1]


def test_the_link_wins() -> None:
    """Whoever asks for a model gets it, even one that has kept a single step."""
    for name in ("mini", shipped.DEFAULT):
        app = timeline(model=name)
        assert app.session_state["inputs"].model == name
        assert sent(app)["steps"] == list(shipped.shelved(name).steps)


def test_every_step_is_its_own_on_the_same_axes() -> None:
    """Heads, logits and map are those of the engine at that step; low and high of the map never change."""
    app = type_in(timeline(), TEXT)
    steps, axes, places = shipped.shelved("mini").steps, set(), []
    for step in steps:
        tell(app, "timeline", slid=step)
        trace, T = shipped.inside(TEXT, "mini", step), len(TEXT)
        assert sent(app)["step"] == step and app.session_state["inputs"].step == step
        heads = unpack(proto(app, "heads").bytes)["pattern"]
        low = trace.pattern[..., *np.tril_indices(T)].numpy()  # (L, H, T (T + 1) / 2)
        assert np.abs(heads.reshape(low.shape) / 65535 - low).max() <= 4e-5
        logits = unpack(proto(app, "next").bytes)["logits"].reshape(T, -1)  # (T, V)
        assert np.abs(logits - trace.logits.numpy()).max() <= 1e-5
        drawn = unpack(proto(app, "map").bytes)
        axes.add((str(drawn["low"]), str(drawn["high"])))
        places.append(drawn["points"])
        assert sent(app, "sample")["step"] == step
    assert len(axes) == 1, axes
    assert all(not np.array_equal(a, b) for a, b in zip(places, places[1:], strict=False))


def test_the_sample_of_a_step_is_always_the_same() -> None:
    one, other = timeline(), timeline(prompt="something else")
    for step in shipped.shelved("mini").steps[::9]:
        texts = {sent(tell(app, "timeline", slid=step), "sample")["text"] for app in (one, other)}
        assert len(texts) == 1 and texts != {""}


def test_marks_are_at_kept_steps_and_name_their_head() -> None:
    app = type_in(timeline(), "abcabcabcabc\nROMEO: Romeo, Romeo, wherefore art thou Romeo?")
    told = sent(app)
    assert told["events"], "no head takes up a role on a text that repeats itself"
    for mark in told["events"]:
        assert mark["step"] in told["steps"]
        assert f"Layer {mark['layer'] + 1}, head {mark['head'] + 1}" in mark["text"]
    assert [mark["step"] for mark in told["events"]] == sorted(mark["step"] for mark in told["events"])


@pytest.mark.parametrize("text", ["", "€", "h"])
def test_hardly_any_text(text: str) -> None:
    """What holds over held-out texts stays, so that nothing jumps while one types."""
    app = timeline()
    before = sent(app)["events"]
    app = type_in(app, text)
    for step in shipped.shelved("mini").steps[::12]:
        tell(app, "timeline", slid=step)
    assert before and sent(app)["events"] == before


def test_one_kept_step() -> None:
    """What there is, what to do, and no sentence about roles that nobody could see come."""
    told = sent(timeline(model=shipped.DEFAULT))
    assert told["note"] == (
        "One kept step: nothing to slide. Train a model in the Studio, which keeps many, or choose mini."
    )
    assert told["steps"] == [5_000] and told["events"] == [] and not told["changing"]


def test_a_model_without_heads() -> None:
    """It says so, and shows no empty map."""
    app = timeline(model="lesson-2")
    assert sent(app)["note"] == emergence.NO_HEADS
    with pytest.raises(StopIteration):
        proto(app, "head")
    assert unpack(proto(app, "next").bytes)["logits"].size


def test_a_step_of_the_model_that_is_opened() -> None:
    """A link without a model names a step of the one that the page opens with."""
    app = timeline(step="346")
    assert (app.session_state["inputs"].model, app.session_state["inputs"].step) == ("mini", 346) and not app.info
    said = [note.value for note in timeline(step="100").info]
    assert len(said) == 1 and "nearest one kept is 107" in said[0]


def test_the_line_on_top_tells_no_step() -> None:
    """The slider moves without it, so it would soon be another's."""
    app = timeline(model="mini", step="346")
    assert app.markdown[0].value.replace("\\", "").strip("*") == f"A small network {PRACTICE}. {intro.TYPE}"


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("running", [True, False])
def test_a_run_that_has_kept_few_steps(
    kept: int, running: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an own text, of which no held-out pieces are here: marks are of the prompt, and keep their room."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    mini, run = shipped.shelved("mini"), runs.Run(tmp_path / "own")
    record = shipped.loaded("mini").record
    run.create({"id": "own", "name": "own", "model": record["model"], "train": record["train"], "corpus": "mine"})
    for step in (mini.steps[0], mini.steps[1], mini.steps[-1])[:kept]:
        loaded = checkpoint.load(mini.file(step))
        path = run.steps / mini.file(step).name
        checkpoint.save(path, loaded.model, loaded.tokenizer, step=step, record={**loaded.record, "corpus": "mine"})
    lock = run.hold() if running else None
    cache.forget_offered()
    try:
        app = type_in(timeline(model="own"), "abcabcabcabcabc ROMEO ROMEO ROMEO JULIET JULIET")
        told = sent(app)
    finally:
        if lock:
            lock.release()
    assert told["changing"] and len(told["steps"]) == kept
    if kept == 1:
        assert told["note"].startswith("One kept step so far: " if running else "One kept step: nothing to slide.")
    elif kept == 2:
        assert (
            told["note"]
            == "At the last kept step no head gives 40 % or more of its attention to one kind of place, on your text."
        )
    else:
        assert told["note"].startswith("▼: from this kept step on") and told["note"].endswith("on your text.")
        assert {mark["step"] for mark in told["events"]} == {mini.steps[-1]}
        assert sent(type_in(app, ""))["note"] == emergence.NO_TEXT
        assert sent(type_in(app, "ab"))["note"] == emergence.SHORT


@pytest.mark.parametrize("step", [None, -5, 10**30, "x", "९", [], {}, 1e400, True])
def test_a_step_that_is_none(step: object) -> None:
    """Whatever a browser tells: the nearest kept step, and the page goes on."""
    app = tell(timeline(), "timeline", slid=step)
    assert app.session_state["inputs"].step in shipped.shelved("mini").steps


@pytest.mark.parametrize("name", ["mini", shipped.DEFAULT])
def test_a_bundled_model_is_trained_further(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of one's own from the weights of the step that is shown, with the same text and recipe, in the studio."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path))
    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 2_000_000_000)
    monkeypatch.setattr("gpt.runs.queue.spawn", lambda run: False)
    entry = shipped.shelved(name)
    step = entry.steps[len(entry.steps) // 2]
    app = timeline(model=name, step=str(step))
    clean(app.button(key="further").click().run())
    (status,) = runs.listing()
    assert (status.name, status.parent, status.parent_step) == (f"{name}, from step {step:,}", name, step)
    assert (runs.find(status.id).folder / "start.safetensors").read_bytes() == entry.file(step).read_bytes()
    record = shipped.loaded(name, step).record
    train = {**TrainConfig.from_json(record["train"]).to_json(), "precision": "auto"}  # in what suits this machine
    model = GPTConfig.from_json(record["model"]).to_json()  # an older file does not name what is newer
    assert (status.model, status.train, status.corpus) == (model, train, record["corpus"])
    assert status.owner == app.session_state["owner"]
    assert "is waiting" in sent(app, "progress")["sentence"]
    assert [row["about"] for row in sent(app, "runs")["rows"]] == [f"{name} at step {step:,}: unchanged"]


def test_only_what_is_bundled_can_be_named() -> None:
    for name, step in (("mini", 5), ("mini", -1), ("none", 0), ("../mini", 0)):
        with pytest.raises(RunError, match="bundled model"):
            control.fork_bundled(name, step, {}, Asked("mine", "me", ""))
    with pytest.raises(RunError, match="knows no '0'"):
        control.fork_bundled("mini", 0, {}, Asked("mine", "me", ""), corpus="numbers", text="0123456789" * 200)
    assert not runs.listing()
