"""The sentence for an error: plain text on every page, whatever is quoted in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from gpt.runs import RunError, control
from pages.ui.problem import LONGEST, problem
from tests.support import ROOT, shipped
from tests.support.visitor import clean, forget, read_aloud, visit

NASTY = "No such text: ![x](http://e) **b** `c` $a$ <i>d</i> :red[e] [f](g) # h"
STUDIO, TIMELINE, LESSONS = "pages/train/studio.py", "pages/train/timeline.py", "pages/learn/lessons.py"
MARKS = set("\\`*_{}[]()<>#+-.!|~$:&")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A home of its own, in which nothing ever starts."""
    monkeypatch.setenv("NANOSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("gpt.runs.machine.budget", lambda: 2_000_000_000)
    monkeypatch.setattr("gpt.runs.queue.spawn", lambda run: False)
    forget()
    yield
    forget()


def refuse(*_: object, **__: object) -> Any:
    """What the engine does when something cannot be done, quoting what a visitor typed."""
    raise RunError(NASTY)


def all_escaped(markdown: str) -> bool:
    """Whether no character that Markdown knows stands without a backslash."""
    bare = markdown
    for mark in MARKS:
        bare = bare.replace(f"\\{mark}", "")
    return not set(bare) & MARKS


def told(app: AppTest) -> list[str]:
    """The messages of a page, as people read them; none holds Markdown."""
    messages = [message.value for message in [*clean(app).warning, *app.info, *app.error]]
    assert all(all_escaped(value) for value in messages if read_aloud(value) == NASTY), messages
    return [read_aloud(value) for value in messages]


def test_a_sentence() -> None:
    assert read_aloud(problem(ValueError(NASTY))) == NASTY and all_escaped(problem(ValueError(NASTY)))
    assert read_aloud(problem("two\n\n# lines ")) == "two # lines"
    assert problem(ValueError()) and len(read_aloud(problem("x" * 9_000))) == LONGEST
    disk = problem(OSError(28, "No space left on device", "/secret/folder"))
    assert "No space left" in disk and "secret" not in disk
    assert read_aloud(problem(OSError("The disk is full: free some space."))) == "The disk is full: free some space."


def test_the_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form, Start, a button of a run, an upload, and what waits for its turn."""
    run = control.import_model(shipped.shelved("mini").last.read_bytes(), "a gift", "someoneelse0000000000")
    app = visit(STUDIO)
    monkeypatch.setattr("gpt.runs.control.create", refuse)
    assert NASTY in told(app.button(key="new-start").click().run())
    monkeypatch.setattr("gpt.runs.control.fork", refuse)
    assert NASTY in told(app.button(key=f"run-fork-{run}").click().run())
    monkeypatch.setattr("gpt.runs.control.import_model", refuse)
    app.file_uploader(key="bring-file").set_value(("bad.safetensors", b"no model at all", "")).run()
    assert NASTY in told(app.button(key="bring-add").click().run())
    monkeypatch.setattr("gpt.runs.cost.fit", lambda *_: NASTY)
    assert NASTY in told(visit(STUDIO))
    monkeypatch.setattr("gpt.runs.control.pump", refuse)
    assert told(visit(STUDIO)).count(NASTY) == 2
    assert run


def test_the_timeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gpt.runs.control.fork_bundled", refuse)
    app = visit(TIMELINE, model="mini")
    assert NASTY in told(app.button(key="further").click().run())


@pytest.mark.parametrize("page", ["", "pages/explore/attention.py", TIMELINE])
def test_a_link(page: str) -> None:
    """What a stranger's link says is quoted as text."""
    app = visit(page, model="![x](http://e)", step="`1`", off="$a$")
    assert any("![x](http://e)" in message for message in told(app))
    assert all(all_escaped(message.value) for message in app.info)


def test_the_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rung that cannot be trained again, and an experiment that cannot be shown."""
    monkeypatch.setattr("gpt.runs.control.create", refuse)
    app = visit(LESSONS, lesson="4", open="1")
    app.session_state["How it learned-4"] = True
    assert NASTY in told(clean(app.run()).button(key="again-head").click().run())
    monkeypatch.setattr("gpt.lessons.experiments.heads.heads_on", refuse)
    assert NASTY in told(visit(LESSONS, lesson="5", open="1"))


def plain_calls(node: ast.expr) -> bool:
    """Whether a message is written down here, or goes through one of the two that make text plain."""
    if isinstance(node, ast.Constant):
        return True
    name = node.func if isinstance(node, ast.Call) else None
    return (name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")) in ("problem", "plain")


def test_no_message_goes_another_way() -> None:
    faults, seen = [], 0
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("warning", "error", "info", "success") and getattr(node.func.value, "id", "") == "st":
                seen += 1
                faults += [] if plain_calls(node.args[0]) else [f"{path.relative_to(ROOT)}:{node.lineno}"]
    assert seen > 10 and not faults, faults
