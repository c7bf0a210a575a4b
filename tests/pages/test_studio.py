"""The studio without a browser: every wrong choice is one sentence, and no state of a run brings a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gpt import runs
from gpt.config import GPTConfig, TrainConfig
from gpt.runs import control
from tests.support import shipped
from tests.support.visitor import APP, clean, forget, proto, read_aloud, tell

STUDIO, PLAYGROUND = "pages/train/studio.py", "pages/explore/playground.py"
OTHER = "someoneelse0000000000"
MODEL = GPTConfig(block_size=8, n_layer=1, n_head=2, n_embd=8)
TRAIN = TrainConfig(steps=100, batch_size=2)
POEM = "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n" * 20


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, in which nothing ever starts."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 2_000_000_000)
    monkeypatch.setattr("gpt.runs.queue.spawn", lambda run: False)
    forget()
    yield tmp_path / "runs"
    forget()


def studio(**link: str) -> AppTest:
    """A new visitor who opens the studio first."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update(link)
    return clean(app.switch_page(STUDIO).run())


def warned(app: AppTest) -> str:
    """The one sentence that the page warns with."""
    clean(app)
    assert len(app.warning) == 1, [warning.value for warning in app.warning]
    return read_aloud(app.warning[0].value)


def sent(app: AppTest, name: str) -> dict[str, Any]:
    """What a component was sent as JSON."""
    return json.loads(proto(app, name).json)


def said(app: AppTest) -> str:
    """All sentences of the page."""
    return "\n".join(markdown.value for markdown in app.markdown)


def without_id(key: object) -> str:
    """A key without the id of the run that it belongs to."""
    return re.sub(r"-\d{8}-\d{4}-\w{4}$", "", str(key))


def disabled(app: AppTest) -> dict[str, bool]:
    """The buttons by key, and which cannot be pressed; those of the shown run without its id."""
    return {without_id(button.key): button.disabled for button in app.button}


def press(app: AppTest, key: str) -> AppTest:
    """Press a button of the page, or of the shown run."""
    (button,) = [button for button in app.button if without_id(button.key) == key]
    return clean(button.click().run())


def waiting(owner: str = OTHER, name: str = "theirs") -> str:
    """A run that waits for a slot."""
    return control.create(MODEL, TRAIN, "copy", name, owner, "")


def finished(owner: str = OTHER, name: str = "a gift") -> str:
    """A run with a kept step: the bundled model, uploaded."""
    return control.import_model(shipped.shelved("mini").last.read_bytes(), name, owner)


def test_before_the_first_run() -> None:
    """One sentence says what to do; the form shows a preset that can be started."""
    app = studio()
    assert "No run yet" in said(app)
    assert not disabled(app)["new-start"]
    diagram = sent(app, "diagram")
    shared, blocks = diagram["before"] + diagram["after"], 4 * diagram["block"]
    assert diagram["total"] == sum(box["parameters"] for box in shared + blocks) and "memory" in diagram["sentence"]


def test_every_preset_and_switch_redraws_the_diagram() -> None:
    app = studio()
    totals = set()
    for name in ("shakespeare", "race", "mini"):
        clean(app.segmented_control(key="new-preset").set_value(name).run())
        totals.add(sent(app, "diagram")["total"])
    assert len(totals) == 3
    clean(app.toggle(key="new-mini-feed_forward").set_value(False).run())
    assert [box["kind"] for box in sent(app, "diagram")["block"]] == ["norm", "attention", "join"]
    clean(app.number_input(key="new-mini-n_layer").set_value(1).run())
    assert sent(app, "diagram")["times"].startswith("block × 1, ")


def test_a_size_made_for_a_task_brings_its_text() -> None:
    """And takes it away again; any other text stays, whatever size is picked."""
    app = studio()
    for size, text in (("copy", "copy"), ("sort", "sort"), ("mini", "shakespeare")):
        clean(app.segmented_control(key="new-preset").set_value(size).run())
        assert app.selectbox(key="new-corpus").value == text
    app.selectbox(key="new-corpus").set_value("names").run()
    for size in ("race", "mini"):
        clean(app.segmented_control(key="new-preset").set_value(size).run())
        assert app.selectbox(key="new-corpus").value == "names"


def test_every_option_explains_itself() -> None:
    """Every field that the config offers has a widget with its label, its bounds or words, and its sentence."""
    app = studio()
    found: list[Any] = [one for kind in ("number_input", "selectbox", "toggle", "slider") for one in app.get(kind)]
    widgets = {str(one.key).removeprefix("new-mini-"): one for one in found if str(one.key).startswith("new-mini-")}
    offered = [one for kind in (GPTConfig, TrainConfig) for one in kind.settings().values() if one.in_form]
    assert widgets.keys() == {one.name for one in offered}
    for one in offered:
        widget = widgets[one.name]
        assert widget.label == one.label and widget.proto.help == f"`{one.name}` {one.explain()}"
        assert one.help in widget.proto.help
        if one.kind == "choice":
            assert widget.options == [f"{word} · {meaning}" for word, meaning in one.choices.items()]
        if one.step:
            assert (widget.min, widget.max) == (one.low, one.high)
    assert widgets["init_std"].label == "initial spread"


def test_a_switch_shows_in_the_diagram_and_in_its_words() -> None:
    app = studio()
    for field, off in (("attention_scale", "scores not divided by √D"), ("causal", "no mask: sees the future")):
        before = sent(app, "diagram")
        clean(app.toggle(key=f"new-mini-{field}").set_value(False).run())
        after = sent(app, "diagram")
        assert off in after["sentence"] and off not in before["sentence"]
        assert off in after["block"][1]["text"] and off not in before["block"][1]["text"]


BAD = {
    "heads that do not divide the width": ({"n_embd": 65, "n_head": 4}, "n_embd is 65.*n_head"),
    "no heads": ({"n_head": 0}, "n_head is 0"),
    "no steps": ({"steps": 0}, "steps is 0"),
    "no batch": ({"batch_size": 0}, "batch_size is 0"),
    "no rate": ({"lr": 0.0}, "lr is 0"),
    "no context": ({"block_size": 0}, "block_size is 0"),
    "a huge model": ({"n_layer": 96, "n_embd": 8192, "n_head": 64}, "needs about .*GB.*would fit"),
    "a huge batch": ({"batch_size": 65536}, "needs about .*GB.*batch_size .*would fit"),
}


@pytest.mark.parametrize(("values", "sentence"), BAD.values(), ids=BAD)
def test_a_form_that_cannot_work(values: dict[str, int | float], sentence: str) -> None:
    """One sentence names the field; Start waits; mending it makes Start work again."""
    app = studio()
    before = {name: app.number_input(key=f"new-mini-{name}").value for name in values}
    for name, value in values.items():
        app.number_input(key=f"new-mini-{name}").set_value(value)
    app.run()
    assert re.search(sentence, warned(app)), warned(app)
    assert disabled(app)["new-start"]
    for name, value in before.items():
        app.number_input(key=f"new-mini-{name}").set_value(value)
    assert not disabled(clean(app.run()))["new-start"] and not app.warning


def test_a_text_of_ones_own() -> None:
    """Nothing, too little, one letter, enough; what was chosen for the model stays while the text is missing."""
    app = studio()
    app.number_input(key="new-mini-n_layer").set_value(2).run()
    app.selectbox(key="new-corpus").set_value("my own text").run()
    assert "paste a text" in warned(app) and disabled(app)["new-start"]
    app.text_area(key="new-paste").set_value("aaaa").run()
    assert "only the character" in warned(app) and disabled(app)["new-start"]
    app.text_area(key="new-paste").set_value("To be, or not to be").run()
    assert "19 characters, but a context of 64" in warned(app) and disabled(app)["new-start"]
    app.text_area(key="new-paste").set_value(POEM).run()
    assert not clean(app).warning and not disabled(app)["new-start"]
    diagram = sent(app, "diagram")
    assert diagram["before"][0]["text"] == f"token vectors, {len(set(POEM))} × 64"
    assert diagram["times"].startswith("block × 2, ")


def test_an_uploaded_text() -> None:
    """UTF-16 with its mark is read; what is no text is refused."""
    app = studio()
    app.selectbox(key="new-corpus").set_value("my own text").run()
    file = app.file_uploader(key="new-file")
    file.set_value(("grüße.txt", POEM.encode("utf-16"), "text/plain")).run()
    assert not clean(app).warning and not disabled(app)["new-start"]
    app.file_uploader(key="new-file").set_value(("x.bin", bytes(2_000), "application/octet-stream")).run()
    assert "not text" in warned(app) and disabled(app)["new-start"]


def test_start_asks_for_what_the_form_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pasted text, the fields and this browser's token arrive at gpt.runs.control; a refusal is a sentence."""
    asked: list[Any] = []
    monkeypatch.setattr("gpt.runs.control.create", lambda *values, **more: asked.append((values, more)) or "none")
    app = studio()
    tell(app, "owner", token="thisbrowser000000000")  # noqa: S106 (it opens nothing)
    app.selectbox(key="new-corpus").set_value("my own text").run()
    app.text_area(key="new-paste").set_value(POEM).run()
    app.number_input(key="new-mini-steps").set_value(300)
    app.text_input(key="new-name").set_value("  mine  ").run()
    clean(app.button(key="new-start").click().run())
    (config, train, _, name, owner, request, text), more = asked[0]
    assert (config.n_layer, train.steps, name.strip(), owner, text) == (4, 300, "mine", "thisbrowser000000000", POEM)
    assert len(request) >= 16 and more == {"teacher": False}

    def full(*_: object, **__: object) -> str:
        raise OSError("The disk is full: free some space.")

    monkeypatch.setattr("gpt.runs.control.create", full)
    app.number_input(key="new-mini-steps").set_value(301).run()
    app.button(key="new-start").click().run()
    assert warned(app) == "The disk is full: free some space."


def test_two_clicks_one_after_the_other_start_one_run(home: Path) -> None:
    """The second click of a slow double click finds the page already redrawn."""
    app = studio()
    clean(app.button(key="new-start").click().run())
    clean(app.button(key="new-start").click().run())
    assert len(runs.listing()) == 1
    app.number_input(key="new-mini-seed").set_value(7).run()
    clean(app.button(key="new-start").click().run())
    assert len(runs.listing()) == 2


def test_three_of_one_person_are_too_many() -> None:
    app = studio()
    for seed in range(3):
        app.number_input(key="new-mini-seed").set_value(seed).run()
        app.button(key="new-start").click().run()
    assert "already have one training running and one waiting" in warned(app)
    assert len(runs.listing()) == 2


def test_the_teacher_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone else's run: to be watched and forked; with the server's code also stopped and deleted."""
    monkeypatch.setenv("NANOSCOPE_TEACHER", "chalk")
    run = waiting()
    app = studio()
    assert "Someone else started this run" in said(app)
    assert all(disabled(app)[key] for key in ("run-pause", "run-resume", "run-step", "run-stop", "run-delete"))
    clean(app.text_input(key="teacher-code").set_value("cheese").run())
    assert disabled(app)["run-stop"]
    clean(app.text_input(key="teacher-code").set_value("chalk").run())
    assert not disabled(app)["run-stop"] and "Someone else" not in said(app)
    press(app, "run-stop")
    assert runs.status_of(run).state == "stopped"
    press(app, "run-delete")
    assert runs.listing(), "deleted without a question"
    press(app, "delete-sure")
    assert not runs.listing() and "No run yet" in said(app)


@pytest.mark.parametrize("code", ["", "é", "x" * 500])
def test_no_code_no_teacher(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Without a code on the server nobody is the teacher; an odd code is just wrong."""
    waiting()
    for server in ("", "chalk"):
        monkeypatch.setenv("NANOSCOPE_TEACHER", server)
        app = studio()
        app.session_state["teacher-code"] = code
        assert disabled(clean(app.run()))["run-stop"]
