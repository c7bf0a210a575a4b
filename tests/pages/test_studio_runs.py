"""The studio's runs without a browser: any state of a run is shown, and what others do to it is one sentence."""

from __future__ import annotations

import errno
import json
from typing import Any

import pytest

from gpt import runs
from gpt.runs import control
from gpt.storage import jsonl
from pages.ui import cache
from tests.pages.test_studio import (
    OTHER,
    PLAYGROUND,
    STUDIO,
    disabled,
    finished,
    home,  # noqa: F401 - keeps every test in a folder of its own
    press,
    said,
    sent,
    studio,
    waiting,
    warned,
)
from tests.support import shipped
from tests.support.visitor import clean


def lines(step: int) -> list[dict[str, Any]]:
    """What a trainer logs."""
    numbers = {"rate": 1.0, "lr": 0.003, "grad_norm": 1.0, "tokens_per_second": 1000, "seconds": step / 10}
    return [
        {"kind": "train", "step": step, "loss": 3.0, **numbers},
        {"kind": "eval", "step": step, "train": 2.9, "val": 2.95, "seconds": step / 10},
        {"kind": "sample", "step": step, "text": "ROMEO:\n<b>\u2028"},
    ]


LAST_WORDS: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "done": [*lines(0), *lines(100), {"kind": "end", "step": 100}],
    "paused": [*lines(0), *lines(50), {"kind": "paused", "step": 50, "message": "Paused."}],
    "failed": [*lines(10), {"kind": "failed", "step": 12, "message": "The loss is not a number: take a smaller lr."}],
    "no number": [{**lines(5)[0], "loss": None, "grad_norm": None, "tokens_per_second": 0}],
}


@pytest.mark.parametrize("running", [True, False], ids=["running", "at rest"])
@pytest.mark.parametrize("logged", LAST_WORDS.values(), ids=LAST_WORDS)
def test_any_state_of_a_run_is_shown(logged: list[dict[str, Any]], running: bool) -> None:
    """Its curves, batch, samples and buttons, without a traceback."""
    name = waiting()
    run = runs.find(name)
    (run.folder / "queued").unlink()
    for line in logged:
        jsonl.append(run.metrics, json.dumps(line).encode() + b"\n")
    with run.metrics.open("ab") as log:
        log.write(b'{"kind": "train", "st')  # a line that is being written now
    (run.folder / "batch.json").write_text(json.dumps({"step": 5, "text": "ab", "loss": [None, 2.0]}))
    lock = run.hold() if running else None
    try:
        app = studio()
    finally:
        if lock:
            lock.release()
    assert ("is training" in sent(app, "progress")["sentence"]) == running
    assert sent(app, "curves")["runs"][0]["name"] == "theirs"
    assert sent(app, "batch")["text"] == "ab"


def test_a_run_that_goes_while_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone deletes it between the list and the log: the page shows what is left at its next look."""
    waiting(name="stays")
    gone = waiting(OTHER + "1", name="goes")
    listed = runs.listing()
    control.delete(gone, OTHER + "1")
    monkeypatch.setattr("gpt.runs.listing", lambda: listed)
    app = studio()
    monkeypatch.undo()
    assert [row["name"] for row in sent(app, "runs")["rows"]] == ["goes", "stays"]
    assert "deleted just now" in said(app)


def test_a_disk_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting what waits fails: the runs are still shown, with a sentence."""

    def broken() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/folder")

    waiting()
    monkeypatch.setattr("gpt.runs.control.pump", broken)
    app = studio()
    assert (
        "No space left" in warned(app) and "secret" not in warned(app) and "theirs" in sent(app, "progress")["sentence"]
    )


def test_open_everywhere_then_deleted_by_another() -> None:
    """The Playground shows the run; when it is gone, the bundled model and a notice."""
    run = finished()
    app = studio()
    press(app, "run-open")
    clean(app.switch_page(PLAYGROUND).run())
    assert app.session_state["inputs"].model == run and not app.info
    control.delete(run, OTHER)
    clean(app.run())  # the list of models is two seconds old
    cache.forget_offered()
    clean(app._run())
    assert "model" not in sent(app, "link")["link"]  # the bundled one is what is shown
    assert [notice.value for notice in app.info if "gone" in notice.value]
    assert "No run yet" in said(clean(app.switch_page(STUDIO).run()))


def test_a_model_from_elsewhere() -> None:
    """A good file becomes a run that can be opened; anything else is refused in a sentence."""
    app = studio()
    app.file_uploader(key="bring-file").set_value(("bad.safetensors", b"no model at all", "")).run()
    app.button(key="bring-add").click().run()
    assert warned(app) and not runs.listing()
    good = shipped.shelved("mini").last.read_bytes()
    app.file_uploader(key="bring-file").set_value(("good.safetensors", good, "")).run()
    clean(app.button(key="bring-add").click().run())
    assert [status.state for status in runs.listing()] == ["done"]
    assert not disabled(app)["run-open"]


def test_rename() -> None:
    """Blank and odd names become something that can be shown."""
    app = studio()
    clean(app.button(key="new-start").click().run())
    (status,) = runs.listing()
    for name in ("A better name", "<b>*bold*</b> `x`", "   "):
        app.text_input(key=f"rename-{status.id}").set_value(name).run()
        press(app, "run-rename")
    assert runs.status_of(status.id).name == "Untitled"
